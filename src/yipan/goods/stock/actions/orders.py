"""Stock that orders take and give back: many orders at once, in the transaction of the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.stock.models import StockMovement
from yipan.goods.stock.rules import Level, Place, StockWish, refused_in_turn, totals
from yipan.kernel import sql, uow
from yipan.kernel.errors import InvalidField
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_MOVEMENT: Final = (
    "id", "tenant_id", "location_id", "sku_id", "delta", "reason", "reference", "moved_at",
)  # fmt: skip

# Rows are locked in ascending order before any is changed, so takers wait in a line and never in a
# circle. `locked.quantity` is of the newest version of the row; `l.quantity` in the update would at
# first be of the version in the snapshot, and fail the table's check where goods came in meanwhile.
# Nothing is locked while a row is missing: it may have to be made, in its turn (see `hold`).
_TAKE: Final = """
WITH wish AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
               AS w(location_id, sku_id, quantity)
), present AS (
    SELECT count(*) AS places
      FROM wish JOIN stock_stocklevel l ON l.tenant_id = %s
       AND l.location_id = wish.location_id AND l.sku_id = wish.sku_id
), locked AS MATERIALIZED (
    SELECT l.id, l.location_id, l.sku_id, l.quantity, l.oversell, wish.quantity AS wanted
      FROM wish JOIN stock_stocklevel l ON l.tenant_id = %s
       AND l.location_id = wish.location_id AND l.sku_id = wish.sku_id
     WHERE (SELECT places FROM present) = %s
     ORDER BY l.location_id, l.sku_id
       FOR NO KEY UPDATE OF l
), verdict AS MATERIALIZED (
    SELECT count(*) = %s AND coalesce(bool_and(oversell OR quantity >= wanted), true) AS served
      FROM locked
), changed AS (
    UPDATE stock_stocklevel l SET quantity = locked.quantity - locked.wanted
      FROM locked, verdict WHERE verdict.served AND l.id = locked.id
)
SELECT verdict.served, locked.location_id, locked.sku_id, locked.quantity, locked.oversell
  FROM verdict LEFT JOIN locked ON NOT verdict.served
"""
# Makes missing rows and locks those that are there, all in one ascending pass. The update changes
# nothing: it is there for RETURNING, which leaves out rows that are not updated.
_HOLD: Final = """
INSERT INTO stock_stocklevel AS l (id, tenant_id, location_id, sku_id, quantity, oversell)
SELECT w.id, s.tenant_id, w.location_id, w.sku_id, 0, s.oversell
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w(id, location_id, sku_id)
  JOIN catalogue_sku s ON s.tenant_id = %s AND s.id = w.sku_id
 WHERE %s OR s.oversell OR EXISTS (
    SELECT FROM stock_stocklevel l WHERE l.tenant_id = s.tenant_id
       AND l.location_id = w.location_id AND l.sku_id = w.sku_id)
 ORDER BY w.location_id, w.sku_id
    ON CONFLICT (tenant_id, location_id, sku_id) DO UPDATE SET quantity = l.quantity
RETURNING location_id, sku_id, quantity, oversell
"""
_ADD: Final = """
INSERT INTO stock_stocklevel (id, tenant_id, location_id, sku_id, quantity, oversell)
SELECT b.id, s.tenant_id, b.location_id, b.sku_id, b.quantity, s.oversell
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
       AS b(id, location_id, sku_id, quantity)
  JOIN catalogue_sku s ON s.tenant_id = %s AND s.id = b.sku_id
 ORDER BY b.location_id, b.sku_id
    ON CONFLICT (tenant_id, location_id, sku_id)
    DO UPDATE SET quantity = stock_stocklevel.quantity + excluded.quantity
"""


def take(*, wishes: Sequence[StockWish], reason: str, at: datetime) -> set[int]:
    """Take the goods of orders; the keys of those orders that could not be served.

    An order is served whole or not at all. Where goods do not suffice for all, orders are served
    in the order given. Never below zero, unless the SKU allows it; a location that never had a SKU
    has none of it. One statement when everything fits, at most three; locks in ascending
    (location, SKU). `reason` is one of MovementReason. Raises InvalidField (quantity).
    """
    _check(wishes)
    if not wishes:
        return set()
    with unit_of_work():
        refused: set[int] = set()
        wanted = totals(wishes)
        served, levels = _try_to_take(wanted)
        if not served:
            levels = levels or hold(wanted, make_all=False)
            refused = refused_in_turn(wishes, levels)
            wishes = [wish for wish in wishes if wish.order_key not in refused]
            # Cannot fail: what is left fits into levels that are locked by now.
            _try_to_take(totals(wishes))
        _note(wishes, sign=-1, reason=reason, at=at)
    return refused


def put_back(*, wishes: Sequence[StockWish], reason: str, at: datetime) -> None:
    """Give goods back to their locations, in one statement in ascending (location, SKU).

    `reason` is one of MovementReason. Raises InvalidField (quantity).
    """
    _check(wishes)
    if not wishes:
        return
    with unit_of_work():
        add(totals(wishes))
        _note(wishes, sign=1, reason=reason, at=at)


def add(units: Mapping[Place, int]) -> None:
    """Raise levels, given in ascending order; those that are missing are made. One statement."""
    ids = list(next_ids(len(units)))
    sql.execute(_ADD, (ids, *_columns(units), list(units.values()), current_tenant_id()))


def hold(places: Mapping[Place, int], *, make_all: bool) -> dict[Place, Level]:
    """Lock levels, given in ascending order; those that are missing are made, with no units.

    Without `make_all` only those of SKUs that may go below zero are made. Answers what is held.
    One statement; to be called before the transaction has locked any level.
    """
    ids = list(next_ids(len(places)))
    rows = sql.fetch(_HOLD, (ids, *_columns(places), current_tenant_id(), make_all))
    return _levels(rows)


def note_movement(
    place: Place, delta: int, *, reason: str, reference: int | None, at: datetime
) -> None:
    """Have a movement written at the end of the unit of work."""
    (new_id,) = next_ids(1)
    row = (new_id, current_tenant_id(), *place, delta, reason, reference, at)
    uow.append(StockMovement, _MOVEMENT, row)


def _try_to_take(wanted: Mapping[Place, int]) -> tuple[bool, dict[Place, Level]]:
    """Whether all was taken; if not, the levels as they are, locked.

    With a level missing nothing is locked and no level answered.
    """
    tenant_id = current_tenant_id()
    count = len(wanted)
    params = (*_columns(wanted), list(wanted.values()), tenant_id, tenant_id, count, count)
    rows = sql.fetch(_TAKE, params)
    if rows[0][0]:
        return True, {}
    return False, _levels(row[1:] for row in rows if row[1] is not None)


def _levels(rows: Iterable[sql.Row]) -> dict[Place, Level]:
    return {
        (location_id, sku_id): Level(quantity, oversell)
        for location_id, sku_id, quantity, oversell in rows
    }


def _columns(places: Mapping[Place, int]) -> tuple[list[int], list[int]]:
    return [location_id for location_id, _ in places], [sku_id for _, sku_id in places]


def _check(wishes: Sequence[StockWish]) -> None:
    if any(wish.quantity < 1 for wish in wishes):
        raise InvalidField(field="quantity", reason=_("must be at least 1"))


def _note(wishes: Sequence[StockWish], *, sign: int, reason: str, at: datetime) -> None:
    moved: dict[tuple[int, Place], int] = {}
    for wish in wishes:
        key = (wish.order_key, (wish.location_id, wish.sku_id))
        moved[key] = moved.get(key, 0) + wish.quantity
    for (order_key, place), quantity in moved.items():
        note_movement(place, sign * quantity, reason=reason, reference=order_key, at=at)
