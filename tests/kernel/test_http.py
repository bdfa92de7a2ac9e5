"""One effect per Idempotency-Key, over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from tests.surfaces.openapi import effects_api
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from tests.surfaces.openapi.effects_api import effects
from yipan.kernel import clock
from yipan.kernel.crypto import derived_key
from yipan.kernel.idempotency import KeyInvalid, check_key, fingerprint
from yipan.kernel.jobs import IDEMPOTENCY_DAYS, forget_old_keys
from yipan.kernel.models import IdempotencyRecord, Tenant
from yipan.kernel.tenancy import tenant_context

pytestmark = pytest.mark.urls("tests.surfaces.openapi.effects_api")


@pytest.fixture
def api(tenant: Tenant) -> Caller:
    return caller(make_organisation())


def test_without_a_key_nothing_happens(api: Caller) -> None:
    answer = api.post("/effects", {"number": 1})
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency.key_missing"
    assert effects() == []


@pytest.mark.parametrize("key", ["x" * 201, "schlüssel", "a\tb"])
def test_a_key_is_up_to_200_visible_ascii_characters(key: str) -> None:
    with pytest.raises(KeyInvalid):
        check_key(key)
    assert check_key("x" * 200)


def test_the_same_request_again_is_given_the_first_answer_byte_for_byte(api: Caller) -> None:
    first = api.post("/effects", {"number": 1}, idempotency_key="a")
    again = api.post("/effects", {"number": 1}, idempotency_key="a")
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert effects() == [1]


def test_a_key_of_another_request_is_refused(api: Caller) -> None:
    api.post("/effects", {"number": 1}, idempotency_key="a")
    other_body = api.post("/effects", {"number": 2}, idempotency_key="a")
    other_method = api.send("put", "/effects?number=1", {"number": 1}, idempotency_key="a")
    for answer in (other_body, other_method):
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency.key_reused"
    assert effects() == [1]


def test_the_query_is_part_of_the_request(api: Caller) -> None:
    assert api.send("put", "/effects?number=1", idempotency_key="a").status_code == 200
    assert api.send("put", "/effects?number=2", idempotency_key="a").status_code == 422
    assert effects() == [1]


@pytest.mark.parametrize(
    ("end", "status"), [("refused", 409), ("answered no", 409), ("broken", 500)]
)
def test_a_request_that_failed_leaves_no_trace_and_may_be_tried_again(
    api: Caller, end: str, status: int
) -> None:
    failed = api.post("/effects", {"number": 1, "end": end}, idempotency_key="a")
    assert failed.status_code == status
    assert effects() == []
    assert not IdempotencyRecord.objects.exists()
    assert api.post("/effects", {"number": 2}, idempotency_key="a").status_code == 201
    assert effects() == [2]


def test_a_body_that_cannot_be_taken_uses_no_key_up(api: Caller) -> None:
    assert api.post("/effects", {"number": "x"}, idempotency_key="a").status_code == 422
    assert api.post("/effects", {"number": 1}, idempotency_key="a").status_code == 201


def test_keys_of_two_clients_and_of_two_tenants_never_meet(tenant: Tenant) -> None:
    organisation = make_organisation()
    assert (
        caller(organisation).post("/effects", {"number": 1}, idempotency_key="a").status_code == 201
    )
    assert (
        caller(organisation).post("/effects", {"number": 2}, idempotency_key="a").status_code == 201
    )
    other = make_tenant("other")
    with tenant_context(other.id):
        stranger = caller(make_organisation())
        assert stranger.post("/effects", {"number": 3}, idempotency_key="a").status_code == 201
        assert effects() == [3]
    assert effects() == [1, 2]


def test_without_an_api_key_nobody_learns_about_keys(api: Caller) -> None:
    answer = Caller(None).post("/effects", {"number": 1}, idempotency_key="a")
    assert answer.status_code == 401
    assert effects() == []


def test_the_protocol_costs_two_statements(
    api: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.post("/effects", {"number": 1}, idempotency_key="a")
    # admission, savepoint of the test's transaction, look, the effect, store, release
    with django_assert_num_queries(6):
        api.post("/effects", {"number": 2}, idempotency_key="b")
    # A replay: admission, savepoint, look, release.
    with django_assert_num_queries(4):
        api.post("/effects", {"number": 2}, idempotency_key="b")


def test_while_the_first_request_runs_the_second_is_told_so(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[Any]]
) -> None:
    api = caller(make_organisation())
    effects_api.started.clear()
    effects_api.go_on.clear()

    def ask(number: int) -> Any:
        if number == 0:
            return api.post("/effects", {"number": 1, "end": "slowly"}, idempotency_key="a")
        assert effects_api.started.wait(10)
        try:
            return api.post("/effects", {"number": 1, "end": "slowly"}, idempotency_key="a")
        finally:
            effects_api.go_on.set()

    first, second = run_concurrently(ask, 2)
    assert first.status_code == 201
    assert second.status_code == 409
    assert second.json()["code"] == "idempotency.still_running"
    again = api.post("/effects", {"number": 1, "end": "slowly"}, idempotency_key="a")
    assert again.content == first.content
    assert effects() == [1]


def test_many_at_once_with_one_key_take_effect_once(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[Any]]
) -> None:
    api = caller(make_organisation())
    answers = run_concurrently(
        lambda _: api.post("/effects", {"number": 1}, idempotency_key="a"), 8
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert effects() == [1]


def test_keys_are_forgotten_after_30_days(api: Caller) -> None:
    api.post("/effects", {"number": 1}, idempotency_key="a")
    forget_old_keys()
    assert IdempotencyRecord.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=IDEMPOTENCY_DAYS, seconds=1)):
        forget_old_keys()
    assert IdempotencyRecord.objects.count() == 0


def test_the_document_names_the_header() -> None:
    document = effects_api.api.get_openapi_schema(path_prefix="/api/v1/")
    parameters = document["paths"]["/api/v1/effects"]["post"]["parameters"]
    assert [(each["name"], each["required"]) for each in parameters] == [("Idempotency-Key", True)]


def test_a_print_says_nothing_to_whoever_reads_the_table(settings: Any) -> None:
    body = b'{"number": "6222020000000008888"}'
    said = b"\n".join([b"POST", b"/cards", body])
    old = fingerprint("POST", "/cards", body)
    assert hashlib.sha256(said).hexdigest() not in old
    settings.YIPAN_MASTER_SECRETS = ["another" * 6, *settings.YIPAN_MASTER_SECRETS]
    derived_key.cache_clear()
    try:
        new = fingerprint("POST", "/cards", body)
    finally:
        derived_key.cache_clear()
    assert new[0] not in old
    assert old[0] in new, "a request from before the change of keys is known after it"
