"""One product as its page shows it: pictures, what there is of it, when its promotions end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id

_PRODUCT: Final = """
SELECT p.id, p.code, p.name, p.description, to_jsonb(p.tags), p.category_id, c.name
  FROM catalogue_product p JOIN catalogue_category c ON c.id = p.category_id
 WHERE p.tenant_id = %s AND p.id = %s
"""
_SKUS: Final = """
SELECT id, code, name, specification, units_sold
  FROM catalogue_sku
 WHERE tenant_id = %s AND product_id = %s AND on_sale
 ORDER BY id
"""
_PICTURES: Final = """
SELECT file, sku_id FROM catalogue_picture
 WHERE tenant_id = %s AND product_id = %s
 ORDER BY sku_id NULLS FIRST, position, id
"""
# The nearest organisation's promotion counts, and of those the one that started last.
_PROMOTION_ENDS: Final = """
SELECT DISTINCT ON (p.sku_id) p.sku_id, p.valid_until
  FROM catalogue_price p
  LEFT JOIN unnest(%s::bigint[]) WITH ORDINALITY AS near(id, place) ON near.id = p.organisation_id
 WHERE p.tenant_id = %s AND p.sku_id = ANY(%s::bigint[]) AND p.kind = 'promo'
   AND p.valid_from <= %s AND (p.valid_until IS NULL OR p.valid_until > %s)
   AND (p.organisation_id IS NULL OR near.id IS NOT NULL)
 ORDER BY p.sku_id, near.place NULLS LAST, p.valid_from DESC
"""


@dataclass(frozen=True, slots=True)
class SheetSku:
    """A SKU on sale of the product."""

    id: int
    code: str
    name: str
    specification: dict[str, Any]
    units_sold: int


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A picture of the product, or of one of its SKUs."""

    file: str
    sku_id: int | None


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """A product with everything on sale of it."""

    id: int
    code: str
    name: str
    description: str
    tags: list[str]
    category_id: int
    category_name: str
    skus: tuple[SheetSku, ...]
    """In the order they were made; empty: not for sale at the moment."""
    pictures: tuple[SheetPicture, ...]
    """The product's own before those of its SKUs."""


def product_sheet(product_id: int) -> ProductSheet:
    """A product, on sale or not; three statements. Raises NotFound."""
    tenant_id = current_tenant_id()
    row = sql.fetch_one(_PRODUCT, (tenant_id, product_id))
    if row is None:
        raise NotFound(kind="product", ref=product_id)
    skus = tuple(
        SheetSku(id_, code, name, sql.document(specification), sold)
        for id_, code, name, specification, sold in sql.fetch(_SKUS, (tenant_id, product_id))
    )
    pictures = tuple(SheetPicture(*each) for each in sql.fetch(_PICTURES, (tenant_id, product_id)))
    values = [*row, skus, pictures]
    values[4] = sql.document(row[4])
    return ProductSheet(*values)


def promotion_ends(
    sku_ids: Sequence[int], lineage: Sequence[int], at: datetime
) -> dict[int, datetime | None]:
    """When the promotion prices end that count at a moment, in one statement (index: price_once).

    A SKU without one is missing; None: no end is set. `lineage` as in `prices_at`.
    """
    params = (list(lineage), current_tenant_id(), list(sku_ids), at, at)
    return dict(sql.fetch(_PROMOTION_ENDS, params))
