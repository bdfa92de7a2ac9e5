"""What refunds take back: booked in the transaction of the refund, never computed from a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yipan.distribution.commissions.accounts import AVAILABLE, CLAWBACK, EXPENSE, PENDING
from yipan.distribution.commissions.events import CommissionReversed, EntryMade
from yipan.distribution.commissions.keys import accrual_key, reversal_key
from yipan.distribution.commissions.models import Entry, EntryKind
from yipan.distribution.commissions.progress import ProgressKey, lock_progress, set_progress
from yipan.distribution.pool.rules import Progress, reversal_due
from yipan.kernel import clock, sql
from yipan.kernel.events import announce, to_json
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import month_of
from yipan.ledger.accounts import AccountRef
from yipan.ledger.actions import JournalDraft, PostingDraft, lock_balances, post
from yipan.trade.orders.events import LineRefunded

# States are locked in the order of their ids: a refund and a release of the same entry queue up,
# and whichever comes second sees the first.
_ACCRUALS = """
SELECT e.id, e.line_id, e.role, e.distributor_id, e.organisation_id, e.company_id, e.sku_id,
       e.offer_id, e.rule_version_id, e.amount, e.currency, s.remaining,
       s.released_at IS NOT NULL, d.organisation_id,
       (SELECT count(*) FROM commissions_entry r
         WHERE r.tenant_id = e.tenant_id AND r.line_id = e.line_id AND r.role = e.role
           AND r.sequence > 0)
  FROM commissions_entrystate s
  JOIN commissions_entry e ON e.id = s.id
  JOIN distributors_distributor d ON d.id = e.distributor_id
 WHERE s.tenant_id = %s AND s.line_id = ANY(%s::bigint[])
 ORDER BY s.id FOR NO KEY UPDATE OF s
"""
# Only lines that added to a month's progress take off it again.
_COUNTED = """
SELECT e.line_id, e.distributor_id, v.rule_id
  FROM commissions_entry e JOIN pool_ruleversion v ON v.id = e.rule_version_id
 WHERE e.tenant_id = %s AND e.line_id = ANY(%s::bigint[]) AND e.role = 'seller'
   AND e.sequence = 0 AND e.explanation->'progress' <> 'null'
   AND e.explanation->'gates'->'closed' = 'null'
"""
_REMAINING = """
UPDATE commissions_entrystate s SET remaining = u.remaining
  FROM unnest(%s::bigint[], %s::bigint[]) AS u(id, remaining) WHERE s.id = u.id
"""
_ENTRY: Final = (
    "id", "tenant_id", "kind", "line_id", "order_id", "role", "sequence", "distributor_id",
    "organisation_id", "company_id", "sku_id", "offer_id", "rule_version_id", "amount",
    "currency", "reverses_id", "refund_id", "paid_at", "recorded_at", "explanation",
)  # fmt: skip


@dataclass(slots=True)
class _Accrual:
    """An accrual with its locked state."""

    id: int
    line_id: int
    role: str
    distributor_id: int
    organisation_id: int
    company_id: int
    sku_id: int
    offer_id: int
    rule_version_id: int
    amount: int
    currency: str
    remaining: int
    released: bool
    home_organisation_id: int
    reversals: int


@dataclass(frozen=True, slots=True)
class _Reversal:
    id: int
    accrual: _Accrual
    refund: LineRefunded
    sequence: int
    amount: int
    """Fen to take back, positive."""


def reverse(*, refunds: Sequence[LineRefunded]) -> None:
    """Take back from every entry of the refunded lines (commission.md §6, money.md).

    Any number of refunds in a constant number of statements.
    """
    line_ids = sorted({refund.line.id for refund in refunds})
    accruals: dict[int, list[_Accrual]] = {}
    for row in sql.fetch(_ACCRUALS, (current_tenant_id(), line_ids)):
        accrual = _Accrual(*row)
        accruals.setdefault(accrual.line_id, []).append(accrual)
    reversals = _reversals(refunds, accruals)
    _take_off_progress(refunds, line_ids)
    if not reversals:
        return
    _write(reversals)
    post(_journals(reversals))
    _announce(refunds, reversals)


def _reversals(
    refunds: Sequence[LineRefunded], accruals: Mapping[int, Sequence[_Accrual]]
) -> list[_Reversal]:
    reversals = []
    for refund in refunds:
        for accrual in accruals.get(refund.line.id, ()):
            amount = reversal_due(
                accrual.amount,
                refund.line.net_amount,
                refund.refunded_amount,
                accrual.amount - accrual.remaining,
            )
            if amount == 0:
                continue
            accrual.remaining -= amount
            accrual.reversals += 1
            (id_,) = next_ids(1)
            reversals.append(_Reversal(id_, accrual, refund, accrual.reversals, amount))
    return reversals


def _take_off_progress(refunds: Sequence[LineRefunded], line_ids: list[int]) -> None:
    counted = {
        line_id: (distributor_id, rule_id)
        for line_id, distributor_id, rule_id in sql.fetch(_COUNTED, (current_tenant_id(), line_ids))
    }
    if not counted:
        return
    keys = {
        refund.line.id: ProgressKey(*counted[refund.line.id], month_of(refund.paid_at))
        for refund in refunds
        if refund.line.id in counted
    }
    progress = lock_progress(list(keys.values()))
    for refund in refunds:
        key = keys.get(refund.line.id)
        if key is not None:
            before = progress[key]
            progress[key] = Progress(before.units - refund.quantity, before.amount - refund.amount)
    set_progress(progress)


@lru_cache(maxsize=1)
def _statement() -> str:
    return f"WITH e AS ({sql.insert_statement(Entry, _ENTRY)}) {_REMAINING}"


def _write(reversals: Sequence[_Reversal]) -> None:
    tenant_id, now = current_tenant_id(), clock.now()
    rows = []
    for reversal in reversals:
        accrual, refund = reversal.accrual, reversal.refund
        explanation = {
            "format": 1,
            "reverses": accrual.id,
            "refund": refund.refund_id,
            "commission": accrual.amount,
            "paid": refund.line.net_amount,
            "refunded": refund.refunded_amount,
            "amount": -reversal.amount,
        }
        rows.append(
            (
                reversal.id,
                tenant_id,
                EntryKind.REVERSAL.value,
                accrual.line_id,
                refund.order_id,
                accrual.role,
                reversal.sequence,
                accrual.distributor_id,
                accrual.organisation_id,
                accrual.company_id,
                accrual.sku_id,
                accrual.offer_id,
                accrual.rule_version_id,
                -reversal.amount,
                accrual.currency,
                accrual.id,
                refund.refund_id,
                refund.paid_at,
                now,
                to_json(explanation),
            )
        )
    remaining = {reversal.accrual.id: reversal.accrual.remaining for reversal in reversals}
    params = [
        *sql.columnwise(Entry, _ENTRY, rows),
        list(remaining.keys()),
        list(remaining.values()),
    ]
    sql.execute(_statement(), params)


def _journals(reversals: Sequence[_Reversal]) -> list[JournalDraft]:
    """Before release from pending; after it from available as far as it reaches, then owed."""
    # Every account that may be touched is locked at once, in one order for everybody.
    purses = lock_balances(
        [
            AccountRef(kind.name, reversal.accrual.distributor_id, reversal.accrual.currency)
            for reversal in reversals
            for kind in (PENDING, AVAILABLE, CLAWBACK)
        ]
    )
    journals = []
    for reversal in reversals:
        accrual, amount = reversal.accrual, reversal.amount
        owner, currency = accrual.distributor_id, accrual.currency
        postings = [PostingDraft(EXPENSE.name, accrual.company_id, -amount, currency)]
        if not accrual.released:
            postings.append(PostingDraft(PENDING.name, owner, amount, currency))
        else:
            purse = AccountRef(AVAILABLE.name, owner, currency)
            reached = min(amount, purses[purse])
            purses[purse] -= reached
            if reached:
                postings.append(PostingDraft(AVAILABLE.name, owner, reached, currency))
            if amount > reached:
                postings.append(PostingDraft(CLAWBACK.name, owner, amount - reached, currency))
        key = reversal_key(accrual.line_id, accrual.role, reversal.sequence)
        at = reversal.refund.refunded_at
        undone = accrual_key(accrual.line_id, accrual.role)
        journals.append(JournalDraft(key, "reversal", at, tuple(postings), undone))
    return journals


def _announce(refunds: Sequence[LineRefunded], reversals: Sequence[_Reversal]) -> None:
    made: dict[int, list[EntryMade]] = {}
    for reversal in reversals:
        accrual, refund = reversal.accrual, reversal.refund
        entry = EntryMade(
            reversal.id, refund.line, accrual.role, accrual.distributor_id,
            accrual.home_organisation_id, -reversal.amount, "",
        )  # fmt: skip
        made.setdefault(refund.refund_id, []).append(entry)
    announce(
        *[
            CommissionReversed(refund, tuple(made[refund.refund_id]))
            for refund in refunds
            if refund.refund_id in made
        ]
    )
