"""The door of the mall, and whose shop a page shows, whatever else the browser is signed in to."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from tests.conftest import make_tenant
from tests.customers.members.builders import make_member
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import make_person
from tests.surfaces.live.harness import session_of
from tests.surfaces.wechat_server import WeChat
from yipan.customers.members.models import Identity, Member, MemberSession
from yipan.group.people import phone_sign_in
from yipan.kernel import text_messages
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import current_tenant_id, tenant_context
from yipan.surfaces.mall import door_urls
from yipan.surfaces.mall.entry import ShopRequest, buyer, lead_to, shop, shop_url

DOOR = "/m/acme/sign-in/"
PHONE = "138 0013 8000"


@shop
def inside(request: ShopRequest) -> HttpResponse:
    here = request.shop
    name = here.member.name if here.member else "nobody"
    assert current_tenant_id() == here.tenant.id
    assert request.user.is_anonymous
    return HttpResponse(f"{here.tenant.code} {here.node.code} {name}")


@shop
@buyer
def own(request: ShopRequest) -> HttpResponse:
    assert request.shop.member is not None
    return HttpResponse(str(request.shop.member.id))


@shop
def led(request: ShopRequest, organisation_id: int) -> HttpResponse:
    response = HttpResponse()
    lead_to(request, response, organisation_id)
    response.write(f"{request.shop.node.code} {shop_url(request, 'mall-home')}")
    return response


_pages = [
    path("", inside, name="mall-home"),
    path("me/", own, name="mall-me"),
    path("led/<int:organisation_id>/", led),
]
urlpatterns = [
    *door_urls.urlpatterns,
    path("m/<slug:group>/", include(_pages)),
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


def sign_in(client: Client, door: str = DOOR, **more: str) -> Any:
    client.post(door, {"phone": PHONE, **more})
    code = text_messages.newest(1)[0].code
    return client.post(door, {"phone": PHONE, "code": code, **more})


def test_a_buyer_signs_in_and_comes_back_to_where_they_were(
    client: Client, tree: GroupTree
) -> None:
    asked = client.get("/m/acme/me/")
    assert asked["Location"] == f"{DOOR}?next=%2Fm%2Facme%2Fme%2F"
    entered = sign_in(client, next="/m/acme/me/")
    assert entered["Location"] == "/m/acme/me/"
    member = Member.objects.get()
    assert client.get("/m/acme/me/").content == str(member.id).encode()
    assert member.organisation_id == tree["HQ"].id


def test_signing_out_ends_this_browser_only(client: Client, tree: GroupTree) -> None:
    sign_in(client)
    other = Client()
    other.cookies["yipan_member_acme"] = client.cookies["yipan_member_acme"].value
    assert client.post("/m/acme/sign-out/").status_code == 302
    assert client.get("/m/acme/").content.endswith(b"nobody")
    assert other.get("/m/acme/").content.endswith(b"nobody")  # the token itself is worth nothing
    assert not MemberSession.objects.exists()


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(client: Client, tree: GroupTree) -> None:
    answer = client.get("/m/acme/me/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, DOOR)


def test_a_group_that_is_not_there_is_not_found(client: Client, tree: GroupTree) -> None:
    assert client.get("/m/nobody/").status_code == 404
    Tenant.objects.update(is_active=False)
    assert client.get("/m/acme/").status_code == 404


def test_the_browser_keeps_a_name_for_touches_and_the_sign_in_tells_it(
    client: Client, tree: GroupTree
) -> None:
    client.get("/m/acme/")
    visitor = client.cookies["yipan_visitor"].value
    assert len(visitor) == 22
    client.get("/m/acme/")
    assert client.cookies["yipan_visitor"].value == visitor
    sign_in(client)
    event = OutboxEvent.objects.get(name="member.signed_in")
    assert visitor not in str(event.payload)


def test_a_shop_is_remembered_for_this_group_and_cannot_be_made_up(
    client: Client, tree: GroupTree
) -> None:
    assert client.get("/m/acme/").content == b"acme HQ nobody"
    assert client.get(f"/m/acme/led/{tree['R1-A'].id}/").content == b"R1-A /m/acme/"
    assert client.get("/m/acme/").content == b"acme R1-A nobody"
    other = make_tenant("other", "Other")
    with tenant_context(other.id):
        make_tree()
    assert client.get("/m/other/").content == b"other HQ nobody"
    client.cookies["yipan_shop_other"] = client.cookies["yipan_shop_acme"].value
    assert client.get("/m/other/").content == b"other HQ nobody"
    client.cookies["yipan_shop_acme"] = "nonsense"
    assert client.get("/m/acme/").content == b"acme HQ nobody"
    assert client.get(f"/m/other/led/{tree['R1-A'].id}/").status_code == 404


def test_who_works_for_one_group_buys_in_another_and_stays_signed_in_to_both(
    client: Client, tree: GroupTree, tenant: Tenant
) -> None:
    other = make_tenant("other", "Other")
    with tenant_context(other.id):
        make_tree()
        person = make_person("wang")
        client.cookies["sessionid"] = session_of(person)
    assert client.get("/m/acme/").content == b"acme HQ nobody"
    sign_in(client)
    assert b"nobody" not in client.get("/m/acme/").content
    assert client.get("/m/other/").content == b"other HQ nobody"
    assert client.session["tenant"] == other.id
    assert Member.objects.count() == 1


def test_a_token_of_one_group_is_nothing_in_another(client: Client, tree: GroupTree) -> None:
    sign_in(client)
    other = make_tenant("other", "Other")
    with tenant_context(other.id):
        make_tree()
    client.cookies["yipan_member_other"] = client.cookies["yipan_member_acme"].value
    assert client.get("/m/other/").content == b"other HQ nobody"


def test_the_cookie_is_kept_from_scripts(client: Client, tree: GroupTree, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    sign_in(client)
    for name in ("yipan_member_acme", "yipan_visitor"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"


def test_wechat_signs_a_buyer_in_after_the_phone_was_proven(
    tree: GroupTree, wechat: WeChat
) -> None:
    def tap(client: Client) -> Any:
        away = client.get("/m/acme/sign-in/wechat/?next=/m/acme/me/")
        return client.get(wechat.way_back(away["Location"], openid="o-buyer-123"))

    first = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    assert tap(first)["Location"].startswith(DOOR)
    sign_in(first, next="/m/acme/me/")
    assert Identity.objects.get(scheme="wechat").value == "o-buyer-123"
    second = Client(headers={"User-Agent": "MicroMessenger/8.0"})
    assert tap(second)["Location"] == "/m/acme/me/"
    assert second.get("/m/acme/me/").status_code == 200


def test_a_code_of_the_workbench_opens_no_mall(client: Client, tree: GroupTree) -> None:
    make_person("wang", phone="13800138000")
    phone_sign_in.ask_for_code(phone="13800138000", address="a")
    code = text_messages.newest(1)[0].code
    answer = client.post(DOOR, {"phone": PHONE, "code": code})
    assert answer.status_code == 422
    assert not Member.objects.exists()


def test_the_entry_costs_two_statements_signed_in(
    client: Client, tree: GroupTree, django_assert_num_queries: Any
) -> None:
    make_member()
    sign_in(client)
    client.get("/m/acme/")
    with django_assert_num_queries(2):
        client.get("/m/acme/")
