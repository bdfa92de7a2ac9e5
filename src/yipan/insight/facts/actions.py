"""Appending facts in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from yipan.group.organisations.queries import tree
from yipan.insight.facts.models import Fact
from yipan.insight.facts.rows import COLUMNS, FactRow, places
from yipan.kernel import sql, uow
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import day_of

# Set-based: a chunk of thousands of entries is told of in one statement, its dimensions read from
# the sale that earned them.
_RELEASES = f"""
INSERT INTO facts_fact ({", ".join(COLUMNS)})
SELECT r.id, e.tenant_id, 'release', %s, %s,
       p.store_id, p.company_id, p.industry_group_id, p.headquarters_id, e.organisation_id,
       e.distributor_id, d.organisation_id, e.role, e.sku_id, s.product_id, s.category_path,
       o.channel, l.price_kind, o.campaign, o.member_id, e.order_id, e.line_id, e.id,
       0, 0, 0, 0, r.amount, 0
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS r(id, entry_id, amount)
  JOIN commissions_entry e ON e.id = r.entry_id AND e.tenant_id = %s
  JOIN orders_orderline l ON l.id = e.line_id
  JOIN orders_order o ON o.id = e.order_id
  JOIN catalogue_sku s ON s.id = e.sku_id
  JOIN distributors_distributor d ON d.id = e.distributor_id
  LEFT JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
       AS p(store_id, company_id, industry_group_id, headquarters_id, organisation_id)
    ON p.organisation_id = e.organisation_id
"""  # noqa: S608 - no input


def append_facts(*, rows: Sequence[FactRow]) -> None:
    """Have facts written at the end of the running unit of work."""
    tenant_id = current_tenant_id()
    for row, id_ in zip(rows, next_ids(len(rows)), strict=True):
        uow.append(Fact, COLUMNS, row.values(id_, tenant_id))


def append_releases(*, amounts: Mapping[int, int], at: datetime) -> None:
    """Write that entries were released: entry id → fen; one statement."""
    if not amounts:
        return
    organisations = tree()
    above = [places(node, organisations) for node in organisations.by_id.values()]
    params = [
        at,
        day_of(at),
        list(next_ids(len(amounts))),
        list(amounts.keys()),
        list(amounts.values()),
        current_tenant_id(),
        *(list(column) for column in zip(*above, strict=True)),
    ]
    sql.execute(_RELEASES, params)
