"""Stock as people count and receive it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.goods.catalogue.errors import RowFault
from yipan.goods.catalogue.queries import SkuFigures, skus_by_code
from yipan.goods.stock.actions.orders import add, hold, note_movement
from yipan.goods.stock.errors import StockBelowZero
from yipan.goods.stock.events import MOST_LINES, StockChanged, StockLine
from yipan.goods.stock.models import MovementReason
from yipan.goods.stock.queries import LocationFigures, locations_by_code
from yipan.goods.stock.rules import Place
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_MOST: Final = 10**12

_SET: Final = """
UPDATE stock_stocklevel l SET quantity = c.quantity
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS c(location_id, sku_id, quantity)
 WHERE l.tenant_id = %s AND l.location_id = c.location_id AND l.sku_id = c.sku_id
"""
_SWITCH: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM stock_stocklevel WHERE tenant_id = %s AND sku_id = ANY(%s::bigint[])
     ORDER BY location_id, sku_id FOR NO KEY UPDATE
)
UPDATE stock_stocklevel l SET oversell = %s FROM locked WHERE l.id = locked.id
"""
_BELOW_ZERO: Final = """
SELECT s.code, p.name, l.quantity
  FROM stock_stocklevel l JOIN catalogue_sku s ON s.id = l.sku_id
  JOIN stock_location p ON p.id = l.location_id
 WHERE l.tenant_id = %s AND l.sku_id = ANY(%s::bigint[]) AND l.quantity < 0
 ORDER BY l.quantity LIMIT 1
"""


class StockRow(NamedTuple):
    """Units of one SKU at one location."""

    location: str
    """Code."""
    sku: str
    """Code."""
    quantity: int


def set_stock(
    *, rows: Sequence[StockRow], by: Actor, at: datetime | None = None, within: str = "/"
) -> list[RowFault]:
    """Write down what was counted; each row is taken or has its fault.

    `quantity` is what is there, 0 or more units; the difference becomes a movement. Of two rows
    for one place the last one counts. `within` is the path of the subtree whose locations may be
    counted. A fixed number of statements.
    """
    with unit_of_work():
        placed = _placed(rows, within=within, least=0)
        counted = {place: rows[numbers[-1]].quantity for place, numbers in placed.rows.items()}
        if counted:
            deltas = _count(counted, at or clock.now())
            _record("set_stock", counted, by)
            _announce(placed, deltas, MovementReason.COUNT)
    return placed.faults


def receive_stock(
    *, rows: Sequence[StockRow], by: Actor, at: datetime | None = None, within: str = "/"
) -> list[RowFault]:
    """Add goods that came in; each row is taken or has its fault.

    `quantity` is what came, at least 1 unit. `within` is the path of the subtree whose locations
    may receive. A fixed number of statements.
    """
    moment = at or clock.now()
    with unit_of_work():
        placed = _placed(rows, within=within, least=1)
        units = {
            place: sum(rows[number].quantity for number in numbers)
            for place, numbers in placed.rows.items()
        }
        if units:
            add(units)
            for place, quantity in units.items():
                note_movement(
                    place, quantity, reason=MovementReason.RECEIPT, reference=None, at=moment
                )
            _record("receive_stock", units, by)
            _announce(placed, units, MovementReason.RECEIPT)
    return placed.faults


def allow_oversell(*, sku_ids: Sequence[int], oversell: bool) -> None:
    """Let the stock of SKUs go below zero from now on, or no more. Raises StockBelowZero."""
    with unit_of_work():
        tenant_id = current_tenant_id()
        if not oversell:
            below = sql.fetch_one(_BELOW_ZERO, (tenant_id, list(sku_ids)))
            if below is not None:
                sku, location, quantity = below
                raise StockBelowZero(sku=sku, location=location, quantity=quantity)
        sql.execute(_SWITCH, (tenant_id, list(sku_ids), oversell))


def _count(counted: Mapping[Place, int], at: datetime) -> dict[Place, int]:
    """Make the levels what was counted; by how much each differs from before, where it does."""
    before = hold(counted, make_all=True)
    deltas = {
        place: quantity - before[place].quantity
        for place, quantity in counted.items()
        if quantity != before[place].quantity
    }
    for place, delta in deltas.items():
        note_movement(place, delta, reason=MovementReason.COUNT, reference=None, at=at)
    params = (
        [location_id for location_id, _ in deltas],
        [sku_id for _, sku_id in deltas],
        [counted[place] for place in deltas],
        current_tenant_id(),
    )
    sql.execute(_SET, params)
    return deltas


class _Placed(NamedTuple):
    """Where good rows belong, and what is wrong with the others."""

    rows: dict[Place, list[int]]
    """The numbers of the good rows of each place, in ascending order."""
    faults: list[RowFault]
    locations: Mapping[int, LocationFigures]
    sku_codes: Mapping[int, str]


def _placed(rows: Sequence[StockRow], *, within: str, least: int) -> _Placed:
    locations = locations_by_code()
    skus = skus_by_code([row.sku for row in rows])
    found: dict[Place, list[int]] = {}
    faults = []
    for number, row in enumerate(rows):
        try:
            place = _place(row, locations, skus, within=within, least=least)
        except DomainError as error:
            faults.append(RowFault(number, error))
        else:
            found.setdefault(place, []).append(number)
    return _Placed(
        dict(sorted(found.items())),
        faults,
        {location.id: location for location in locations.values()},
        {sku.id: code for code, sku in skus.items()},
    )


def _place(
    row: StockRow,
    locations: Mapping[str, LocationFigures],
    skus: Mapping[str, SkuFigures],
    *,
    within: str,
    least: int,
) -> Place:
    location = locations.get(row.location)
    if location is None or not tree().within(location.organisation_id, within):
        raise NotFound(kind="location", ref=row.location)
    if row.sku not in skus:
        raise NotFound(kind="sku", ref=row.sku)
    if not least <= row.quantity <= _MOST:
        reason = _("must be %(least)d to %(most)d") % {"least": least, "most": _MOST}
        raise InvalidField(field="quantity", reason=reason)
    return location.id, skus[row.sku].id


def _by_location(units: Mapping[Place, int]) -> dict[int, dict[int, int]]:
    """Location → SKU → units."""
    found: dict[int, dict[int, int]] = {}
    for (location_id, sku_id), quantity in units.items():
        found.setdefault(location_id, {})[sku_id] = quantity
    return found


def _announce(placed: _Placed, deltas: Mapping[Place, int], reason: str) -> None:
    for location_id, of_skus in _by_location(deltas).items():
        location = placed.locations[location_id]
        lines = [
            StockLine(sku_id, placed.sku_codes[sku_id], delta) for sku_id, delta in of_skus.items()
        ]
        announce(
            *(
                StockChanged(
                    organisation_id=location.organisation_id,
                    location_id=location_id,
                    location=location.code,
                    reason=reason,
                    lines=tuple(lines[first : first + MOST_LINES]),
                )
                for first in range(0, len(lines), MOST_LINES)
            )
        )


def _record(verb: str, units: Mapping[Place, int], by: Actor) -> None:
    """One entry for each location; the movements say the rest."""
    for location_id, of_skus in _by_location(units).items():
        audit.record(
            action=f"stock.{verb}",
            subject_type="location",
            subject_id=location_id,
            after={"skus": len(of_skus)},
            by=by,
        )
