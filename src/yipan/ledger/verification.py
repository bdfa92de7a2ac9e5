"""Proof that the ledger is whole: every claim checked from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.kinds import all_kinds
from yipan.ledger.upkeep import broken_links

_UNBALANCED = """
SELECT j.key, p.currency, sum(p.amount)::bigint
  FROM ledger_posting p JOIN ledger_journal j ON j.id = p.journal_id
 WHERE p.tenant_id = %s GROUP BY j.key, p.currency HAVING sum(p.amount) <> 0 LIMIT 100
"""
_EMPTY = """
SELECT j.key FROM ledger_journal j
 WHERE j.tenant_id = %s AND NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.journal_id = j.id)
 LIMIT 100
"""
_WRONG_BALANCE = """
WITH sums AS (
    SELECT account_id, sum(amount) AS amount FROM ledger_posting
     WHERE tenant_id = %s GROUP BY account_id
)
SELECT a.kind, a.owner_id, b.amount, (coalesce(s.amount, 0) * k.normal)::bigint
  FROM ledger_balance b
  JOIN ledger_account a ON a.id = b.id
  JOIN unnest(%s::text[], %s::int[]) AS k(kind, normal) ON k.kind = a.kind
  LEFT JOIN sums s ON s.account_id = b.id
 WHERE b.tenant_id = %s AND b.amount <> coalesce(s.amount, 0) * k.normal LIMIT 100
"""
_WRONG_FOLD = """
SELECT a.kind, a.owner_id, f.amount, coalesce(sum(p.amount), 0)::bigint
  FROM ledger_balancefold f
  JOIN ledger_account a ON a.id = f.id
  LEFT JOIN ledger_posting p ON p.account_id = f.id AND p.xact < f.through_xact::text::xid8
 WHERE f.tenant_id = %s
 GROUP BY a.kind, a.owner_id, f.id, f.amount
HAVING f.amount <> coalesce(sum(p.amount), 0) LIMIT 100
"""


def problems() -> Iterator[str]:
    """Sentences on everything that is wrong in the tenant's ledger; nothing where it is whole."""
    tenant_id = current_tenant_id()
    for key, currency, amount in sql.fetch(_UNBALANCED, (tenant_id,)):
        yield f"journal {key}: its {currency} postings add up to {amount}, not 0"
    for (key,) in sql.fetch(_EMPTY, (tenant_id,)):
        yield f"journal {key} has no postings"
    kinds = all_kinds()
    names, normals = [kind.name for kind in kinds], [int(kind.normal) for kind in kinds]
    for kind, owner, kept, summed in sql.fetch(
        _WRONG_BALANCE, (tenant_id, names, normals, tenant_id)
    ):
        yield f"account {kind} of {owner}: the balance says {kept}, the postings {summed}"
    for kind, owner, folded, summed in sql.fetch(_WRONG_FOLD, (tenant_id,)):
        yield f"account {kind} of {owner}: the fold says {folded}, the postings {summed}"
    yield from broken_links()
