"""Reads of stock."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.group.organisations.builders import GroupTree
from yipan.goods.stock.actions import StockWish, take
from yipan.goods.stock.queries import Spread, levels_within, spread_of, stock_at
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


def test_store_region_and_group_stand_side_by_side(tenant: Tenant, group: GroupTree) -> None:
    sku, other = make_sku(), make_sku()
    places = {code: make_location(group[code]) for code in ("R1-A", "R2-A", "F1-A", "HQ")}
    for place, units in zip(places.values(), (1, 10, 100, 1000), strict=True):
        make_stock(place, sku, units)
    skus = [sku.id, other.id]
    assert spread_of(sku_ids=skus, organisation_id=group["R1-A"].id) == {
        sku.id: Spread(1, 11, 1111, company=1),
        other.id: Spread(0, 0, 0),
    }
    assert spread_of(sku_ids=skus, organisation_id=group["F1-B"].id)[sku.id] == Spread(
        0, 100, 1111, company=100
    )
    assert spread_of(sku_ids=skus, organisation_id=group["HQ"].id)[sku.id] == Spread(1000, 0, 1111)
    with tenant_context(tenant.id):
        tree()
        with CaptureQueriesContext(connection) as captured:
            spread_of(sku_ids=skus, organisation_id=group["R1-A"].id)
        assert len(captured) == 1


def test_what_one_place_owes_is_not_taken_off_the_others(group: GroupTree) -> None:
    sku = make_sku(oversell=True)
    here, there = make_location(group["R1-A"]), make_location(group["R1-B"])
    make_stock(there, sku, 5)
    take(wishes=[StockWish(1, here.id, sku.id, 3)], reason="sale", at=clock.now())
    assert spread_of(sku_ids=[sku.id], organisation_id=group["R1-A"].id)[sku.id] == Spread(
        0, 5, 5, company=5
    )
    found = stock_at(sku_ids=[sku.id], location_ids=[here.id, there.id])
    assert found == {(here.id, sku.id): -3, (there.id, sku.id): 5}


def test_levels_are_listed_within_a_subtree(group: GroupTree) -> None:
    sku = make_sku()
    for code in ("R1-A", "R2-A"):
        make_stock(make_location(group[code], f"L-{code}"), sku, 1)
    found = levels_within([group["R1"].path])
    assert [level.location.code for level in found] == ["L-R1-A"]
    assert levels_within([group["HQ"].path], location="L-R2-A", sku=sku.code).count() == 1
