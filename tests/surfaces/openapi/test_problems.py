"""Whatever goes wrong leaves as a problem."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.test import Client
from ninja.errors import HttpError

from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from yipan.kernel.errors import InvalidField, NotAllowed, NotFound
from yipan.kernel.models import Tenant
from yipan.surfaces.openapi.problems import problem_of

pytestmark = pytest.mark.urls("tests.surfaces.openapi.effects_api")
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "data"}


@pytest.fixture
def api(tenant: Tenant) -> Caller:
    return caller(make_organisation())


def rendered(error: Exception) -> dict[str, Any]:
    answer = problem_of(error, request_id="r1")
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert body.keys() >= MEMBERS
    assert body["status"] == answer.status_code
    return body


def test_an_error_of_the_business_is_told_with_code_and_data(api: Caller) -> None:
    answer = api.post("/effects", {"number": 1, "end": "refused"}, idempotency_key="a")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:yipan:problem:test.refused",
        "title": "What the business does not allow",
        "status": 409,
        "detail": "This cannot be done.",
        "instance": f"urn:yipan:request:{answer['X-Request-Id']}",
        "code": "test.refused",
        "data": {},
    }


def test_every_value_that_cannot_be_taken_is_named(api: Caller) -> None:
    answer = api.post("/effects", {"number": "x", "end": 5}, idempotency_key="a")
    assert answer.status_code == 422
    assert answer.json()["code"] == "openapi.invalid_request"
    assert answer.json()["errors"] == [
        {
            "in": "body",
            "field": "number",
            "reason": "must be a whole number",
            "code": "int_parsing",
        },
        {"in": "body", "field": "end", "reason": "must be text", "code": "string_type"},
    ]
    query = api.send("put", "/effects", idempotency_key="a")
    assert query.json()["errors"] == [
        {"in": "query", "field": "number", "reason": "is missing", "code": "missing"}
    ]


def test_a_field_that_an_action_refuses_is_named_in_the_same_way() -> None:
    body = rendered(InvalidField(field="limit", reason="is odd"))
    assert body["errors"] == [
        {"field": "limit", "reason": "is odd", "code": "kernel.invalid_field"}
    ]
    assert body["detail"] == "limit: is odd"


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"number": NaN}', b"[1,]"])
def test_a_body_that_is_no_json_cannot_be_read(api: Caller, body: bytes) -> None:
    answer = api.post("/effects", body, idempotency_key="a")
    assert (answer.status_code, answer.json()["code"]) == (400, "openapi.unreadable_request")


def test_an_unknown_address_and_method_are_problems_too(api: Caller) -> None:
    nowhere = api.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "openapi.no_such_route")
    assert Client().get("/api/v9/x").json()["code"] == "openapi.no_such_route"
    wrong = api.delete("/effects")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "openapi.method_not_allowed")
    assert wrong["Allow"] == "POST, PUT"


def test_a_defect_tells_a_reference_and_nothing_of_the_inside(
    api: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = api.post("/effects", {"number": 1, "end": "broken"}, idempotency_key="a")
    assert answer.status_code == 500
    assert answer.json()["code"] == "openapi.internal_error"
    assert b"secret inside" not in answer.content
    reference = answer.json()["data"]["reference"]
    assert reference == answer["X-Request-Id"]
    (record,) = [each for each in caplog.records if reference in each.getMessage()]
    assert "the secret inside" in str(record.exc_info)


def test_what_callers_do_wrong_is_not_in_the_log(
    api: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        api.get("/nowhere")
        api.post("/effects", {"number": "x"}, idempotency_key="a")
    assert [
        each for each in caplog.records if each.name.startswith(("django.request", "yipan"))
    ] == []


def test_a_number_that_no_column_holds_is_the_callers_error(api: Caller) -> None:
    answer = api.post("/effects", {"number": 2**70}, idempotency_key="a")
    assert (answer.status_code, answer.json()["code"]) == (422, "openapi.invalid_request")


def test_errors_from_below_have_a_status_of_their_own() -> None:
    assert rendered(DataError("integer out of range"))["status"] == 422
    assert rendered(OperationalError("the connection is closed"))["status"] == 503
    assert rendered(HttpError(400, "x"))["status"] == 400
    assert rendered(NotAllowed(permission="x"))["status"] == 403
    assert rendered(NotFound(kind="order", ref=1))["status"] == 404
    assert rendered(ZeroDivisionError())["status"] == 500
    assert problem_of(OperationalError(), request_id="r")["Retry-After"] == "1"


def test_a_large_body_is_refused_before_it_is_read(api: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = api.post("/effects", {"number": 1, "end": "x" * 100}, idempotency_key="a")
    assert (answer.status_code, answer.json()["code"]) == (413, "openapi.body_too_large")
    assert answer.json()["data"] == {"most": 100}
    settings.YIPAN_UPLOAD_LIMIT = 50
    upload = Client().post("/api/v1/effects", {"file": "x" * 100})
    assert upload.json()["data"] == {"most": 50}


def test_every_answer_names_the_request_and_stays_out_of_caches(api: Caller) -> None:
    given = api.get("/tenant", x_request_id="till-7.42")
    assert given["X-Request-Id"] == "till-7.42"
    odd = api.get("/tenant", x_request_id="a b\tc")
    assert odd["X-Request-Id"] not in {"", "a b\tc"}
    for answer in (given, odd, api.get("/nowhere"), Caller(None).get("/tenant")):
        assert answer["X-Request-Id"]
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        assert "Vary" not in answer


def test_the_reader_chooses_the_language_of_each_answer(api: Caller) -> None:
    def detail(language: str) -> str:
        return str(Caller(None).get("/tenant", Accept_Language=language).json()["detail"])

    assert (
        detail("en-GB, de;q=0.5") == "This needs the header Authorization: Bearer with an API key."
    )
    assert detail("zh-CN") == "此请求需要请求头 Authorization: Bearer 和 API 密钥。"
    assert detail("xx") == detail("zh-CN")
    assert detail("en") != detail("zh")
