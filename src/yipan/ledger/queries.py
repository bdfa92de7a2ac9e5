"""Reads of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from yipan.kernel import sql
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.kinds import all_kinds, kind_named
from yipan.ledger.models import Account, Balance, Journal, Posting

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


def held_by(accounts: Sequence[Account]) -> dict[int, int]:
    """Account → its balance, in fen on its normal side. At most two statements per currency."""
    found: dict[int, int] = {}
    for currency in {account.currency for account in accounts}:
        some = [account for account in accounts if account.currency == currency]
        owners = sorted({account.owner_id for account in some})
        purses = balances(owners, sorted({account.kind for account in some}), currency)
        found |= {account.id: purses[account.owner_id][account.kind] for account in some}
    return found


def totals_of(accounts: QuerySet[Account]) -> list[tuple[str, str, int, int]]:
    """Kind, currency, number and sum of those accounts whose balance is kept; one statement."""
    kept = [kind.name for kind in all_kinds() if kind.keeps_balance]
    balance = Balance.objects.filter(id=OuterRef("id")).values("amount")
    rows = accounts.filter(kind__in=kept).order_by().values("kind", "currency")
    sums = rows.annotate(count=Count("id"), amount=Sum(Subquery(balance)))
    order = {name: number for number, name in enumerate(kept)}
    found = [(row["kind"], row["currency"], row["count"], row["amount"] or 0) for row in sums]
    return sorted(found, key=lambda each: (order[each[0]], each[1]))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting on an account. Amounts in fen on the account's normal side."""

    posting: Posting
    amount: int
    balance: int
    """After it."""


def statement_of(
    account: Account, balance: int, *, start: int = 0, count: int = 50
) -> list[StatementLine]:
    """Postings of an account, the latest first, from the `start`-th on (index: posting_of_account).

    `balance` is what the account has now; the balances before follow from the postings.
    """
    normal = int(kind_named(account.kind).normal)
    found = Posting.objects.filter(account=account).order_by("-xact", "-id")
    if start:
        skipped = found[:start].aggregate(amount=Sum("amount"))["amount"] or 0
        balance -= skipped * normal
    lines = []
    for posting in found.select_related("journal")[start : start + count]:
        lines.append(StatementLine(posting, posting.amount * normal, balance))
        balance -= posting.amount * normal
    return lines
