"""The goods list: SKUs as cards, searched and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue.models import Category
from yipan.goods.catalogue.queries.finding import Hit, Listing, Position, find, terms_of
from yipan.kernel import sql
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.pagination import MAX_LIMIT, Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id


class Sort(StrEnum):
    """Orders of the goods list that the catalogue knows."""

    SALES = "sales"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class SkuCard:
    """A SKU as a list shows it."""

    id: int
    code: str
    name: str
    specification: dict[str, Any]
    product_id: int
    product_code: str
    product_name: str
    category_id: int
    tags: list[str]
    picture: str
    """The main picture, or empty."""
    list_price: int
    """Fen; group-wide."""
    units_sold: int
    oversell: bool
    is_active: bool
    """Whether it may be sold: active, and so is its product."""
    created_at: datetime


_KEYS: Final = {
    Sort.SALES: ("s.units_sold", True),
    Sort.PRICE_ASC: ("s.list_price", False),
    Sort.PRICE_DESC: ("s.list_price", True),
    Sort.NEWEST: ("s.created_at", True),
}
_CARDS: Final = """
SELECT s.id, s.code, s.name, s.specification, p.id, p.code, p.name, p.category_id,
       to_jsonb(p.tags), coalesce(main.file, ''), s.list_price, s.units_sold, s.oversell,
       s.on_sale, s.created_at
  FROM catalogue_sku s
  JOIN catalogue_product p ON p.id = s.product_id
  LEFT JOIN LATERAL (
    SELECT file FROM catalogue_picture
     WHERE product_id = p.id AND (sku_id = s.id OR sku_id IS NULL)
     ORDER BY sku_id NULLS LAST, position, id LIMIT 1
  ) main ON true
 WHERE s.tenant_id = %s AND s.id = ANY(%s::bigint[])
"""
_DOCUMENTS: Final = {3, 8}
"""Places of JSON columns among the columns of a card."""


def on_sale(sort: Sort) -> Listing:
    """All SKUs that may be sold, in an order (index: sku_by_sales, _price or _newest)."""
    key, descending = _KEYS[sort]
    return Listing(
        source="catalogue_sku s",
        condition="s.tenant_id = %s AND s.on_sale",
        params=(current_tenant_id(),),
        key=key,
        descending=descending,
    )


def search(
    *,
    text: str = "",
    category_id: int | None = None,
    sort: Sort = Sort.SALES,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[SkuCard]:
    """SKUs on sale that have all the words of a text, in a category or below it.

    A word is the beginning of a Latin word or of a code, or Chinese text of any length. At most
    five statements. Raises NotFound (category), InvalidField (limit, cursor).
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidField(field="limit", reason=_("must be 1 to %d") % MAX_LIMIT)
    purpose = f"goods|{sort.value}"
    after = Position(*decode_cursor(cursor, purpose=purpose)) if cursor else None
    terms = terms_of(text, category_path=category_path(category_id))
    hits = find(terms, on_sale(sort), after=after, limit=limit + 1)
    return page_of_cards(hits, limit=limit, purpose=purpose)


def page_of_cards(hits: Sequence[Hit], *, limit: int, purpose: str) -> Page[SkuCard]:
    """The cards of the first `limit` hits; where there are more, the cursor of the next page."""
    shown = hits[:limit]
    found = cards([hit.sku_id for hit in shown])
    items = [found[hit.sku_id] for hit in shown if hit.sku_id in found]
    if len(hits) <= limit:
        return Page(items, None)
    last = shown[-1].position
    return Page(items, encode_cursor([last.key, last.tie], purpose=purpose))


def cards(sku_ids: Sequence[int]) -> dict[int, SkuCard]:
    """SKUs as cards, in one statement; unknown ids are missing."""
    if not sku_ids:
        return {}
    rows = sql.fetch(_CARDS, (current_tenant_id(), list(sku_ids)))
    return {row[0]: _card(row) for row in rows}


def category_path(category_id: int | None) -> str:
    """The path of a category, empty for none. Raises NotFound."""
    if category_id is None:
        return ""
    path = Category.objects.filter(id=category_id).values_list("path", flat=True).first()
    if path is None:
        raise NotFound(kind="category", ref=category_id)
    return str(path)


def _card(row: sql.Row) -> SkuCard:
    values = (
        sql.document(row[place]) if place in _DOCUMENTS else row[place] for place in range(15)
    )
    return SkuCard(*values)
