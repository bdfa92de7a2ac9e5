"""Booking journals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import IntegrityError

from yipan.kernel import clock, sql
from yipan.kernel.ids import next_ids
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.accounts import AccountRef, accounts_for
from yipan.ledger.errors import InsufficientBalance, JournalExists, UnbalancedJournal
from yipan.ledger.kinds import kind_named
from yipan.ledger.models import Journal, Posting


class PostingDraft(NamedTuple):
    """One side of a journal: fen, debit positive, credit negative, never zero."""

    kind: str
    owner_id: int
    amount: int
    currency: str = CNY


class JournalDraft(NamedTuple):
    """A movement to book. `key` names the business fact, once and for all."""

    key: str
    kind: str
    occurred_at: datetime
    postings: tuple[PostingDraft, ...]
    reverses_key: str | None = None
    """Key of the journal that this one takes back, in part or whole."""


_JOURNAL = ("id", "tenant_id", "key", "kind", "occurred_at", "recorded_at", "reverses_id")
_POSTING = ("id", "tenant_id", "journal_id", "account_id", "amount", "currency")


@lru_cache(maxsize=1)
def _statement() -> str:
    # One statement: journals, postings, and the balances locked in ascending order before any of
    # them changes, so that two bookings can wait for each other but never in a circle.
    return f"""
WITH j AS ({sql.insert_statement(Journal, _JOURNAL)}),
     p AS ({sql.insert_statement(Posting, _POSTING)}),
     d AS MATERIALIZED (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS u(id, delta)),
     locked AS MATERIALIZED (
         SELECT b.id FROM ledger_balance b
          WHERE b.tenant_id = %s AND b.id IN (SELECT id FROM d)
          ORDER BY b.id FOR NO KEY UPDATE
     )
UPDATE ledger_balance b SET amount = b.amount + d.delta
  FROM d JOIN locked ON locked.id = d.id
 WHERE b.id = d.id
"""  # noqa: S608 - no input


def post(drafts: Sequence[JournalDraft]) -> None:
    """Book journals, any number in one statement, inside the caller's unit of work.

    Raises JournalExists where a key was booked before, InsufficientBalance where an account would
    go below zero that may not; the transaction is lost then. UnbalancedJournal is a defect.
    """
    if not drafts:
        return
    for draft in drafts:
        _check(draft)
    with unit_of_work():
        refs = {AccountRef(p.kind, p.owner_id, p.currency) for d in drafts for p in d.postings}
        accounts = accounts_for(refs)
        reversed_ids = _ids_of_keys([d.reverses_key for d in drafts if d.reverses_key])
        params = _rows(drafts, accounts, reversed_ids)
        try:
            sql.execute(_statement(), params)
        except IntegrityError as error:
            raise _named(error) from error


def _check(draft: JournalDraft) -> None:
    sums: dict[str, int] = defaultdict(int)
    for posting in draft.postings:
        if posting.amount == 0:
            message = f"journal {draft.key}: a posting of zero"
            raise UnbalancedJournal(message)
        sums[posting.currency] += posting.amount
    if not sums or any(sums.values()):
        message = f"journal {draft.key}: the postings do not add up to zero"
        raise UnbalancedJournal(message)


def _rows(
    drafts: Sequence[JournalDraft],
    accounts: dict[AccountRef, int],
    reversed_ids: dict[str, int],
) -> list[object]:
    tenant_id, now = current_tenant_id(), clock.now()
    deltas: dict[int, int] = defaultdict(int)
    journals, postings = [], []
    journal_ids = next_ids(len(drafts))
    posting_ids = iter(next_ids(sum(len(draft.postings) for draft in drafts)))
    for journal_id, draft in zip(journal_ids, drafts, strict=True):
        reverses = reversed_ids[draft.reverses_key] if draft.reverses_key else None
        journals.append(
            (journal_id, tenant_id, draft.key, draft.kind, draft.occurred_at, now, reverses)
        )
        for kind, owner_id, amount, currency in draft.postings:
            account_id = accounts[AccountRef(kind, owner_id, currency)]
            postings.append(
                (next(posting_ids), tenant_id, journal_id, account_id, amount, currency)
            )
            known = kind_named(kind)
            if known.keeps_balance:
                deltas[account_id] += amount * known.normal
    return [
        *sql.columnwise(Journal, _JOURNAL, journals),
        *sql.columnwise(Posting, _POSTING, postings),
        list(deltas.keys()),
        list(deltas.values()),
        tenant_id,
    ]


def _ids_of_keys(keys: list[str]) -> dict[str, int]:
    if not keys:
        return {}
    statement = "SELECT key, id FROM ledger_journal WHERE tenant_id = %s AND key = ANY(%s::text[])"
    return dict(sql.fetch(statement, (current_tenant_id(), keys)))


def _named(error: IntegrityError) -> Exception:
    text = str(error)
    if "balance_not_below_zero" in text:
        return InsufficientBalance()
    if "journal_once" in text:
        return JournalExists()
    return error


_LOCK = """
SELECT b.id, b.amount FROM ledger_balance b
 WHERE b.tenant_id = %s AND b.id = ANY(%s::bigint[]) ORDER BY b.id FOR NO KEY UPDATE
"""


def lock_balances(refs: Iterable[AccountRef]) -> dict[AccountRef, int]:
    """Balances of personal accounts, locked until the transaction ends; missing ones are opened.

    Whoever must read a balance to know what to book locks every account it may touch with one
    call: all locks are taken in ascending order, so that nobody waits in a circle.
    """
    accounts = accounts_for(refs)
    rows = sql.fetch(_LOCK, (current_tenant_id(), sorted(accounts.values())))
    amounts: dict[int, int] = dict(rows)
    return {ref: amounts[account_id] for ref, account_id in accounts.items()}
