"""Stock as people count and receive it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_sku
from tests.goods.stock.builders import (
    make_location,
    make_stock,
    quantity_of,
    sum_of_movements,
)
from tests.group.organisations.builders import GroupTree
from yipan.goods.catalogue.actions import change_sku
from yipan.goods.stock.actions import StockRow, StockWish, counting, receive_stock, set_stock, take
from yipan.goods.stock.errors import StockBelowZero
from yipan.goods.stock.models import StockLevel, StockMovement
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, OutboxEvent, Tenant
from yipan.kernel.tenancy import tenant_context


def test_a_count_writes_down_the_difference(group: GroupTree) -> None:
    place, sku = make_location(group["R1-A"]), make_sku()
    for counted in (10, 4, 4, 9):
        assert set_stock(rows=[StockRow(place.code, sku.code, counted)], by=SYSTEM) == []
        assert quantity_of(place, sku) == counted
    movements = StockMovement.objects.order_by("id")
    assert [(each.delta, each.reason) for each in movements] == [
        (10, "count"),
        (-6, "count"),
        (5, "count"),
    ]


def test_of_two_counts_of_one_place_the_last_one_counts(group: GroupTree) -> None:
    place, sku = make_location(group["R1-A"]), make_sku()
    rows = [StockRow(place.code, sku.code, 3), StockRow(place.code, sku.code, 8)]
    assert set_stock(rows=rows, by=SYSTEM) == []
    assert quantity_of(place, sku) == sum_of_movements(place, sku) == 8


def test_received_goods_are_added(group: GroupTree) -> None:
    place, sku = make_location(group["R1-A"]), make_sku()
    row = StockRow(place.code, sku.code, 5)
    assert receive_stock(rows=[row, row], by=SYSTEM) == []
    assert receive_stock(rows=[row], by=SYSTEM) == []
    assert quantity_of(place, sku) == sum_of_movements(place, sku) == 15


def test_what_was_counted_or_came_in_is_announced_by_location(
    group: GroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_LINES", 2)
    here, there = make_location(group["R1-A"]), make_location(group["R2-A"])
    skus = sorted((make_sku() for _ in range(3)), key=lambda sku: sku.id)
    make_stock(here, skus[0], 4)

    def told(action: Callable[..., object], *rows: StockRow) -> list[Any]:
        stock = OutboxEvent.objects.filter(name="stock.changed").order_by("id")
        before = len(stock.all())
        action(rows=rows, by=SYSTEM)
        return [
            (
                event.organisation_id, event.payload["location"], event.payload["reason"],
                [(line["sku"], line["delta"]) for line in event.payload["lines"]],
            )
            for event in stock.all()[before:]
        ]  # fmt: skip

    rows = [StockRow(here.code, skus[0].code, 1)]
    rows += [StockRow(place.code, sku.code, 2) for sku in skus[1:] for place in (here, there)]
    near, far = group["R1-A"].id, group["R2-A"].id
    assert told(set_stock, *rows, StockRow("NOWHERE", skus[0].code, 1)) == [
        (near, here.code, "count", [(skus[0].code, -3), (skus[1].code, 2)]),
        (near, here.code, "count", [(skus[2].code, 2)]),
        (far, there.code, "count", [(skus[1].code, 2), (skus[2].code, 2)]),
    ]
    assert told(set_stock, *rows) == []
    row = StockRow(here.code, skus[0].code, 5)
    assert told(receive_stock, row, row) == [(near, here.code, "receipt", [(skus[0].code, 10)])]


def test_each_row_has_its_own_fault_and_the_others_are_taken(group: GroupTree) -> None:
    place, elsewhere, sku = make_location(group["R1-A"]), make_location(group["R2-A"]), make_sku()
    rows = [
        StockRow(place.code, sku.code, 7),
        StockRow("NOWHERE", sku.code, 1),
        StockRow(place.code, "NOBODY", 1),
        StockRow(place.code, sku.code, -1),
        StockRow(elsewhere.code, sku.code, 1),
    ]
    faults = set_stock(rows=rows, by=SYSTEM, within=group["R1"].path)
    codes = {fault.row: fault.error.code for fault in faults}
    missing = NotFound.code
    assert codes == {1: missing, 2: missing, 3: InvalidField.code, 4: missing}
    assert StockLevel.objects.get().quantity == 7
    faults = receive_stock(rows=[StockRow(place.code, sku.code, 0)], by=SYSTEM)
    assert [type(fault.error) for fault in faults] == [InvalidField]
    assert AuditEntry.objects.filter(action="stock.set_stock").count() == 1


def test_many_rows_cost_as_many_statements_as_one(tenant: Tenant, group: GroupTree) -> None:
    place = make_location(group["R1-A"])
    skus = [make_sku() for _ in range(120)]

    def cost(rows: list[StockRow]) -> tuple[int, int]:
        with tenant_context(tenant.id):
            found = []
            for action in (set_stock, receive_stock):
                with CaptureQueriesContext(connection) as captured:
                    assert action(rows=rows, by=SYSTEM) == []
                found.append(len(captured))
        return found[0], found[1]

    rows = [StockRow(place.code, sku.code, 3) for sku in skus]
    cost(rows[:1])  # reads what is cached from then on
    assert cost(rows[:1]) == cost(rows[1:])


def test_the_permission_to_oversell_follows_the_sku(group: GroupTree) -> None:
    place, sku = make_location(group["R1-A"]), make_sku()
    make_stock(place, sku, 1)
    change_sku(sku_id=sku.id, oversell=True, by=SYSTEM)
    wish = StockWish(1, place.id, sku.id, 3)
    assert take(wishes=[wish], reason="sale", at=clock.now()) == set()
    with pytest.raises(StockBelowZero) as refused:
        change_sku(sku_id=sku.id, oversell=False, by=SYSTEM)
    assert refused.value.data == {"sku": sku.code, "location": place.name, "quantity": -2}
    make_stock(place, sku, 1)
    change_sku(sku_id=sku.id, oversell=False, by=SYSTEM)
    assert take(wishes=[wish], reason="sale", at=clock.now()) == {1}
