"""Products as the shop's lists show them: the lowest price, and whether there is any left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yipan.goods.catalogue.queries import ProductCard, Sort, shelf
from yipan.surfaces.mall.entry import Shop
from yipan.trade.checkout.queries import (
    LineState,
    OfferPrice,
    offer_prices,
    states,
)

GONE: Final = frozenset({LineState.SOLD_OUT, LineState.OFF_SALE, LineState.NO_PRICE})
"""States in which nobody can buy."""


@dataclass(frozen=True, slots=True)
class ShelfCard:
    """A product on a shelf. Amounts in fen."""

    product_id: int
    name: str
    picture: str
    """As the catalogue keeps it, or empty."""
    tags: list[str]
    price: int | None
    """Of the cheapest SKU that can be bought; of the cheapest at all where none can. None: none has
    a price."""
    was: int | None
    """Its list price where that is higher."""
    is_promoted: bool
    is_from: bool
    """Whether others of it cost more."""
    units_sold: int
    is_sold_out: bool


def shelf_cards(shop: Shop, products: Sequence[ProductCard]) -> list[ShelfCard]:
    """Products with prices and stock of now, in order; two statements for any number."""
    sku_ids = [sku_id for product in products for sku_id in product.sku_ids]
    if not sku_ids:
        return []
    offers = offer_prices(shop_id=shop.node.id, sku_ids=sku_ids, is_member=shop.member is not None)
    stock = states(shop_id=shop.node.id, sku_ids=sku_ids)
    return [_card(product, offers, stock) for product in products]


def best_sellers(
    shop: Shop, *, limit: int, category_id: int | None = None, but: int | None = None
) -> list[ShelfCard]:
    """What others buy, of a category or of all, but for one product; at most eight statements.

    Raises NotFound (category).
    """
    page = shelf(sort=Sort.SALES, category_id=category_id, limit=limit + 1)
    others = [each for each in page.items if each.id != but]
    return shelf_cards(shop, others[:limit])


def _card(
    product: ProductCard,
    offers: Mapping[int, OfferPrice | None],
    stock: Mapping[int, LineState],
) -> ShelfCard:
    priced = {sku_id: offer for sku_id in product.sku_ids if (offer := offers.get(sku_id))}
    in_stock = {
        sku_id: offer
        for sku_id, offer in priced.items()
        if stock.get(sku_id, LineState.OFF_SALE) not in GONE
    }
    shown = in_stock or priced
    cheapest = min(shown.values(), key=lambda offer: offer.unit_price, default=None)
    was = cheapest.list_price if cheapest else None
    price = cheapest.unit_price if cheapest else None
    return ShelfCard(
        product_id=product.id,
        name=product.name,
        picture=product.picture,
        tags=product.tags,
        price=price,
        was=was if was is not None and price is not None and was > price else None,
        is_promoted=cheapest is not None and cheapest.kind == "promo",
        is_from=len({offer.unit_price for offer in shown.values()}) > 1,
        units_sold=product.units_sold,
        is_sold_out=not in_stock,
    )
