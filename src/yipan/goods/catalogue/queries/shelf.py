"""Products as a shop shows them: each once, however many SKUs it has.

A product stands where the first of its SKUs stands that is on sale and is looked for: the best
selling one, the cheapest, the newest. So the walk and the word index of `finding` serve here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue.queries.finding import (
    Hit,
    Listing,
    Position,
    Terms,
    find,
    row_condition,
    terms_of,
)
from yipan.goods.catalogue.queries.goods import Sort, category_path, on_sale
from yipan.kernel import sql
from yipan.kernel.errors import InvalidField
from yipan.kernel.pagination import MAX_LIMIT, Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id

PROMOTED_AMONG: Final = 1_500
"""The strip of promotions looks at so many of the best selling SKUs."""

_CARDS: Final = """
SELECT p.id, p.code, p.name, p.category_id, to_jsonb(p.tags), coalesce(main.file, ''),
       p.created_at, sold.units, sold.ids, sold.oversell
  FROM catalogue_product p
  JOIN LATERAL (
    SELECT sum(units_sold)::bigint AS units, array_agg(id ORDER BY id) AS ids,
           bool_or(oversell) AS oversell
      FROM catalogue_sku
     WHERE tenant_id = p.tenant_id AND product_id = p.id AND on_sale
  ) sold ON sold.ids IS NOT NULL
  LEFT JOIN LATERAL (
    SELECT file FROM catalogue_picture
     WHERE product_id = p.id ORDER BY sku_id NULLS FIRST, position, id LIMIT 1
  ) main ON true
 WHERE p.tenant_id = %s AND p.id = ANY(%s::bigint[])
"""
_PRODUCTS_OF: Final = """
SELECT id, product_id FROM catalogue_sku WHERE tenant_id = %s AND id = ANY(%s::bigint[])
"""
# In force: as in `prices`, any span of the kind that holds now, here or above.
_PROMOTED: Final = """EXISTS (
    SELECT FROM catalogue_price promo
     WHERE promo.tenant_id = {row}.tenant_id AND promo.sku_id = {row}.id AND promo.kind = 'promo'
       AND promo.valid_from <= %s AND (promo.valid_until IS NULL OR promo.valid_until > %s)
       AND (promo.organisation_id IS NULL OR promo.organisation_id = ANY(%s::bigint[])))"""


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product with something on sale, as a list shows it."""

    id: int
    code: str
    name: str
    category_id: int
    tags: list[str]
    picture: str
    """The main picture, or empty."""
    created_at: datetime
    units_sold: int
    """Of all its SKUs on sale."""
    sku_ids: tuple[int, ...]
    """On sale."""
    oversell: bool
    """Whether one of them may be sold beyond the stock."""


@dataclass(frozen=True, slots=True)
class PromotedIn:
    """Only what has a promotion price now, for an organisation."""

    lineage: tuple[int, ...]
    """Itself and its ancestors, nearest first."""
    at: datetime

    def condition(self, row: str = "s") -> tuple[str, tuple[object, ...]]:
        """SQL that is true of a row of catalogue_sku with such a price, and its parameters."""
        return _PROMOTED.format(row=row), (self.at, self.at, list(self.lineage))


def shelf(
    *,
    text: str = "",
    category_id: int | None = None,
    sort: Sort = Sort.SALES,
    promoted: PromotedIn | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ProductCard]:
    """Products of which a SKU on sale has all the words of a text, in a category or below it.

    At most six statements, whatever the number of SKUs. Raises NotFound (category), InvalidField
    (limit, cursor).
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidField(field="limit", reason=_("must be 1 to %d") % MAX_LIMIT)
    purpose = f"shelf|{sort.value}|{bool(promoted)}"
    after = Position(*decode_cursor(cursor, purpose=purpose)) if cursor else None
    terms = terms_of(text, category_path=category_path(category_id))
    listing = first_of_products(on_sale(sort), terms, promoted)
    hits = find(terms, listing, after=after, limit=limit + 1)
    items = _cards_of(hits[:limit])
    if len(hits) <= limit:
        return Page(items, None)
    last = hits[limit - 1].position
    return Page(items, encode_cursor([last.key, last.tie], purpose=purpose))


def promoted_products(within: PromotedIn, *, limit: int) -> list[ProductCard]:
    """Of the best selling products those with a promotion price now; three statements.

    Looks no further than PROMOTED_AMONG SKUs (index: sku_by_sales).
    """
    condition, params = within.condition()
    best = on_sale(Sort.SALES)
    statement = f"""
        SELECT s.id, s.product_id FROM (
            SELECT s.* FROM {best.source} WHERE {best.condition}
             ORDER BY s.units_sold DESC, s.id DESC LIMIT {PROMOTED_AMONG}
        ) s WHERE {condition} ORDER BY s.units_sold DESC, s.id DESC LIMIT %s
    """  # noqa: S608 - no input
    rows = sql.fetch(statement, (*best.params, *params, limit * 5))
    product_ids = list(dict.fromkeys(product_id for _id, product_id in rows))[:limit]
    found = product_cards(product_ids)
    return [found[product_id] for product_id in product_ids if product_id in found]


def product_cards(product_ids: Sequence[int]) -> dict[int, ProductCard]:
    """Products as cards, in one statement; those with nothing on sale are missing."""
    if not product_ids:
        return {}
    rows = sql.fetch(_CARDS, (current_tenant_id(), list(product_ids)))
    return {row[0]: _card(row) for row in rows}


def first_of_products(listing: Listing, terms: Terms, promoted: PromotedIn | None) -> Listing:
    """The listing without SKUs behind which an earlier one of the same product is found too."""
    own, own_params = promoted.condition() if promoted else ("true", ())
    same, same_params = promoted.condition("e") if promoted else ("true", ())
    among, among_params = row_condition(terms, "e")
    key, tie = (f"e.{name.removeprefix('s.')}" for name in (listing.key, listing.tie))
    sign = ">" if listing.descending else "<"
    earlier = f"""NOT EXISTS (
        SELECT FROM catalogue_sku e
         WHERE e.tenant_id = s.tenant_id AND e.product_id = s.product_id AND e.on_sale
           AND ({key}, {tie}) {sign} ({listing.key}, {listing.tie}) AND {among} AND {same})"""
    return replace(
        listing,
        condition=f"{listing.condition} AND {own} AND {earlier}",
        params=(*listing.params, *own_params, *among_params, *same_params),
    )


def _cards_of(hits: Sequence[Hit]) -> list[ProductCard]:
    """The cards of the products of SKUs, in order; two statements."""
    if not hits:
        return []
    ids = [hit.sku_id for hit in hits]
    products: dict[int, int] = dict(sql.fetch(_PRODUCTS_OF, (current_tenant_id(), ids)))
    found = product_cards(list(products.values()))
    return [found[products[sku_id]] for sku_id in ids if products.get(sku_id, 0) in found]


def _card(row: sql.Row) -> ProductCard:
    values = [*row]
    values[4], values[8] = sql.document(row[4]), tuple(row[8])
    return ProductCard(*values)
