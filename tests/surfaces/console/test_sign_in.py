"""The door of the console."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.conftest import make_tenant
from tests.group.organisations.builders import make_tree
from tests.group.people.builders import PASSWORD, again, make_person
from yipan.group.people.attempts import MOST
from yipan.group.people.models import Person, Role
from yipan.group.people.sessions import SESSION_KEY
from yipan.kernel.models import AuditEntry
from yipan.kernel.tenancy import tenant_context

DOOR = "/console/login/"


@pytest.fixture
def mei(db: None, settings: Any) -> Person:
    """The administrator of the group `acme`; no tenant is in context, as at the door."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    tenant = make_tenant("acme", "梅氏集团")
    with tenant_context(tenant.id):
        group = make_tree()
        person = make_person("mei", group.headquarters, Role.ADMINISTRATOR, password=PASSWORD)
        make_person("lan", group["R1-A"], Role.GUIDE, password=PASSWORD)
    return person


@pytest.fixture
def client(mei: Person) -> Client:
    return Client(headers={"Accept-Language": "en"})


def knock(client: Client, **changes: str) -> Any:
    sent = {"group": "acme", "username": "mei", "password": PASSWORD, **changes}
    return client.post(DOOR, sent)


def told(answer: Any) -> str:
    return " ".join(answer.context["form"].non_field_errors())


def test_the_right_words_open_the_door(client: Client, mei: Person) -> None:
    answer = knock(client)
    assert (answer.status_code, answer["Location"]) == (302, "/console/")
    assert client.session[SESSION_KEY] == mei.tenant_id
    page = client.get("/console/").content.decode()
    assert "梅氏集团" in page
    assert mei.name in page


def test_after_the_door_one_is_where_one_wanted_to_be(client: Client) -> None:
    wanted = "/console/people/"
    answer = client.get(wanted)
    assert answer["Location"] == f"{DOOR}?next={wanted}"
    answer = client.post(
        answer["Location"], {"group": "acme", "username": "mei", "password": PASSWORD}
    )
    assert answer["Location"] == wanted


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    answer = client.post(
        f"{DOOR}?next=https://elsewhere.example/",
        {"group": "acme", "username": "mei", "password": PASSWORD},
    )
    assert answer["Location"] == "/console/"


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"group": "nobody"}, {"username": "nobody"}]
)
def test_wrong_words_get_one_and_the_same_answer(client: Client, changes: dict[str, str]) -> None:
    answer = knock(client, **changes)
    assert answer.status_code == 200
    assert told(answer) == "Group, user name or password are not right."
    assert "_auth_user_id" not in client.session


def test_the_answer_is_in_the_readers_language(client: Client) -> None:
    client.cookies["django_language"] = "zh-hans"
    assert told(knock(client, password="wrong")) == "集团、用户名或密码不正确。"


def test_a_name_that_is_tried_too_often_has_to_wait(client: Client) -> None:
    for _ in range(MOST):
        knock(client, password="wrong")
    answer = knock(client)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many attempts" in told(answer)
    assert "_auth_user_id" not in client.session


def test_who_has_no_role_of_the_back_office_is_told_so(client: Client) -> None:
    answer = knock(client, username="lan")
    assert told(answer) == "This account does not open the console."
    assert "_auth_user_id" not in client.session
    assert SESSION_KEY not in client.session


def test_the_group_is_remembered_for_the_next_time(client: Client) -> None:
    knock(client)
    client.post("/console/logout/")
    form = client.get(DOOR).context["form"]
    assert form["group"].value() == "acme"
    assert client.get(f"{DOOR}?group=other").context["form"]["group"].value() == "other"


def test_signing_out_ends_it(client: Client) -> None:
    knock(client)
    client.post("/console/logout/")
    assert client.get("/console/").status_code == 302
    assert SESSION_KEY not in client.session


def test_who_is_in_already_goes_straight_on(client: Client) -> None:
    knock(client)
    answer = client.get(DOOR)
    assert (answer.status_code, answer["Location"]) == (302, "/console/")


def test_a_persons_language_counts_until_another_is_chosen(mei: Person) -> None:
    client = Client(headers={"Accept-Language": "en"})
    knock(client)
    assert "概览" in client.get("/console/").content.decode()
    client.post("/console/language/", {"language": "en", "next": "/console/"})
    assert "Overview" in client.get("/console/").content.decode()
    client.post("/console/logout/")
    knock(client)
    assert "Overview" in client.get("/console/").content.decode()


def test_one_person_of_two_groups_is_in_one_at_a_time(client: Client, mei: Person) -> None:
    with tenant_context(make_tenant("other", "另一集团").id):
        make_person("mei", make_tree().headquarters, Role.ADMINISTRATOR, password=PASSWORD)
    client.cookies["django_language"] = "en"
    knock(client)
    knock(client, group="other")
    assert client.session[SESSION_KEY] != mei.tenant_id
    page = client.get("/console/").content.decode()
    assert "另一集团" in page
    assert "梅氏集团" not in page
    assert client.get(f"/console/people/{mei.pk}/").status_code == 404


def test_a_group_that_is_closed_is_left_at_once(client: Client, mei: Person) -> None:
    knock(client)
    type(mei)._meta.apps.get_model("kernel", "Tenant").objects.update(is_active=False)
    assert client.get("/console/").status_code == 302


def test_ones_own_password_is_changed_by_the_action(client: Client, mei: Person) -> None:
    client.cookies["django_language"] = "en"
    knock(client)
    other = "another horse battery staple"
    sent = {"old_password": PASSWORD, "new_password1": other, "new_password2": other}
    answer = client.post("/console/password_change/", sent)
    assert answer["Location"] == "/console/password_change/done/"
    assert client.get("/console/").status_code == 200
    with tenant_context(mei.tenant_id):
        assert again(mei).check_password(other)
        assert AuditEntry.objects.filter(action="people.change_password").count() == 1


def test_a_change_of_password_needs_the_old_one(client: Client, mei: Person) -> None:
    knock(client)
    sent = {"old_password": "wrong", "new_password1": "x" * 20, "new_password2": "x" * 20}
    assert client.post("/console/password_change/", sent).status_code == 200
    with tenant_context(mei.tenant_id):
        assert again(mei).check_password(PASSWORD)


def test_a_visitor_finds_the_way(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/console/"' in page
    assert 'href="/api/v1/docs"' in page


def test_pages_send_the_browser_nowhere_else(client: Client) -> None:
    client.cookies["django_language"] = "en"
    pages = [client.get("/"), client.get(DOOR)]
    knock(client)
    pages += [client.get("/console/"), client.get("/console/people/")]
    for page in pages:
        text = page.content.decode().replace("http://www.w3.org/", "")
        assert "http://" not in text
        assert "https://" not in text


def test_where_there_is_one_group_nobody_types_its_code(client: Client) -> None:
    assert 'value="acme"' in client.get(DOOR).content.decode()
    assert 'href="/m/acme/"' in client.get("/").content.decode()
    make_tenant("second")
    assert 'value="acme"' not in client.get(DOOR).content.decode()
    assert 'href="/m/' not in client.get("/").content.decode()
