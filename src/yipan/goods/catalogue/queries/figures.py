"""What others need to know of SKUs, by code or id, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


@dataclass(frozen=True, slots=True)
class SkuFigures:
    """A SKU as orders, stock and the pool see it."""

    id: int
    code: str
    name: str
    product_id: int
    category_path: str
    """Ids of its category and those above it, such as `/3/8/`."""
    oversell: bool
    """Whether stock may go below zero."""
    is_active: bool
    """Whether it may be sold: active, and so is its product."""
    list_price: int
    """Fen; group-wide, copied when it is set and every few minutes. `prices_at` is exact."""


_COLUMNS = "id, code, name, product_id, category_path, oversell, on_sale, list_price"
_BY_CODE = f"""
SELECT {_COLUMNS} FROM catalogue_sku WHERE tenant_id = %s AND code = ANY(%s::text[])
"""  # noqa: S608 - no input
_BY_ID = f"""
SELECT {_COLUMNS} FROM catalogue_sku WHERE tenant_id = %s AND id = ANY(%s::bigint[])
"""  # noqa: S608 - no input


def skus_by_code(codes: Sequence[str]) -> dict[str, SkuFigures]:
    """The SKUs that have these codes; unknown ones are missing (index: sku_code)."""
    rows = sql.fetch(_BY_CODE, (current_tenant_id(), sorted(set(codes))))
    return {row[1]: SkuFigures(*row) for row in rows}


def skus_by_id(sku_ids: Sequence[int]) -> dict[int, SkuFigures]:
    """The SKUs that have these ids; unknown ones are missing (primary key)."""
    rows = sql.fetch(_BY_ID, (current_tenant_id(), sorted(set(sku_ids))))
    return {row[0]: SkuFigures(*row) for row in rows}
