"""The goods of the pool as cards: price, what they would earn the reader, stock, where to share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from yipan.distribution.commissions.queries import SkuEstimate, estimates_for
from yipan.distribution.pool.queries import OfferSort, offers_for_sale
from yipan.goods.catalogue.models import Category
from yipan.goods.catalogue.queries import SkuCard, categories
from yipan.goods.stock.queries import Spread, locations_at, spread_of
from yipan.group.organisations.queries import Node
from yipan.kernel.modules import is_enabled
from yipan.kernel.pagination import Page
from yipan.kernel.text import searched, whole
from yipan.surfaces.workbench.entry import Seller
from yipan.surfaces.workbench.standing import Standing

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class GoodsWish:
    """What is asked of the list, as it stands in the address."""

    text: str = ""
    category_id: int | None = None
    sort: OfferSort = OfferSort.COMMISSION
    shop: str = ""
    cursor: str | None = None
    store_only: bool = False
    """Only what stands at the shop itself."""

    @classmethod
    def of(cls, query: QueryDict) -> GoodsWish:
        """Read from an address; what cannot be read is as if it were not said."""
        category, sort = query.get("category", ""), query.get("sort", "")
        return cls(
            text=searched(query.get("q", "")),
            category_id=whole(category),
            sort=OfferSort(sort) if sort in set(OfferSort) else OfferSort.COMMISSION,
            shop=query.get("shop", ""),
            cursor=query.get("cursor") or None,
            store_only=query.get("view", "store") != "all",
        )


@dataclass(frozen=True, slots=True)
class GoodsCard:
    """A SKU of the pool for one reader."""

    sku: SkuCard
    estimate: SkuEstimate
    stock: Spread | None
    """None: stock is not kept."""

    @property
    def specification(self) -> str:
        """Such as `红 / XL`."""
        return " / ".join(str(value) for value in self.sku.specification.values())

    @property
    def list_price(self) -> int | None:
        """Fen, where a promotion is below it."""
        prices = self.estimate.prices
        return None if prices.promo_price is None else prices.list_price

    @property
    def member_price(self) -> int | None:
        """Fen, where members pay less."""
        member = self.estimate.prices.member_price
        return member if member is not None and member < self.estimate.price else None


@dataclass(frozen=True, slots=True)
class CategoryRows:
    """Categories to choose from: the top ones, and those below the one that is chosen."""

    top: tuple[Category, ...]
    below: tuple[Category, ...]
    chosen: Category | None
    top_id: int | None
    """The top one above what is chosen, or that itself."""


def goods_page(
    seller: Seller, standing: Standing, shop: Node, wish: GoodsWish, *, counter: bool
) -> Page[GoodsCard]:
    """One page of what the shop may sell and earn with; at most 12 statements.

    Raises NotFound (category), InvalidField (cursor).
    """
    in_stock_at = None
    if counter and wish.store_only and is_enabled("stock"):
        in_stock_at = locations_at(shop.id)
    found = offers_for_sale(
        organisation_id=shop.id,
        text=wish.text,
        category_id=wish.category_id,
        in_stock_at=in_stock_at,
        sort=wish.sort,
        cursor=wish.cursor,
        limit=PAGE,
    )
    skus = [offer.sku for offer in found.items]
    return Page(_cards(seller, standing, shop, skus), found.next_cursor)


def goods_card(seller: Seller, standing: Standing, shop: Node, sku: SkuCard) -> GoodsCard:
    """The card of one SKU, in the pool or not; four statements."""
    return _cards(seller, standing, shop, [sku])[0]


def _cards(
    seller: Seller, standing: Standing, shop: Node, skus: Sequence[SkuCard]
) -> list[GoodsCard]:
    if not skus:
        return []
    ids = [sku.id for sku in skus]
    estimates = estimates_for(
        distributor_id=seller.distributor.id,
        lineage=shop.lineage,
        sku_ids=ids,
        reaches=standing.reaches,
    )
    stock = units_of(shop, ids)
    return [GoodsCard(sku, estimates[sku.id], stock.get(sku.id)) for sku in skus]


def units_of(shop: Node, sku_ids: Sequence[int]) -> dict[int, Spread]:
    """Units of SKUs at the shop, in its region and everywhere; empty where stock is not kept."""
    if not is_enabled("stock"):
        return {}
    return spread_of(sku_ids=sku_ids, organisation_id=shop.id)


def category_rows(category_id: int | None) -> CategoryRows:
    """What to choose a category from, in one statement."""
    rows = list(categories().order_by("path"))
    by_id = {row.id: row for row in rows}
    chosen = by_id.get(category_id) if category_id is not None else None
    top_id = int(chosen.path.strip("/").split("/", 1)[0]) if chosen else None
    return CategoryRows(
        top=tuple(row for row in rows if row.parent_id is None),
        below=tuple(row for row in rows if top_id is not None and row.parent_id == top_id),
        chosen=chosen,
        top_id=top_id,
    )
