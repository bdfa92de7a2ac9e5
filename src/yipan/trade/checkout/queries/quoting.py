"""What things cost, and where they can be had, at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from yipan.goods.catalogue.queries import cards, prices_at
from yipan.goods.stock.queries import in_stock_at, stock_at
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.trade.checkout.errors import NotForSale
from yipan.trade.checkout.policy import policy_for
from yipan.trade.checkout.queries.places import places_of
from yipan.trade.checkout.requests import Choice, Wanted
from yipan.trade.checkout.rules import (
    Goods,
    LineState,
    OfferPrice,
    Places,
    Quote,
    SkuAvailability,
    availability_of,
    offer_price,
    quoted,
    state_of,
)

DELIVERY: Final = Choice()


def quote(
    *,
    shop_id: int,
    wanted: Sequence[Wanted],
    is_member: bool,
    choice: Choice = DELIVERY,
    at: datetime | None = None,
) -> Quote:
    """What an order of these goods would be and cost in a shop; three statements.

    A SKU named twice counts once, with the sum. Raises NotForSale for one that is unknown,
    NotFound for an unknown shop.
    """
    moment = at or clock.now()
    node = tree().node(shop_id)
    units: dict[int, int] = {}
    for each in wanted:
        units[each.sku_id] = units.get(each.sku_id, 0) + each.quantity
    goods = goods_of(shop_id=shop_id, sku_ids=list(units), is_member=is_member, at=moment)
    for sku_id in units:
        if sku_id not in goods:
            raise NotForSale(sku_id=sku_id)
    places = places_of(shop_id)
    return quoted(
        wanted=[Wanted(*each) for each in units.items()],
        goods=goods,
        units=units_of(goods, places),
        places=places,
        choice=choice,
        policy=policy_for(node.lineage, moment),
    )


def goods_of(
    *, shop_id: int, sku_ids: Sequence[int], is_member: bool, at: datetime
) -> dict[int, Goods]:
    """SKUs with their prices for this buyer; two statements, unknown ids are missing."""
    if not sku_ids:
        return {}
    lineage = tree().node(shop_id).lineage
    prices = prices_at(sku_ids, lineage, at)
    return {
        card.id: Goods(
            card.id,
            card.code,
            card.name,
            card.product_id,
            card.specification,
            card.picture,
            card.oversell,
            card.is_active,
            offer_price(prices[card.id], is_member=is_member),
        )
        for card in cards(sku_ids).values()
    }


def units_of(sku_ids: Iterable[int], places: Places) -> dict[tuple[int, int], int]:
    """What stands where of these SKUs, in one statement."""
    location_ids = {source.location_id for source in places.sources}
    location_ids.update(store.location_id for store in places.stores)
    return stock_at(sku_ids=list(sku_ids), location_ids=sorted(location_ids))


def offer_prices(
    *, shop_id: int, sku_ids: Sequence[int], is_member: bool, at: datetime | None = None
) -> dict[int, OfferPrice | None]:
    """What SKUs cost this buyer in a shop, in one statement; None: no price at present."""
    prices = prices_at(sku_ids, tree().node(shop_id).lineage, at or clock.now())
    return {sku_id: offer_price(found, is_member=is_member) for sku_id, found in prices.items()}


def availability(*, shop_id: int, sku_ids: Sequence[int]) -> dict[int, SkuAvailability]:
    """Where SKUs can be had in a shop; three statements, unknown ids are missing."""
    goods = goods_of(shop_id=shop_id, sku_ids=sku_ids, is_member=True, at=clock.now())
    places = places_of(shop_id)
    units = units_of(goods, places)
    return {sku_id: availability_of(each, units, places) for sku_id, each in goods.items()}


def states(*, shop_id: int, sku_ids: Sequence[int]) -> dict[int, LineState]:
    """Whether one unit of SKUs can be had in a shop, and how; as `availability` says it.

    Three statements, and no look at more places than it takes to know: for shelves, which show many
    SKUs, in a group of many stores.
    """
    goods = goods_of(shop_id=shop_id, sku_ids=sku_ids, is_member=True, at=clock.now())
    places = places_of(shop_id)
    there = in_stock_at(
        sku_ids=list(goods),
        first=[source.location_id for source in places.sources],
        second=[store.location_id for store in places.stores],
    )
    return {
        sku_id: state_of(
            each, can_send=there[sku_id][0], can_pick_up=there[sku_id][1], places=places
        )
        for sku_id, each in goods.items()
    }
