"""Places that hold stock."""

from __future__ import annotations

import pytest

from tests.goods.stock.builders import make_location
from tests.group.organisations.builders import GroupTree
from yipan.goods.stock.actions import (
    create_location,
    make_default_location,
    rename_location,
)
from yipan.goods.stock.errors import LocationCodeTaken
from yipan.goods.stock.models import Location
from yipan.goods.stock.queries import location_of
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


def test_orders_that_name_no_location_take_from_the_default_one(group: GroupTree) -> None:
    store = group["R1-A"]
    assert location_of(store.id) is None
    first = make_location(store)
    assert location_of(store.id) == first.id
    second = make_location(store)
    assert location_of(store.id) == second.id
    make_default_location(location_id=first.id, by=SYSTEM)
    assert location_of(store.id) == first.id
    assert Location.objects.filter(is_default=True).count() == 1


def test_an_order_may_name_a_location_above_or_below_its_seller(group: GroupTree) -> None:
    at = {code: make_location(group[code], f"L-{code}") for code in ("R1-A", "R1", "HQ", "R2-A")}
    seller = group["R1-A"].id
    assert [location_of(seller, f"L-{code}") for code in ("R1-A", "R1", "HQ")] == [
        at[code].id for code in ("R1-A", "R1", "HQ")
    ]
    assert location_of(group["R1"].id, "L-R1-A") == at["R1-A"].id
    for code in ("L-R2-A", "L-NOWHERE"):
        with pytest.raises(InvalidField):
            location_of(seller, code)


def test_who_speaks_for_a_larger_subtree_may_name_any_location_of_it(group: GroupTree) -> None:
    beside = make_location(group["R2-A"], "L-R2-A")
    seller = group["R1-A"].id
    assert location_of(seller, "L-R2-A", within="/") == beside.id
    assert location_of(seller, "L-R2-A", within=group.headquarters.path) == beside.id
    with pytest.raises(InvalidField):
        location_of(seller, "L-R2-A", within=group["R1"].path)


def test_a_new_location_is_seen_by_what_is_cached(tenant: Tenant, group: GroupTree) -> None:
    with tenant_context(tenant.id):
        assert location_of(group["R1-A"].id) is None
    with tenant_context(tenant.id):
        place = make_location(group["R1-A"])
    with tenant_context(tenant.id):
        assert location_of(group["R1-A"].id) == place.id


def test_odd_values_are_refused(group: GroupTree) -> None:
    place = make_location(group["R1-A"], "L1")
    with pytest.raises(LocationCodeTaken):
        make_location(group["R1-B"], "L1")
    with pytest.raises(InvalidField):
        create_location(
            organisation_id=group["R1"].id, kind="attic", code="L2", name="x", by=SYSTEM
        )
    with pytest.raises(NotFound):
        create_location(organisation_id=1, kind="store", code="L2", name="x", by=SYSTEM)
    with pytest.raises(NotFound):
        make_default_location(location_id=1, by=SYSTEM)
    assert rename_location(location_id=place.id, name="仓库", by=SYSTEM).name == "仓库"
