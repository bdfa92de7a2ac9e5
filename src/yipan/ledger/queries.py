"""Reads of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from yipan.kernel import sql
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.kinds import kind_named
from yipan.ledger.models import Journal, Posting

_KEPT = """
SELECT a.owner_id, a.kind, b.amount
  FROM ledger_account a JOIN ledger_balance b ON b.id = a.id
 WHERE a.tenant_id = %s AND a.owner_id = ANY(%s::bigint[]) AND a.kind = ANY(%s::text[])
   AND a.currency = %s
"""
_FOLDED = """
SELECT a.owner_id, a.kind,
       coalesce(f.amount, 0) + coalesce((
           SELECT sum(p.amount) FROM ledger_posting p
            WHERE p.account_id = a.id
              AND p.xact >= coalesce(f.through_xact, 0)::text::xid8
       ), 0)::bigint
  FROM ledger_account a LEFT JOIN ledger_balancefold f ON f.id = a.id
 WHERE a.tenant_id = %s AND a.owner_id = ANY(%s::bigint[]) AND a.kind = ANY(%s::text[])
   AND a.currency = %s
"""


def balances(
    owner_ids: Sequence[int], kinds: Sequence[str], currency: str = CNY
) -> Mapping[int, Mapping[str, int]]:
    """Owner → kind → fen on the account's normal side; 0 where no account is open yet.

    At most two statements (index: account_once).
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for owner_id in owner_ids:
        found[owner_id] = dict.fromkeys(kinds, 0)
    kept = [kind for kind in kinds if kind_named(kind).keeps_balance]
    folded = [kind for kind in kinds if not kind_named(kind).keeps_balance]
    tenant_id = current_tenant_id()
    if kept:
        for owner_id, kind, amount in sql.fetch(
            _KEPT, (tenant_id, list(owner_ids), kept, currency)
        ):
            found[owner_id][kind] = amount
    if folded:
        params = (tenant_id, list(owner_ids), folded, currency)
        for owner_id, kind, amount in sql.fetch(_FOLDED, params):
            found[owner_id][kind] = amount * kind_named(kind).normal
    return found


def journals(*, keys: Sequence[str] | None = None, kind: str = "") -> QuerySet[Journal]:
    """Journals with their postings and accounts, by key or kind."""
    found: QuerySet[Journal] = Journal.objects.prefetch_related("postings__account")
    if keys is not None:
        found = found.filter(key__in=list(keys))
    if kind:
        found = found.filter(kind=kind)
    return found


def with_moved(rows: QuerySet[Journal]) -> QuerySet[Journal, Any]:
    """The same journals, each with how much it moves, in fen, as `moved`: the sum of its debits."""
    debits = Posting.objects.filter(journal=OuterRef("pk"), amount__gt=0).order_by()
    sums = debits.values("journal").annotate(moved=Sum("amount")).values("moved")
    moved: QuerySet[Journal, Any] = rows.annotate(moved=Subquery(sums))
    return moved


def postings_of(*, kind: str, owner_id: int, currency: str = CNY) -> QuerySet[Posting]:
    """The statement of one account (index: posting_of_account)."""
    found: QuerySet[Posting] = Posting.objects.select_related("journal", "account").filter(
        account__kind=kind, account__owner_id=owner_id, account__currency=currency
    )
    return found


def owed_sums(kind: str, currency: str = CNY) -> dict[str, Any]:
    """Number and sum of the positive balances of one kind (for gauges)."""
    statement = """
SELECT count(*), coalesce(sum(b.amount), 0)::bigint
  FROM ledger_account a JOIN ledger_balance b ON b.id = a.id
 WHERE a.tenant_id = %s AND a.kind = %s AND a.currency = %s AND b.amount > 0
"""
    row = sql.fetch_one(statement, (current_tenant_id(), kind, currency)) or (0, 0)
    return {"accounts": row[0], "amount": row[1]}
