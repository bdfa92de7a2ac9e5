"""API clients, who one is, and whether the platform is well, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.surfaces.openapi.builders import Caller, caller, make_client, make_organisation
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry, Tenant
from yipan.surfaces.openapi.models import ApiClient


@pytest.fixture
def headquarters(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def api(headquarters: Organisation) -> Caller:
    return caller(headquarters)


def new(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    return {
        "name": "till 7",
        "organisation_id": organisation.id,
        "scopes": ["orders.read"],
        **changes,
    }


def test_the_health_needs_no_key_and_reaches_the_database(tenant: Tenant) -> None:
    answer = Caller(None).get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_a_database_the_health_is_503(
    committed_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    answer = Caller(None).get("/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "openapi.unavailable")


def test_me_says_whom_the_key_stands_for(headquarters: Organisation) -> None:
    issued = make_client(headquarters, ["orders.write", "orders.read"], name="till 7")
    assert Caller(issued.key).get("/me").json() == {
        "client_id": issued.client.id,
        "name": "till 7",
        "scopes": ["orders.read", "orders.write"],
        "tenant": {
            "code": "acme",
            "name": "一盘集团",
            "currency": "CNY",
            "timezone": "Asia/Shanghai",
        },
        "organisation": {"id": headquarters.id, "code": "HQ", "name": "Organisation HQ"},
    }


def test_a_new_client_gets_a_key_that_works_and_is_shown_once(
    api: Caller, headquarters: Organisation
) -> None:
    store = make_organisation("S1", headquarters)
    made = api.post("/api-clients", new(store, per_minute=100))
    assert made.status_code == 201
    client = made.json()["client"]
    assert Caller(made.json()["key"]).get("/me").json()["organisation"]["code"] == "S1"
    shown = api.get(f"/api-clients/{client['id']}").json()
    assert shown == client
    assert shown["per_minute"] == 100
    assert "key" not in shown


def test_a_key_does_what_its_scopes_say(headquarters: Organisation) -> None:
    reader = caller(headquarters, ["api_clients.read"])
    assert reader.get("/api-clients").status_code == 200
    refused = reader.post("/api-clients", new(headquarters))
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.not_allowed")
    assert refused.json()["data"] == {"permission": "api_clients.write"}


def test_nobody_gives_or_takes_over_more_than_they_have(headquarters: Organisation) -> None:
    strong = make_client(headquarters)
    weak = caller(headquarters, ["api_clients.write", "orders.read"])
    assert weak.post("/api-clients", new(headquarters)).status_code == 201
    more = weak.post("/api-clients", new(headquarters, scopes=["orders.write"]))
    assert more.status_code == 403
    path = f"/api-clients/{strong.client.id}"
    assert weak.post(f"{path}/rotation").status_code == 403
    assert weak.patch(path, {"name": "mine"}).status_code == 403
    assert Caller(strong.key).get("/me").json()["name"] == "till"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": ["orders.burn"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"per_minute": 0}, "per_minute"),
        ({"name": " "}, "name"),
        ({"scope": ["orders.read"]}, "scope"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2120-01-01T00:00:00"}, "expires_at"),
    ],
)
def test_what_makes_no_sense_is_named(
    api: Caller, headquarters: Organisation, changes: dict[str, Any], field: str
) -> None:
    answer = api.post("/api-clients", new(headquarters, **changes))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_client_is_changed_rotated_and_ended(api: Caller, headquarters: Organisation) -> None:
    made = api.post("/api-clients", new(headquarters)).json()
    path = f"/api-clients/{made['client']['id']}"
    end = clock.now() + timedelta(days=30)
    changed = api.patch(path, {"name": "till 8", "expires_at": end.isoformat()}).json()
    assert (changed["name"], changed["scopes"]) == ("till 8", ["orders.read"])
    assert changed["expires_at"] == end.isoformat().replace("+00:00", "Z")
    rotated = api.post(f"{path}/rotation")
    assert rotated.status_code == 200
    assert Caller(rotated.json()["key"]).get("/me").status_code == 200
    gone = api.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    for key in (made["key"], rotated.json()["key"]):
        assert Caller(key).get("/me").status_code == 401
    assert api.get(path).json()["is_active"] is False
    assert api.post(f"{path}/rotation").status_code == 422
    actions = AuditEntry.objects.filter(subject_id=made["client"]["id"]).order_by("at", "id")
    assert [each.action for each in actions] == [
        "api_clients.create",
        "api_clients.change",
        "api_clients.rotate",
        "api_clients.revoke",
    ]
    assert "till" in actions[0].actor


def test_the_list_shows_the_callers_subtree_page_by_page(headquarters: Organisation) -> None:
    store, other = make_organisation("S1", headquarters), make_organisation("S2", headquarters)
    inside = caller(store)
    for number in range(4):
        make_client(store, ["orders.read"], name=f"till {number}")
    make_client(other)
    first = inside.get("/api-clients?limit=3").json()
    second = inside.get(f"/api-clients?limit=3&cursor={first['next_cursor']}").json()
    names = [each["name"] for each in first["items"] + second["items"]]
    assert names == ["till 3", "till 2", "till 1", "till 0", "till"]
    assert second["next_cursor"] is None
    assert ApiClient.objects.count() == 6


def test_a_cursor_from_elsewhere_is_a_named_error(api: Caller) -> None:
    answer = api.get("/api-clients?cursor=abc")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
