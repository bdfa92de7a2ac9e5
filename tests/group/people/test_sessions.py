from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from tests.conftest import make_tenant
from tests.group.organisations.builders import make_tree
from tests.group.people.builders import PASSWORD, again, make_person
from yipan.group.people import attempts, sessions
from yipan.group.people.actions import (
    change_password,
    deactivate,
    describe_person,
    reactivate,
    sign_out_everywhere,
)
from yipan.group.people.errors import SignInRefused, TooManyAttempts
from yipan.group.people.models import Person, Role, SignInAttempt
from yipan.group.people.sessions import SESSION_KEY, sign_in, verified
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context, tenant_id_or_none

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def whoami(request: HttpRequest) -> HttpResponse:
    user = request.user
    name = user.username if isinstance(user, Person) else "nobody"
    return HttpResponse(f"{name}@{tenant_id_or_none()}")


def door(request: HttpRequest) -> HttpResponse:
    sign_in(request, tenant="acme", username="mei", password=PASSWORD)
    return HttpResponse("in")


urlpatterns = [path("whoami", whoami), path("door", door)]


@pytest.fixture
def mei(db: None) -> Person:
    """A person of the group `acme`; no tenant is in context, as at the door."""
    tenant = make_tenant("acme")
    with tenant_context(tenant.id):
        group = make_tree()
        return make_person(
            "mei", group["R1"], Role.STORE_MANAGER, password=PASSWORD, phone="13800138000"
        )


@pytest.fixture
def client(mei: Person) -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        yield Client()


def seen_by(client: Client) -> str:
    return client.get("/whoami").content.decode()


def try_door(username: str = "mei", password: str = "wrong", tenant: str = "acme") -> Person:
    return verified(tenant=tenant, username=username, password=password)


@pytest.mark.parametrize("username", ["mei", "MEI", " mei ", "13800138000", "+86 138 0013 8000"])
def test_a_person_gets_in_by_name_or_phone(mei: Person, username: str) -> None:
    assert try_door(username, PASSWORD) == mei


@pytest.mark.parametrize(
    ("tenant", "username", "password"),
    [
        ("acme", "mei", "wrong"),
        ("acme", "mei", ""),
        ("acme", "lan", PASSWORD),
        ("acme", "", PASSWORD),
        ("acme", "mei\x00", PASSWORD[:-1]),
        ("acme", "\x00", PASSWORD),
        ("other", "mei", PASSWORD),
        ("nowhere", "mei", PASSWORD),
        ("", "mei", PASSWORD),
        ("acme", "mei", "x" * 5000),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    mei: Person, tenant: str, username: str, password: str
) -> None:
    make_tenant("other")
    with pytest.raises(SignInRefused) as refused:
        try_door(username, password, tenant)
    assert refused.value.data == {}


@pytest.mark.parametrize(
    ("tenant", "username"), [("acme", "mei"), ("acme", "lan"), ("nowhere", "mei")]
)
def test_a_password_is_hashed_once_whether_or_not_somebody_has_the_name(
    mei: Person, monkeypatch: pytest.MonkeyPatch, tenant: str, username: str
) -> None:
    hashed = []
    scrypt = __import__("hashlib").scrypt

    def counted(*args: Any, **kwargs: Any) -> bytes:
        hashed.append(kwargs["n"])
        return bytes(scrypt(*args, **kwargs))

    monkeypatch.setattr("hashlib.scrypt", counted)
    with pytest.raises(SignInRefused):
        try_door(username, "wrong", tenant)
    assert hashed == [2**14]


def test_a_deactivated_account_and_a_closed_group_let_nobody_in(mei: Person) -> None:
    with tenant_context(mei.tenant_id):
        deactivate(person=mei, by=SYSTEM, reason="离职")
    with pytest.raises(SignInRefused):
        try_door("mei", PASSWORD)
    with tenant_context(mei.tenant_id):
        Person.objects.update(is_active=True)
    Tenant.objects.update(is_active=False)
    with pytest.raises(SignInRefused):
        try_door("mei", PASSWORD)


@pytest.mark.parametrize("username", ["mei", "nobody-has-this-name"])
def test_a_name_is_shut_for_a_while_after_too_many_attempts(mei: Person, username: str) -> None:
    with clock.at(NOON):
        for _ in range(attempts.MOST):
            with pytest.raises(SignInRefused):
                try_door(username)
    with clock.at(NOON + timedelta(minutes=5)), pytest.raises(TooManyAttempts) as refused:
        try_door(username, PASSWORD)
    assert refused.value.data == {"retry_after": 600}


def test_a_shut_name_opens_again_though_it_was_tried_all_the_time(mei: Person) -> None:
    for minute in range(15):
        moment = NOON + timedelta(minutes=minute)
        with clock.at(moment), pytest.raises((SignInRefused, TooManyAttempts)):
            try_door()
    with clock.at(NOON + attempts.WINDOW):
        assert try_door("mei", PASSWORD) == mei


def test_the_right_password_starts_the_count_anew(mei: Person) -> None:
    for _ in range(3):
        for _ in range(attempts.MOST - 1):
            with pytest.raises(SignInRefused):
                try_door()
        assert try_door("mei", PASSWORD) == mei


def test_one_address_tries_so_many_wrong_names_and_no_more(mei: Person) -> None:
    with clock.at(NOON):
        for number in range(attempts.MOST_FROM_ADDRESS):
            with pytest.raises(SignInRefused):
                verified(tenant="acme", username=f"u{number}", password="", address="10.0.0.7")
        with pytest.raises(TooManyAttempts):
            verified(tenant="acme", username="mei", password=PASSWORD, address="10.0.0.7")
        assert verified(tenant="acme", username="mei", password=PASSWORD, address="10.0.0.8") == mei
    with clock.at(NOON + attempts.WINDOW):
        assert verified(tenant="acme", username="mei", password=PASSWORD, address="10.0.0.7") == mei


def test_all_addresses_of_one_ipv6_network_are_one(mei: Person) -> None:
    with clock.at(NOON):
        for number in range(attempts.MOST_FROM_ADDRESS):
            address = f"2001:db8:1:2::{number:x}"
            with pytest.raises(SignInRefused):
                verified(tenant="acme", username=f"u{number}", password="", address=address)
        with pytest.raises(TooManyAttempts):
            verified(tenant="acme", username="mei", password=PASSWORD, address="2001:db8:1:2:f::")


def test_attempts_are_counted_in_each_group_for_itself(mei: Person) -> None:
    other = make_tenant("other")
    with tenant_context(other.id):
        theirs = make_person("mei", password=PASSWORD)
    for _ in range(attempts.MOST + 1):
        with pytest.raises((SignInRefused, TooManyAttempts)):
            try_door()
    assert try_door("mei", PASSWORD, "other") == theirs


def test_many_attempts_at_once_are_not_more_than_one_by_one(
    committed: None,
    run_concurrently: Callable[[Callable[[int], Any], int], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = make_tenant("acme")
    with tenant_context(tenant.id):
        make_person("mei", password=PASSWORD)
    looked_at: list[str] = []
    monkeypatch.setattr(Person, "check_password", lambda *_: looked_at.append("password"))
    answers = run_concurrently(lambda _: try_door(), attempts.MOST + 6)
    kinds = [type(each).__name__ for each in answers]
    assert (kinds.count("SignInRefused"), kinds.count("TooManyAttempts")) == (attempts.MOST, 6)
    assert len(looked_at) == attempts.MOST


def test_old_counts_are_removed(mei: Person) -> None:
    with clock.at(NOON), pytest.raises(SignInRefused):
        try_door("old")
    with clock.at(NOON + timedelta(minutes=14)), pytest.raises(SignInRefused):
        try_door("young")
    with clock.at(NOON + attempts.WINDOW), tenant_context(mei.tenant_id):
        assert attempts.forget_old_attempts() == 1
        assert SignInAttempt.objects.get().username == "young"


def test_a_session_stays_in_the_tenant_of_its_person(client: Client, mei: Person) -> None:
    assert seen_by(client) == "nobody@None"
    client.get("/door")
    assert seen_by(client) == f"mei@{mei.tenant_id}"
    assert tenant_id_or_none() is None
    with tenant_context(mei.tenant_id):
        assert again(mei).last_login is not None


def test_the_frameworks_own_sign_in_remembers_the_tenant_too(client: Client, mei: Person) -> None:
    client.force_login(mei)
    assert seen_by(client) == f"mei@{mei.tenant_id}"
    client.logout()
    assert client.login(tenant="acme", username="mei", password=PASSWORD)
    assert seen_by(client) == f"mei@{mei.tenant_id}"
    assert authenticate(tenant="acme", username="mei", password="wrong") is None


def test_signing_in_changes_the_key_of_the_session(client: Client, mei: Person) -> None:
    planted = client.session
    planted["basket"] = "kept"
    planted.save()
    before = str(planted.session_key)
    client.cookies["sessionid"] = before
    client.get("/door")
    first = client.cookies["sessionid"].value
    client.get("/door")
    second = client.cookies["sessionid"].value
    assert len({before, first, second}) == 3
    assert [SessionStore().exists(key) for key in (before, first, second)] == [False, False, True]


def test_a_session_ends_with_the_password_it_was_opened_with(client: Client, mei: Person) -> None:
    client.get("/door")
    with tenant_context(mei.tenant_id):
        change_password(person=mei, password=PASSWORD + "!", by=SYSTEM)
    assert seen_by(client).startswith("nobody")


def test_a_session_ends_when_the_account_or_the_group_is_closed(
    client: Client, mei: Person
) -> None:
    client.get("/door")
    with tenant_context(mei.tenant_id):
        deactivate(person=mei, by=SYSTEM, reason="离职")
    assert seen_by(client).startswith("nobody")
    client.force_login(mei)
    Tenant.objects.update(is_active=False)
    assert seen_by(client) == "nobody@None"
    assert SESSION_KEY not in client.session


def test_signing_out_ends_the_session(mei: Person) -> None:
    request = RequestFactory().post("/out")
    request.session = SessionStore()
    sign_in(request, tenant="acme", username="mei", password=PASSWORD)
    assert request.session[SESSION_KEY] == mei.tenant_id
    sessions.sign_out(request)
    assert SESSION_KEY not in request.session


def written_down(person: Person) -> list[tuple[str, Any]]:
    with tenant_context(person.tenant_id):
        found = AuditEntry.objects.filter(action__startswith="people.sign_in")
        return list(found.order_by("id").values_list("action", "after"))


def test_who_signed_in_when_how_and_from_where_is_audited(client: Client, mei: Person) -> None:
    client.get("/door", REMOTE_ADDR="10.0.0.7")
    assert written_down(mei) == [("people.sign_in", {"way": "password", "address": "10.0.0.7"})]


def test_a_name_that_was_tried_too_often_is_audited_once(mei: Person) -> None:
    for _ in range(attempts.MOST + 3):
        with pytest.raises((SignInRefused, TooManyAttempts)):
            verified(tenant="acme", username="mei", password="wrong", address="10.0.0.7")
    assert written_down(mei) == [("people.sign_in_blocked", {"address": "10.0.0.7"})]


def test_a_session_from_before_is_not_alive_again_with_the_account(
    client: Client, mei: Person
) -> None:
    client.get("/door")
    with tenant_context(mei.tenant_id):
        deactivate(person=mei, by=SYSTEM, reason="离职")
        reactivate(person=mei, by=SYSTEM, reason="回来")
    assert seen_by(client).startswith("nobody")


def test_another_phone_ends_the_sessions_and_forgets_wechat(client: Client, mei: Person) -> None:
    client.get("/door")
    with tenant_context(mei.tenant_id):
        Person.objects.update(wechat_index="joined")
        describe_person(person=mei, by=SYSTEM, name="梅梅")
        assert again(mei).wechat_index == "joined"
        assert seen_by(client).startswith("mei")
        describe_person(person=mei, by=SYSTEM, phone="13900139000")
        assert again(mei).wechat_index == ""
    assert seen_by(client).startswith("nobody")


def test_signing_out_everywhere_ends_all_sessions_of_one_person_only(
    client: Client, mei: Person
) -> None:
    phone, other = Client(), Client()
    with tenant_context(mei.tenant_id):
        lan = make_person("lan")
    for each, person in ((client, mei), (phone, mei), (other, lan)):
        each.force_login(person)
    with tenant_context(mei.tenant_id):
        assert sign_out_everywhere(person=mei, by=SYSTEM) == 2
    found = [seen_by(each).split("@")[0] for each in (client, phone, other)]
    assert found == ["nobody", "nobody", "lan"]


def test_the_password_is_guessed_no_more_often_inside_than_at_the_door(mei: Person) -> None:
    with tenant_context(mei.tenant_id):
        for _ in range(attempts.MOST):
            assert not sessions.proves_password(mei, "wrong")
        with pytest.raises(TooManyAttempts):
            sessions.proves_password(mei, PASSWORD)
