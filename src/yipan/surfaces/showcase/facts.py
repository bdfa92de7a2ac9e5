"""What really happened since a tour began, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

_FACTS: Final = """
WITH w AS (SELECT %s::bigint AS tenant_id, %s::timestamptz AS since, %s::bigint AS guide,
                  %s::bigint AS buyer),
orders AS MATERIALIZED (
    SELECT o.id, o.paid_at FROM w JOIN orders_order o
        ON o.tenant_id = w.tenant_id AND o.member_id = w.buyer AND o.placed_at >= w.since
), entries AS MATERIALIZED (
    SELECT e.id, e.line_id FROM w
      JOIN orders ON true
      JOIN commissions_entry e ON e.tenant_id = w.tenant_id AND e.order_id = orders.id
     WHERE e.distributor_id = w.guide AND e.kind = 'accrual' AND e.amount > 0
), payouts AS MATERIALIZED (
    SELECT s.to_state, s.by FROM w
      JOIN withdrawals_withdrawal p
        ON p.tenant_id = w.tenant_id AND p.distributor_id = w.guide
      JOIN withdrawals_withdrawalstep s ON s.withdrawal_id = p.id AND s.at >= w.since
)
SELECT (SELECT count(*) FROM w JOIN kernel_auditentry a
            ON a.tenant_id = w.tenant_id AND a.at >= w.since AND a.action LIKE 'pool.%%'),
       (SELECT count(*) FROM w JOIN sharing_sharelink l
            ON l.tenant_id = w.tenant_id AND l.distributor_id = w.guide
           AND l.created_at >= w.since),
       (SELECT count(*) FROM w JOIN attribution_touch t
            ON t.tenant_id = w.tenant_id AND t.distributor_id = w.guide AND t.source = 'link'
           AND t.touched_at >= w.since),
       (SELECT count(*) FROM orders WHERE paid_at IS NOT NULL),
       (SELECT count(*) FROM entries),
       (SELECT count(*) FROM entries JOIN orders_orderline l ON l.id = entries.line_id
         WHERE l.completed_at IS NOT NULL),
       (SELECT count(*) FROM entries JOIN commissions_entrystate s ON s.id = entries.id
         WHERE s.released_at IS NOT NULL),
       (SELECT count(*) FROM payouts WHERE to_state = 'requested'),
       (SELECT count(*) FROM payouts WHERE to_state = 'approved' AND by LIKE 'person:%%'),
       (SELECT count(*) FROM payouts WHERE to_state = 'succeeded'),
       (SELECT max(id) FROM orders),
       (SELECT max(f.id) FROM orders JOIN fulfilment_fulfilment f ON f.order_id = orders.id),
       (SELECT l.id FROM w JOIN sharing_sharelink l
            ON l.tenant_id = w.tenant_id AND l.distributor_id = w.guide
         WHERE l.revoked_at IS NULL AND l.sku_id IS NOT NULL
         ORDER BY l.created_at DESC, l.id DESC LIMIT 1)
"""
_PRODUCT: Final = """
SELECT s.product_id FROM sharing_sharelink l JOIN catalogue_sku s ON s.id = l.sku_id
 WHERE l.tenant_id = %s AND l.id = %s
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """How much of each there is since the tour began."""

    pool_changes: int
    links: int
    touches: int
    paid_orders: int
    entries: int
    """Of the guide, from orders of the tour's buyer; and so on below."""
    completed: int
    released: int
    withdrawals: int
    """Asked for; and the two below, of whatever was asked for before, too."""
    approved: int
    """By a person: small ones need no second signature."""
    paid_out: int
    order_id: int | None
    """The newest order of the buyer."""
    fulfilment_id: int | None
    """How it reaches the buyer."""
    link_id: int | None
    """The newest link of the guide to goods, however old."""


def facts_since(since: datetime, *, guide_id: int, buyer_id: int) -> Facts:
    """What happened to the guide and the buyer of the tour, in one statement."""
    row = sql.fetch_one(_FACTS, (current_tenant_id(), since, guide_id, buyer_id))
    if row is None:
        message = "a statement without conditions gave no row"
        raise RuntimeError(message)
    return Facts(*row)


def product_of_link(link_id: int) -> int | None:
    """The product whose page a link leads to."""
    row = sql.fetch_one(_PRODUCT, (current_tenant_id(), link_id))
    return row[0] if row else None
