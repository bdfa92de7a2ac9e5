"""Who is served when there is not enough for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class StockWish(NamedTuple):
    """Units of one SKU that an order takes from, or gives back to, one location."""

    order_key: int
    """The order's id; becomes the reference of the movement."""
    location_id: int
    sku_id: int
    quantity: int
    """Units, at least 1."""


class Level(NamedTuple):
    """What one location has of one SKU."""

    quantity: int
    oversell: bool
    """Whether it may go below zero."""


Place = tuple[int, int]
"""Location and SKU."""


def totals(wishes: Sequence[StockWish]) -> dict[Place, int]:
    """Units wished by location and SKU, in ascending order: the order in which rows are locked."""
    found: dict[Place, int] = {}
    for wish in wishes:
        place = (wish.location_id, wish.sku_id)
        found[place] = found.get(place, 0) + wish.quantity
    return dict(sorted(found.items()))


def refused_in_turn(wishes: Sequence[StockWish], levels: Mapping[Place, Level]) -> set[int]:
    """Keys of the orders that cannot be served whole, served in the order given.

    An order that is refused takes nothing, so a later and smaller one may still be served. A place
    without a level has nothing.
    """
    by_order: dict[int, list[StockWish]] = {}
    for wish in wishes:
        by_order.setdefault(wish.order_key, []).append(wish)
    left = {place: level.quantity for place, level in levels.items()}
    refused = set()
    for order_key, of_order in by_order.items():
        wanted = totals(of_order)
        if any(
            place not in levels or (left[place] < quantity and not levels[place].oversell)
            for place, quantity in wanted.items()
        ):
            refused.add(order_key)
            continue
        for place, quantity in wanted.items():
            left[place] -= quantity
    return refused
