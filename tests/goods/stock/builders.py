"""Stock to test with."""

from __future__ import annotations

from itertools import count

from yipan.goods.catalogue.models import Sku
from yipan.goods.stock.actions import StockRow, create_location, set_stock
from yipan.goods.stock.models import Location, StockLevel, StockMovement
from yipan.group.organisations.models import Organisation
from yipan.kernel.actor import SYSTEM

_numbers = count(1)


def make_location(
    organisation: Organisation, code: str = "", *, is_default: bool = True
) -> Location:
    return create_location(
        organisation_id=organisation.id,
        kind="store",
        code=code or f"L{next(_numbers)}",
        name=organisation.name,
        is_default=is_default,
        by=SYSTEM,
    )


def make_stock(location: Location, sku: Sku, quantity: int) -> None:
    """Count a SKU at a location."""
    faults = set_stock(rows=[StockRow(location.code, sku.code, quantity)], by=SYSTEM)
    assert not faults, faults


def quantity_of(location: Location, sku: Sku) -> int:
    """Units there now; 0 where there is no level."""
    level = StockLevel.objects.filter(location=location, sku=sku).first()
    return level.quantity if level else 0


def sum_of_movements(location: Location, sku: Sku) -> int:
    rows = StockMovement.objects.filter(location_id=location.id, sku_id=sku.id)
    return sum(rows.values_list("delta", flat=True))
