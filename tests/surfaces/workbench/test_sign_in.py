"""The door of the workbench: phone, code, in; and what is behind it is for distributors."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from tests.distribution.attribution.builders import make_distributor
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import give_role, make_person
from tests.surfaces.wechat_server import WeChat
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.people.models import Person
from yipan.kernel import text_messages
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant, TextMessage
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.workbench import door_urls
from yipan.surfaces.workbench.entry import SellerRequest, signed_in

PHONE = "13800138000"
DOOR = "/w/sign-in/"


@signed_in
def inside(request: SellerRequest, what: str = "") -> HttpResponse:
    if what == "gone":
        raise NotFound(kind="thing", ref=1)
    if what == "bad":
        raise InvalidField(field="amount", reason="too much")
    seller = request.seller
    return HttpResponse(f"{seller.distributor.code} at {seller.node.code}, guide {seller.is_guide}")


urlpatterns = [
    *door_urls.urlpatterns,
    path("w/", inside),
    path("w/<str:what>/", inside),
    path("console/language/", inside, name="set_language"),
    path("language/", inside, name="design-language"),
]


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.LANGUAGE_CODE = "en"
    settings.YIPAN_DEMO = True
    settings.YIPAN_SMS_URL = ""


@pytest.fixture
def tree(tenant: Tenant) -> GroupTree:
    return make_tree()


@pytest.fixture
def wang(tree: GroupTree) -> Distributor:
    person = make_person("wang", phone=PHONE)
    Person.objects.update(language="en")
    return make_distributor(tree["R1-A"], "WANG", person=person)


def code_of(phone: str = "+8613800138000") -> str:
    message = text_messages.newest(1)[0]
    assert message.phone == phone
    return message.code


def sign_in(client: Client, **more: str) -> Any:
    client.post(DOOR, {"phone": PHONE, **more})
    return client.post(DOOR, {"phone": PHONE, "code": code_of(), **more})


def test_phone_and_code_lead_to_the_page_that_was_asked_for(
    client: Client, wang: Distributor
) -> None:
    asked = client.get("/w/?tab=2")
    assert asked.status_code == 302
    door = asked["Location"]
    assert parse_qs(urlsplit(door).query)["next"] == ["/w/?tab=2"]
    page = client.get(door)
    assert 'autocomplete="tel"' in page.content.decode()
    sent = client.post(door, {"phone": "138 0013 8000", "next": "/w/?tab=2"}).content.decode()
    assert 'autocomplete="one-time-code"' in sent
    assert 'inputmode="numeric"' in sent
    entered = client.post(door, {"phone": "138 0013 8000", "code": code_of(), "next": "/w/?tab=2"})
    assert entered["Location"] == "/w/?tab=2"
    assert client.get("/w/").content == b"WANG at R1-A, guide True"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_a_page_elsewhere_is_no_way_back(client: Client, wang: Distributor, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere)["Location"] == "/w/"


def test_an_unknown_phone_sees_the_same_page_and_gets_no_code(
    client: Client, wang: Distributor
) -> None:
    def page(phone: str) -> str:
        said = client.post(DOOR, {"phone": phone}).content.decode()
        said = re.sub(r"csrf\S+ \S+|X-CSRFToken\S+ \S+", "", said)
        return said.replace(phone, "PHONE")

    assert page(PHONE) == page("13900139000")
    assert TextMessage.objects.count() == 1


def test_what_is_wrong_is_said_plainly(client: Client, wang: Distributor) -> None:
    assert b"not a phone number" in client.post(DOOR, {"phone": "hello"}).content
    assert client.post(DOOR, {"phone": ""}).status_code == 422
    client.post(DOOR, {"phone": PHONE})
    code = code_of()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    refused = client.post(DOOR, {"phone": PHONE, "code": wrong})
    assert refused.status_code == 422
    assert b"not the code that was sent" in refused.content
    assert b"six digits" in client.post(DOOR, {"phone": PHONE, "code": "12"}).content
    early = client.post(DOOR, {"phone": PHONE})
    assert early.status_code == 429
    assert b'autocomplete="one-time-code"' in early.content


def test_signing_out_ends_it(client: Client, wang: Distributor) -> None:
    sign_in(client)
    assert client.get("/w/sign-out/").status_code == 405
    assert client.post("/w/sign-out/").status_code == 302
    assert client.get("/w/").status_code == 302


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(
    client: Client, wang: Distributor
) -> None:
    answer = client.get("/w/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, DOOR)


def test_who_does_not_distribute_is_told_what_to_do(client: Client, tree: GroupTree) -> None:
    make_person("li", phone=PHONE)
    Person.objects.update(language="en")
    sign_in(client)
    page = client.get("/w/")
    assert page.status_code == 403
    assert "register you" in page.content.decode()


def test_who_left_still_sees_their_money_but_guides_no_more(
    client: Client, tree: GroupTree, wang: Distributor
) -> None:
    sign_in(client)
    Distributor.objects.update(status="left", left_at=wang.joined_at)
    assert b"WANG at R1-A, guide False" in client.get("/w/").content
    make_distributor(tree["R1-B"], "AGAIN", person=wang.person)
    assert b"AGAIN at R1-B, guide True" in client.get("/w/").content


def test_a_guide_is_one_by_kind_or_by_role_at_home(
    client: Client, tree: GroupTree, wang: Distributor
) -> None:
    sign_in(client)
    Distributor.objects.update(kind=DistributorKind.EMPLOYEE)
    assert b"guide False" in client.get("/w/").content
    give_role(Person.objects.get(), tree["F1-A"], "guide")
    assert b"guide False" in client.get("/w/").content
    give_role(Person.objects.get(), tree["R1-A"], "store_manager")
    assert b"guide True" in client.get("/w/").content


def test_errors_become_pages_and_what_is_not_there_is_not_found(
    client: Client, wang: Distributor
) -> None:
    sign_in(client)
    assert client.get("/w/gone/").status_code == 404
    refused = client.get("/w/bad/")
    assert refused.status_code == 422
    assert b"amount: too much" in refused.content
    part = client.get("/w/bad/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Reswap"]) == (422, "none")
    assert "amount: too much" in part["HX-Trigger"]


def test_the_entry_costs_four_statements(
    client: Client, wang: Distributor, django_assert_num_queries: Any
) -> None:
    sign_in(client)
    client.get("/w/")
    with django_assert_num_queries(4):
        client.get("/w/")


def test_with_several_groups_the_door_asks_which(client: Client, wang: Distributor) -> None:
    other = Tenant.objects.create(code="other", name="Other Group")
    with tenant_context(other.id):
        make_tree()
    page = client.get(DOOR).content.decode()
    assert 'name="group"' in page
    assert "Other Group" not in page
    assert b"no such group" in client.get(f"{DOOR}?group=nobody").content
    door = f"{DOOR}?group=acme"
    client.post(door, {"phone": PHONE})
    entered = client.post(door, {"phone": PHONE, "code": code_of()})
    assert entered.status_code == 302
    assert client.cookies["yipan_group"].value == "acme"
    client.post("/w/sign-out/")
    assert 'name="phone"' in client.get(DOOR).content.decode()


def test_the_reader_gets_the_language_of_the_account(client: Client, wang: Distributor) -> None:
    Person.objects.update(language="en")
    sign_in(client)
    assert client.cookies["django_language"].value == "en"


def test_without_a_sender_the_door_says_so(
    client: Client, wang: Distributor, settings: Any
) -> None:
    settings.YIPAN_DEMO = False
    page = client.post(DOOR, {"phone": PHONE})
    assert page.status_code == 503
    assert b"not set up" in page.content


def test_wechat_signs_in_with_one_tap_after_the_phone_was_proven(
    wang: Distributor, wechat: WeChat
) -> None:
    def tap(client: Client) -> Any:
        away = client.get("/w/sign-in/wechat/?group=acme&next=/w/")
        return client.get(wechat.way_back(away["Location"], openid="o-wang-12345"))

    first = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    assert "/w/sign-in/wechat/" in first.get(DOOR).content.decode()
    door = tap(first)["Location"]
    assert "next=%2Fw%2F" in door
    assert b"Prove your phone once" in first.get(door).content
    sign_in(first)
    assert first.get("/w/").status_code == 200
    second = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    assert tap(second)["Location"] == "/w/"
    assert second.get("/w/").status_code == 200


def test_an_answer_of_wechat_for_another_browser_is_nothing(
    wang: Distributor, wechat: WeChat
) -> None:
    victim = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    attacker = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    away = attacker.get("/w/sign-in/wechat/?group=acme")
    back = wechat.way_back(away["Location"], openid="o-evil-12345")
    victim.get("/w/sign-in/wechat/?group=acme")
    assert victim.get(back)["Location"].startswith(DOOR)
    assert wechat.asked == 0
    assert b"Prove your phone once" not in victim.get(DOOR).content


def test_where_wechat_fails_the_phone_is_still_there(wang: Distributor, wechat: WeChat) -> None:
    client = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    away = client.get("/w/sign-in/wechat/?group=acme")
    wechat.fails = True
    page = client.get(wechat.way_back(away["Location"], openid="o-wang-12345"))
    assert page.status_code == 502
    assert b'name="phone"' in page.content


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "MicroMessenger/8.0"])
def test_wechat_is_hidden_where_it_cannot_be(wang: Distributor, agent: str, settings: Any) -> None:
    if agent == "Mozilla/5.0":
        settings.YIPAN_WECHAT_APP_ID = settings.YIPAN_WECHAT_APP_SECRET = "x"
    client = Client(headers={"User-Agent": agent})
    assert "/w/sign-in/wechat/" not in client.get(DOOR).content.decode()
    assert client.get("/w/sign-in/wechat/?group=acme")["Location"].startswith(DOOR)
