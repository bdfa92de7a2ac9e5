"""The feed of events for readers who fetch."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.conftest import make_tenant
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from tests.surfaces.webhooks.builders import tell, wait_until_settled
from yipan.group.organisations.models import Organisation
from yipan.kernel.ids import next_id
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


def numbers(answer: Any) -> list[int]:
    return [event["data"]["number"] for event in answer.json()["items"]]


def read(api: Caller, query: str = "") -> Any:
    """The feed, once nothing older on the server is open that would hold events back."""
    wait_until_settled()
    return api.get(f"/events{query}")


@pytest.fixture
def root(committed_tenant: Tenant) -> Organisation:
    return make_organisation()


def test_events_come_in_order_and_the_cursor_always_leads_on(root: Organisation) -> None:
    api = caller(root)
    empty = api.get("/events").json()
    assert empty["items"] == []
    for number in range(5):
        tell(root, number=number)
    first = read(api, f"?limit=3&cursor={empty['next_cursor']}")
    second = read(api, f"?limit=3&cursor={first.json()['next_cursor']}")
    assert (numbers(first), numbers(second)) == ([0, 1, 2], [3, 4])
    last = second.json()["next_cursor"]
    assert numbers(api.get(f"/events?cursor={last}")) == []
    tell(root, number=5, text="一盘")
    again = read(api, f"?cursor={last}")
    assert numbers(again) == [5]
    event = again.json()["items"][0]
    assert event["type"] == "order.paid"
    assert event["organisation_id"] == root.id
    assert event["data"] == {"number": 5, "text": "一盘"}
    assert event["timestamp"].endswith("Z")


def test_a_reader_sees_the_events_of_its_subtree(root: Organisation) -> None:
    one, two = make_organisation("S1", root), make_organisation("S2", root)
    for number, organisation in enumerate([root, one, two, None]):
        tell(organisation, number=number)
    assert numbers(read(caller(root))) == [0, 1, 2, 3]
    assert numbers(read(caller(one))) == [1]


def test_a_reader_may_ask_for_one_kind(root: Organisation) -> None:
    tell(root, "order.paid", number=1)
    tell(root, "order.refunded", number=2)
    assert numbers(read(caller(root), "?type=order.refunded")) == [2]


def test_another_tenants_events_are_not_there(root: Organisation) -> None:
    with tenant_context(make_tenant("other").id):
        tell(make_organisation(), number=9)
    assert numbers(read(caller(root))) == []


def test_an_event_whose_transaction_ends_late_is_not_missed(root: Organisation) -> None:
    """A transaction that began first commits last: nobody reads past it."""
    api = caller(root)
    late = psycopg.connect(**connection.get_connection_params())
    try:
        late.execute("SELECT set_config('yipan.tenant_id', %s, false)", (str(root.tenant_id),))
        late.execute(
            "INSERT INTO kernel_outboxevent (id, tenant_id, name, organisation_id, payload, "
            "occurred_at) VALUES (%s, %s, 'order.paid', %s, '{\"number\": 1}', now())",
            (next_id(), root.tenant_id, root.id),
        )
        tell(root, number=2)
        before = api.get("/events")
        assert numbers(before) == []
        late.commit()
        after = read(api, f"?cursor={before.json()['next_cursor']}")
        assert numbers(after) == [1, 2]
    finally:
        late.close()


def test_reading_events_needs_its_permission(root: Organisation) -> None:
    assert caller(root, ["orders.read"]).get("/events").status_code == 403
    assert Caller(None).get("/events").status_code == 401
