"""From what is wanted and what is there to a quote. Pure.

An order is sent from one place. Of the places that have everything the first one in order sends
it; where none has, the one that has most lines is taken to tell the buyer what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yipan.trade.checkout.policy import CheckoutPolicy
from yipan.trade.checkout.requests import Choice, Wanted
from yipan.trade.checkout.rules.figures import (
    Goods,
    LineState,
    PickUpStore,
    Quote,
    QuoteLine,
    SkuAvailability,
    Source,
)

Units = Mapping[tuple[int, int], int]
"""What stands at (location, SKU)."""


class Places(NamedTuple):
    """Where goods of a shop can come from, best first."""

    sources: tuple[Source, ...]
    stores: tuple[PickUpStore, ...]
    """Without units."""
    own_location_id: int | None
    """Of the shop itself, where it is a store."""


def quoted(
    *,
    wanted: Sequence[Wanted],
    goods: Mapping[int, Goods],
    units: Units,
    places: Places,
    choice: Choice,
    policy: CheckoutPolicy,
) -> Quote:
    """What an order would be and cost. SKUs that are not among `goods` are left out."""
    asked = [each for each in wanted if each.sku_id in goods]
    buyable = [each for each in asked if _flaw(goods[each.sku_id]) is None]
    stores = _stores(asked, goods, units, places)
    source = _best(places.sources, buyable, goods, units)
    if choice.method == "pick_up":
        location_id = next(
            (each.location_id for each in stores if each.organisation_id == choice.pick_up_at), None
        )
    else:
        location_id = source.location_id if source else None
    lines = tuple(
        _line(each, goods[each.sku_id], location_id, units, places, choice=choice) for each in asked
    )
    amount = sum(line.amount for line in lines if line.state is LineState.OK)
    freight = policy.freight_of(amount) if choice.method == "delivery" and amount else 0
    whole = bool(lines) and all(line.state is LineState.OK for line in lines)
    sendable = source is not None and all(
        _enough(units_at(source.location_id, goods[each.sku_id], units), each.quantity)
        for each in buyable
    )
    return Quote(
        lines=lines,
        choice=choice,
        goods=amount,
        freight=freight,
        total=amount + freight,
        free_from=policy.free_from,
        to_free=max(0, (policy.free_from or 0) - amount) if freight else 0,
        delivery=source if sendable and len(buyable) == len(asked) else None,
        pick_up=stores,
        can_place=whole and location_id is not None,
    )


def availability_of(
    goods: Goods, units: Units, places: Places, *, quantity: int = 1
) -> SkuAvailability:
    """Where a SKU can be had by itself."""
    sendable = _most(goods, units, [source.location_id for source in places.sources])
    own = None
    if places.own_location_id is not None:
        own = units_at(places.own_location_id, goods, units)
    stores = tuple(
        (store.organisation_id, store.name, there)
        for store in places.stores
        if (there := units_at(store.location_id, goods, units)) is None or there > 0
    )
    state = _flaw(goods) or _state(goods, quantity, sendable, units, places)
    return SkuAvailability(goods.sku_id, sendable, own, stores, state)


def state_of(goods: Goods, *, can_send: bool, can_pick_up: bool, places: Places) -> LineState:
    """Of one unit of a SKU, where it is known whether it can be sent or picked up from stock."""
    flaw = _flaw(goods)
    if flaw is not None:
        return flaw
    if can_send or (goods.oversell and places.sources):
        return LineState.OK
    if can_pick_up or (goods.oversell and places.stores):
        return LineState.PICK_UP_ONLY
    return LineState.SOLD_OUT


def line_of(goods: Goods, quantity: int, units_left: int | None, state: LineState) -> QuoteLine:
    """So many units of a SKU as a line."""
    price = goods.price
    return QuoteLine(
        sku_id=goods.sku_id,
        code=goods.code,
        name=goods.name,
        product_id=goods.product_id,
        specification=goods.specification,
        picture=goods.picture,
        quantity=quantity,
        unit_price=price.unit_price if price else None,
        price_kind=price.kind if price else "",
        list_price=price.list_price if price else None,
        member_price=price.member_price if price else None,
        amount=price.unit_price * quantity if price else 0,
        units_left=units_left,
        state=state,
    )


def units_at(location_id: int, goods: Goods, units: Units) -> int | None:
    """Units of a SKU at a place, never below 0; None: no limit."""
    if goods.oversell:
        return None
    return max(0, units.get((location_id, goods.sku_id), 0))


def _most(goods: Goods, units: Units, location_ids: Sequence[int]) -> int | None:
    if goods.oversell and location_ids:
        return None
    return max((units_at(id_, goods, units) or 0 for id_ in location_ids), default=0)


def _enough(there: int | None, quantity: int) -> bool:
    return there is None or there >= quantity


def _flaw(goods: Goods) -> LineState | None:
    if not goods.is_on_sale:
        return LineState.OFF_SALE
    return LineState.NO_PRICE if goods.price is None else None


def _state(
    goods: Goods, quantity: int, there: int | None, units: Units, places: Places
) -> LineState:
    """Of a line of which `there` units can be had the way it is wanted."""
    if _enough(there, quantity):
        return LineState.OK
    if there:
        return LineState.SHORT
    at_stores = _most(goods, units, [store.location_id for store in places.stores])
    return LineState.PICK_UP_ONLY if at_stores is None or at_stores else LineState.SOLD_OUT


def _line(
    wanted: Wanted,
    goods: Goods,
    location_id: int | None,
    units: Units,
    places: Places,
    *,
    choice: Choice,
) -> QuoteLine:
    there = 0 if location_id is None else units_at(location_id, goods, units)
    state = _flaw(goods)
    if state is None and choice.method == "pick_up":
        state = LineState.OK if _enough(there, wanted.quantity) else None
        state = state or (LineState.SHORT if there else LineState.SOLD_OUT)
    elif state is None:
        elsewhere = _most(goods, units, [source.location_id for source in places.sources])
        if not _enough(there, wanted.quantity) and _enough(elsewhere, wanted.quantity):
            state, there = LineState.APART, elsewhere
        else:
            state = _state(goods, wanted.quantity, there, units, places)
    return line_of(goods, wanted.quantity, there, state)


def _best(
    sources: Sequence[Source], wanted: Sequence[Wanted], goods: Mapping[int, Goods], units: Units
) -> Source | None:
    def served(source: Source) -> int:
        return sum(
            _enough(units_at(source.location_id, goods[each.sku_id], units), each.quantity)
            for each in wanted
        )

    return max(sources, key=served, default=None)  # of equals the first


def _stores(
    wanted: Sequence[Wanted], goods: Mapping[int, Goods], units: Units, places: Places
) -> tuple[PickUpStore, ...]:
    found = []
    for store in places.stores:
        there = {
            each.sku_id: units_at(store.location_id, goods[each.sku_id], units) for each in wanted
        }
        if any(units_there is None or units_there for units_there in there.values()):
            whole = all(_enough(there[each.sku_id], each.quantity) for each in wanted)
            found.append(_with_units(store, there, whole=whole))
    return tuple(sorted(found, key=lambda store: not store.whole))


def _with_units(store: PickUpStore, units: Mapping[int, int | None], *, whole: bool) -> PickUpStore:
    return PickUpStore(
        store.organisation_id,
        store.code,
        store.name,
        store.city,
        store.address,
        store.location_id,
        store.location_code,
        units,
        whole,
    )
