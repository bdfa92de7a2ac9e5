"""Telling the catalogue what sells."""

from __future__ import annotations

from yipan.goods.catalogue.actions import add_units_sold
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_CHANGED = """
WITH sold AS (
    SELECT l.sku_id, sum(l.quantity - l.refunded_quantity)::bigint AS units
      FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
     WHERE l.tenant_id = %s AND o.state IN ('paid', 'completed')
     GROUP BY l.sku_id
)
SELECT s.id, sold.units - s.units_sold
  FROM sold JOIN catalogue_sku s ON s.id = sold.sku_id
 WHERE s.units_sold <> sold.units
"""


def count_units_sold() -> int:
    """Bring the units sold of every SKU up to date, less what was refunded; how many changed.

    Counted afresh, so nothing can drift; two statements.
    """
    with unit_of_work():
        deltas: dict[int, int] = dict(sql.fetch(_CHANGED, (current_tenant_id(),)))
        add_units_sold(deltas)
    return len(deltas)
