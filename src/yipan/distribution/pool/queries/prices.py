"""List prices, for the estimates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


class PriceKey(NamedTuple):
    """A SKU in an organisation (with its ancestors, nearest first) at a moment."""

    sku_id: int
    lineage: tuple[int, ...]
    at: datetime


_LIST_PRICES = """
SELECT s.id IS NOT NULL, price.amount
  FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[])
       WITH ORDINALITY AS k(sku_id, lineage, at, number)
  LEFT JOIN catalogue_sku s ON s.tenant_id = %s AND s.id = k.sku_id
  LEFT JOIN LATERAL (
      SELECT p.amount
        FROM catalogue_price p
       WHERE p.tenant_id = %s AND p.sku_id = k.sku_id AND p.kind = 'list'
         AND p.valid_from <= k.at AND (p.valid_until IS NULL OR p.valid_until > k.at)
         AND (p.organisation_id IS NULL OR p.organisation_id = ANY(k.lineage::bigint[]))
       ORDER BY array_position(k.lineage::bigint[], p.organisation_id), p.valid_from DESC, p.id DESC
       LIMIT 1
  ) price ON true
 ORDER BY k.number
"""


def list_prices(keys: Sequence[PriceKey]) -> list[int | None]:
    """Fen of one unit at list price, in the order of the keys, in one statement.

    The nearest organisation's price counts (index: price_at); 0 where no price is in force, None
    where there is no such SKU.
    """
    tenant_id = current_tenant_id()
    texts = {key.lineage: sql.array_text(key.lineage) for key in keys}
    params = (
        [key.sku_id for key in keys],
        [texts[key.lineage] for key in keys],
        [key.at for key in keys],
        tenant_id,
        tenant_id,
    )
    rows = sql.fetch(_LIST_PRICES, params)
    return [(amount or 0) if known else None for known, amount in rows]
