"""Who is let in, and how often."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from tests.surfaces.openapi.builders import Caller, caller, make_client, make_organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context, tenant_id_or_none
from yipan.surfaces.openapi import actions
from yipan.surfaces.openapi.models import ApiAllowance, ApiClient

pytestmark = pytest.mark.urls("tests.surfaces.openapi.effects_api")


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_key_lets_in_for_its_tenant_and_for_this_request_only(committed_tenant: Tenant) -> None:
    api = caller(make_organisation())

    def on_a_thread_of_its_own() -> list[object]:
        try:
            return [tenant_id_or_none(), api.get("/tenant").json(), tenant_id_or_none()]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        seen = thread.submit(on_a_thread_of_its_own).result()
    assert seen == [None, {"tenant": committed_tenant.id}, None]


def test_nothing_of_a_request_is_left_for_the_next_on_the_same_thread(tenant: Tenant) -> None:
    api = caller(make_organisation())
    other = make_tenant("other")
    with tenant_context(other.id):
        stranger = caller(make_organisation())
    for _ in range(2):
        assert api.get("/tenant").json() == {"tenant": tenant.id}
        assert stranger.get("/tenant").json() == {"tenant": other.id}
        broken = stranger.post("/effects", {"number": 1, "end": "broken"}, idempotency_key="a")
        assert broken.status_code == 500
        assert stranger.post("/effects", {"number": "x"}, idempotency_key="b").status_code == 422
        assert tenant_id_or_none() == tenant.id


def test_without_a_key_or_with_something_else_the_door_stays_shut(tenant: Tenant) -> None:
    missing = Caller(None).get("/tenant")
    assert code_of(missing) == (401, "openapi.key_missing")
    assert missing["WWW-Authenticate"] == 'Bearer realm="yipan"'
    key = make_client(make_organisation()).key
    for bad in [
        f"Basic {key}",
        "Bearer",
        "Bearer nonsense",
        key,
        f"Bearer {key}x",
        f"Bearer x{key}",
    ]:
        refused = Caller(None).get("/tenant", authorization=bad)
        assert code_of(refused) == (401, "openapi.key_invalid"), bad
        assert "invalid_token" in refused["WWW-Authenticate"]


def test_open_addresses_need_no_key_and_forgive_a_bad_one(tenant: Tenant) -> None:
    assert Caller(None).get("/open").status_code == 200
    assert Caller("yk_acme_1_x").get("/open").status_code == 200


def test_every_way_a_key_can_end_gives_the_same_answer(tenant: Tenant) -> None:
    organisation = make_organisation()
    expired = make_client(organisation, expires_at=clock.now() + timedelta(days=1))
    revoked = make_client(organisation)
    actions.revoke_client(client=revoked.client, by=SYSTEM)
    code, identifier, _ = expired.key[3:].rsplit("_", 2)
    answers = [
        Caller(revoked.key).get("/tenant"),
        Caller(f"yk_{code}_{identifier}_{'a' * 43}").get("/tenant"),
        Caller(f"yk_{code}_zzz_{'a' * 43}").get("/tenant"),
        Caller(f"yk_nobody_{identifier}_{'a' * 43}").get("/tenant"),
    ]
    with clock.at(clock.now() + timedelta(days=2)):
        answers.append(Caller(expired.key).get("/tenant"))
    bodies = [{**each.json(), "instance": ""} for each in answers]
    assert all(each == bodies[0] for each in bodies)
    assert {each.status_code for each in answers} == {401}
    assert Caller(expired.key).get("/tenant").status_code == 200


def test_keys_of_a_closed_tenant_are_dead(tenant: Tenant) -> None:
    api = caller(make_organisation())
    Tenant.objects.filter(id=tenant.id).update(is_active=False)
    assert code_of(api.get("/tenant")) == (401, "openapi.key_invalid")


def test_a_key_of_one_tenant_opens_no_other(tenant: Tenant) -> None:
    key = make_client(make_organisation()).key
    make_tenant("other")
    assert Caller(key.replace("yk_acme_", "yk_other_")).get("/tenant").status_code == 401


def test_a_tenant_made_anew_under_an_old_code_is_found(tenant: Tenant) -> None:
    """The process remembers the id of a code; a database restored from elsewhere has another."""
    assert caller(make_organisation()).get("/tenant").status_code == 200
    Tenant.objects.filter(id=tenant.id).update(code="before")
    again = make_tenant("acme")
    with tenant_context(again.id):
        api = caller(make_organisation())
    assert api.get("/tenant").json() == {"tenant": again.id}


def test_a_rotated_key_works_beside_the_new_one_for_a_day(tenant: Tenant) -> None:
    first = make_client(make_organisation())
    second = actions.rotate_key(client=first.client, by=SYSTEM)
    assert Caller(first.key).get("/tenant").status_code == 200
    assert Caller(second.key).get("/tenant").status_code == 200
    with clock.at(clock.now() + timedelta(hours=25)):
        assert Caller(first.key).get("/tenant").status_code == 401
        assert Caller(second.key).get("/tenant").status_code == 200
    third = actions.rotate_key(client=second.client, by=SYSTEM, grace=timedelta(0))
    assert Caller(first.key).get("/tenant").status_code == 401
    assert Caller(second.key).get("/tenant").status_code == 401
    assert Caller(third.key).get("/tenant").status_code == 200


def test_admission_costs_one_statement(
    tenant: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = caller(make_organisation())
    api.get("/tenant")
    with django_assert_num_queries(1):
        api.get("/tenant")


def test_the_allowance_is_told_and_ends_in_429(tenant: Tenant) -> None:
    api = Caller(make_client(make_organisation(), per_minute=3).key)
    answers = [api.get("/tenant") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each["RateLimit"] for each in answers[:3]] == [
        '"client";r=2;t=20',
        '"client";r=1;t=40',
        '"client";r=0;t=60',
    ]
    assert {each["RateLimit-Policy"] for each in answers} == {'"client";q=3;w=60'}
    assert code_of(answers[3]) == (429, "openapi.too_many_requests")
    assert answers[3]["Retry-After"] == "20"
    assert answers[3].json()["data"] == {"per_minute": 3, "retry_after": 20}


def test_the_allowance_refills_with_time_up_to_a_minutes_worth(tenant: Tenant) -> None:
    issued = make_client(make_organisation(), per_minute=60)
    api = Caller(issued.key)
    api.get("/tenant")

    def left_after(seconds: int) -> int:
        ApiAllowance.objects.filter(id=issued.client.id).update(
            tokens=0, filled_at=_database_now() - timedelta(seconds=seconds)
        )
        answer = api.get("/tenant")
        return (
            int(answer["RateLimit"].split("r=")[1].split(";")[0])
            if answer.status_code == 200
            else -1
        )

    assert left_after(0) == -1
    assert left_after(5) == 4
    assert left_after(3600) == 59


def _database_now() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def test_a_clock_that_went_back_takes_nothing_away(tenant: Tenant) -> None:
    issued = make_client(make_organisation(), per_minute=60)
    api = Caller(issued.key)
    api.get("/tenant")
    ApiAllowance.objects.update(tokens=10, filled_at=_database_now() + timedelta(hours=1))
    assert api.get("/tenant")["RateLimit"].startswith('"client";r=9;')


def test_wrong_secrets_use_up_nobodys_allowance(tenant: Tenant) -> None:
    issued = make_client(make_organisation(), per_minute=2)
    wrong = f"{issued.key[:-43]}{'a' * 43}"
    for _ in range(5):
        assert Caller(wrong).get("/tenant").status_code == 401
    assert Caller(issued.key).get("/tenant").status_code == 200


def test_a_lower_rate_counts_at_once(tenant: Tenant) -> None:
    issued = make_client(make_organisation(), per_minute=1000)
    api = Caller(issued.key)
    api.get("/tenant")
    actions.change_client(client=issued.client, per_minute=2, by=SYSTEM)
    assert api.get("/tenant")["RateLimit"].startswith('"client";r=1;')


def test_many_at_once_get_exactly_what_there_is(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[Any]]
) -> None:
    issued = make_client(make_organisation(), per_minute=20)
    # Refilling would blur the count: the bucket is full in the future.
    ApiAllowance.objects.create(
        id=issued.client.id, tokens=20, filled_at=clock.now() + timedelta(hours=1)
    )

    def ask(_: int) -> list[int]:
        return [Caller(issued.key).get("/tenant").status_code for _ in range(5)]

    answers = [status for each in run_concurrently(ask, 8) for status in each]
    assert sorted(answers) == [200] * 20 + [429] * 20


def test_the_allowance_is_in_an_unlogged_table(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = %s", [ApiAllowance._meta.db_table]
        )
        assert cursor.fetchone() == ("u",)


def test_the_secret_is_nowhere_in_the_database(tenant: Tenant) -> None:
    issued = make_client(make_organisation())
    row = ApiClient.objects.filter(id=issued.client.id).values().get()
    secret = issued.key.rsplit("_", 1)[1]
    assert secret not in str(row)
    assert row["hint"] == secret[-4:]
