"""The outbox is followed along its index, under the walls between tenants."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from yipan.kernel import clock, sql
from yipan.kernel.events import to_json
from yipan.kernel.ids import next_ids
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.surfaces.live import following
from yipan.surfaces.live.following import look, snapshot_now

_COLUMNS = ("id", "tenant_id", "name", "organisation_id", "payload", "occurred_at")


def write(tenant: Tenant, count: int, name: str = "order.paid") -> None:
    now = clock.now()
    rows = [(id_, tenant.id, name, None, to_json({"n": 1}), now) for id_ in next_ids(count)]
    sql.insert(OutboxEvent, _COLUMNS, rows)


def test_what_was_there_before_is_not_told(committed_tenant: Tenant) -> None:
    write(committed_tenant, 3)
    snapshot = snapshot_now()
    assert look(snapshot).events == ()
    write(committed_tenant, 2)
    found = look(snapshot)
    assert len(found.events) == 2
    assert look(found.snapshot).events == ()


def test_events_that_nobody_is_told_of_are_left_out(committed_tenant: Tenant) -> None:
    snapshot = snapshot_now()
    write(committed_tenant, 2, "pool.offers_changed")
    assert look(snapshot).events == ()


def test_more_than_the_most_are_not_read_at_all(
    committed_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 5)
    snapshot = snapshot_now()
    write(committed_tenant, 6)
    found = look(snapshot)
    assert found.is_too_much
    assert found.events == ()
    assert look(found.snapshot).events == ()


def test_a_look_goes_along_the_index_however_much_there_is(committed_tenant: Tenant) -> None:
    write(committed_tenant, 20_000)
    # As if nobody else had a transaction open: one that is older makes every look begin there.
    next_xact = snapshot_now().split(":")[1]
    snapshot = f"{next_xact}:{next_xact}:"
    write(committed_tenant, 10)
    params = (committed_tenant.id, snapshot, snapshot, list(following.KINDS), 500)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {following._FOLLOW}", params)
        (plan,) = cursor.fetchone()
    text = json.dumps(plan)
    assert "outbox_follow" in text
    assert _most_rows_read(plan[0]["Plan"]) < 100


def _most_rows_read(node: dict[str, Any]) -> int:
    own = 0
    if node.get("Relation Name") == "kernel_outboxevent":
        own = int(node["Actual Rows"]) + int(node.get("Rows Removed by Filter", 0))
    return max([own, *[_most_rows_read(each) for each in node.get("Plans", [])]])
