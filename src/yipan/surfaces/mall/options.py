"""The SKUs of one product as its page offers them: price, stock, where they can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yipan.goods.catalogue.pictures import picture_url
from yipan.goods.catalogue.queries import ProductSheet, SheetSku, promotion_ends
from yipan.kernel import clock
from yipan.kernel.money import yuan
from yipan.surfaces.mall.cards import GONE
from yipan.surfaces.mall.entry import Shop
from yipan.trade.checkout.queries import (
    LineState,
    OfferPrice,
    SkuAvailability,
    availability,
    offer_prices,
)

FEW: Final = 5
"""So many units or fewer are told."""
PICKER_PICTURE: Final = 160
"""Pixels."""
MOST: Final = 99
"""Units of one SKU that the page lets one choose."""


@dataclass(frozen=True, slots=True)
class SkuOption:
    """A SKU to choose. Amounts in fen."""

    id: int
    label: str
    """Its specification in one line, such as `红 · XL`."""
    specification: dict[str, Any]
    picture: str
    """Its own, else the product's; as the catalogue keeps it, or empty."""
    price: int | None
    was: int | None
    """The list price where that is higher."""
    kind: str
    """By which kind of price: list, member or promo; empty without a price."""
    member_price: int | None
    """What a member would pay, where that is less."""
    promoted_until: datetime | None
    can_buy: bool
    most: int
    """Units that can be chosen, at least 1."""
    delivery: str
    """Whether it can be sent, in words."""
    can_deliver: bool
    pick_up: str
    """Where it can be picked up, in words; empty: nowhere."""
    pick_up_more: str
    """How many other stores have it, in words; may be empty."""

    @property
    def stock(self) -> str:
        """What the picker says of it."""
        return self.delivery if self.can_deliver or not self.pick_up else self.pick_up

    def as_data(self) -> dict[str, Any]:
        """What the picker's script has to know."""
        return {
            "id": str(self.id),
            "values": {key: str(value) for key, value in self.specification.items()},
            "price": "" if self.price is None else yuan(self.price),
            "was": "" if self.was is None else yuan(self.was),
            "stock": self.stock,
            "can": self.can_buy,
            "most": self.most,
            "label": self.label,
            "picture": picture_url(self.picture, width=PICKER_PICTURE),
        }


def options_of(shop: Shop, sheet: ProductSheet) -> list[SkuOption]:
    """What there is of a product, in order; three statements."""
    sku_ids = [sku.id for sku in sheet.skus]
    if not sku_ids:
        return []
    offers = offer_prices(shop_id=shop.node.id, sku_ids=sku_ids, is_member=shop.member is not None)
    stock = availability(shop_id=shop.node.id, sku_ids=sku_ids)
    ends = promotion_ends(sku_ids, shop.node.lineage, clock.now())
    pictures = {each.sku_id: each.file for each in reversed(sheet.pictures)}
    return [
        _option(
            shop,
            sku,
            offers.get(sku.id),
            stock.get(sku.id),
            promoted_until=ends.get(sku.id),
            picture=pictures.get(sku.id) or pictures.get(None, ""),
        )
        for sku in sheet.skus
    ]


def chosen_of(options: Sequence[SkuOption], sku_id: int | None) -> SkuOption | None:
    """The SKU asked for, or else the cheapest that can be bought, as the lists promise it.

    The first one where none can be bought; None where there is none at all.
    """
    for option in options:
        if option.id == sku_id:
            return option
    can_buy = [option for option in options if option.can_buy]
    first = options[0] if options else None
    return min(can_buy, key=lambda option: option.price or 0, default=first)


def attributes_of(options: Sequence[SkuOption]) -> list[dict[str, Any]]:
    """What they differ in: each attribute with its values in the order they come."""
    names: dict[str, dict[str, None]] = {}
    for option in options:
        for name, value in option.specification.items():
            names.setdefault(name, {})[str(value)] = None
    return [{"name": name, "values": list(values)} for name, values in names.items()]


def _option(
    shop: Shop,
    sku: SheetSku,
    offer: OfferPrice | None,
    stock: SkuAvailability | None,
    *,
    promoted_until: datetime | None,
    picture: str,
) -> SkuOption:
    price = offer.unit_price if offer else None
    was = offer.list_price if offer else None
    member_price = offer.member_price if offer else None
    can_buy = offer is not None and stock is not None and stock.state not in GONE
    units = _most(stock)
    pick_up, more = _pick_up(shop, stock)
    can_deliver = can_buy and stock is not None and _deliverable(stock)
    return SkuOption(
        id=sku.id,
        label=" · ".join(str(value) for value in sku.specification.values()) or sku.name,
        specification=sku.specification,
        picture=picture,
        price=price,
        was=was if was is not None and price is not None and was > price else None,
        kind=str(offer.kind) if offer else "",
        member_price=member_price
        if member_price is not None and price is not None and member_price < price
        else None,
        promoted_until=promoted_until if offer and offer.kind == "promo" else None,
        can_buy=can_buy,
        most=max(1, units),
        delivery=_delivery(stock, can_buy=can_buy),
        can_deliver=can_deliver,
        pick_up=pick_up,
        pick_up_more=more,
    )


def _deliverable(stock: SkuAvailability) -> bool:
    return stock.delivery_units is None or stock.delivery_units > 0


def _most(stock: SkuAvailability | None) -> int:
    """The largest number of units that one place has."""
    if stock is None:
        return 0
    if stock.delivery_units is None:
        return MOST
    units = [stock.delivery_units, *(MOST if left is None else left for *_, left in stock.pick_up)]
    return min(MOST, max(units))


def _delivery(stock: SkuAvailability | None, *, can_buy: bool) -> str:
    if stock is None or not can_buy:
        return _("Sold out") if stock and stock.state == LineState.SOLD_OUT else _("Not for sale")
    units = stock.delivery_units
    if units is None or units > FEW:
        return _("Sent to you, in stock")
    if units <= 0:
        return _("Cannot be sent now")
    return ngettext(
        "Sent to you, only %(count)d left", "Sent to you, only %(count)d left", units
    ) % {"count": units}


def _pick_up(shop: Shop, stock: SkuAvailability | None) -> tuple[str, str]:
    """The nearest store with its units, and how many more stores there are."""
    places = [place for place in stock.pick_up if place[2] is None or place[2] > 0] if stock else []
    if not places:
        return "", ""
    here = next((place for place in places if place[0] == shop.node.id), places[0])
    _id, name, units = here
    if units is None:
        first = _("%(store)s has it, can be picked up") % {"store": name}
    else:
        first = _("%(store)s has %(count)d, can be picked up") % {"store": name, "count": units}
    others = len(places) - 1
    more = ngettext("%(count)d more store", "%(count)d more stores", others) % {"count": others}
    return first, more if others else ""
