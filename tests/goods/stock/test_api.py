"""Stock over the open API."""

from __future__ import annotations

import pytest

from tests.goods.catalogue.builders import make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant

SCOPES = ["stock.read", "stock.write"]


@pytest.fixture
def headquarters(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def store(headquarters: Organisation) -> Organisation:
    return make_organisation("A1", make_organisation("A", headquarters))


@pytest.fixture
def api(store: Organisation) -> Caller:
    return caller(store, SCOPES)


def test_a_location_is_made_counted_and_read(api: Caller, store: Organisation) -> None:
    body = {"organisation_id": store.id, "code": "L1", "name": "一店", "is_default": True}
    made = api.post("/locations", body)
    assert made.status_code == 201
    make_sku("TEA")
    rows = [
        {"location": "L1", "sku": "TEA", "quantity": 40},
        {"location": "L1", "sku": "NOBODY", "quantity": 1},
    ]
    counted = api.post("/stock/counts", {"rows": rows}).json()
    assert (counted["taken"], counted["failed"]) == (1, 1)
    assert (counted["faults"][0]["row"], counted["faults"][0]["error"]["code"]) == (
        1,
        "kernel.not_found",
    )
    api.post("/stock/receipts", {"rows": [{"location": "L1", "sku": "TEA", "quantity": 2}]})
    assert api.get("/stock").json()["items"] == [{"location": "L1", "sku": "TEA", "quantity": 42}]
    moved = api.get("/stock/movements?location=L1&sku=TEA").json()["items"]
    assert [(each["delta"], each["reason"]) for each in moved] == [(2, "receipt"), (40, "count")]
    changed = api.patch(f"/locations/{made.json()['id']}", {"name": "一店仓"}).json()
    assert changed["name"] == "一店仓"


def test_a_store_sees_others_only_as_region_and_group(api: Caller, store: Organisation) -> None:
    sku = make_sku("TEA")
    assert store.parent is not None
    elsewhere = make_location(make_organisation("A2", store.parent), "L2")
    make_stock(elsewhere, sku, 5)
    make_stock(make_location(store, "L1"), sku, 2)
    assert [each["location"] for each in api.get("/stock").json()["items"]] == ["L1"]
    assert api.get("/stock/spread?sku=TEA").json() == [
        {"sku": "TEA", "store": 2, "region": 0, "group": 7}
    ]
    assert api.get("/stock/spread?sku=TEA&organisation=A2").status_code == 404
    assert api.get("/stock/movements?location=L2&sku=TEA").status_code == 404
    rows = [{"location": "L2", "sku": "TEA", "quantity": 1}]
    assert api.post("/stock/counts", {"rows": rows}).json()["failed"] == 1


def test_a_location_outside_of_the_subtree_cannot_be_made(api: Caller) -> None:
    body = {"organisation_id": 1, "code": "L1", "name": "x"}
    assert api.post("/locations", body).status_code == 404
