"""Statements by month: where a distributor's commission came from and where it went.

Read from the postings of the ledger and from nothing else, so that what a statement says is what
the ledger says, to the fen. A movement belongs to the month in which it was booked: a month that
is over never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from yipan.distribution.commissions.accounts import AVAILABLE, CLAWBACK, IN_WITHDRAWAL, PENDING
from yipan.kernel import clock, sql
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import month_of, zone

PLACES: Final = (PENDING.name, AVAILABLE.name, IN_WITHDRAWAL.name, CLAWBACK.name)
"""What is owed to a distributor, and (the last one) what they owe."""


class Movement(NamedTuple):
    """What one kind of journal moved on one account in a month."""

    month: date
    place: str
    journal: str
    amount: int
    """Fen, as it changes what is owed to the distributor: credit positive."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the commission is at one moment, in fen."""

    pending: int = 0
    available: int = 0
    in_withdrawal: int = 0
    clawback: int = 0
    """Owed by the distributor, as a positive number."""

    @property
    def total(self) -> int:
        """What the group owes the distributor on balance."""
        return self.pending + self.available + self.in_withdrawal - self.clawback


@dataclass(frozen=True, slots=True)
class Statement:
    """One month. Amounts in fen: opening + accrued - reversed - paid + other = closing, in total.

    `released` and `requested` move commission between its places and change no total.
    """

    month: date
    opening: Standing
    accrued: int
    reversed: int
    """Taken back by refunds, as a positive number."""
    released: int
    """From pending to available."""
    offset: int
    """Of what was released, kept for commission owed back."""
    requested: int
    """Reserved for withdrawals, less what came back from those refused, failed or cancelled."""
    paid: int
    """Paid out, before tax."""
    other: int
    """Moved by anything else, such as a correction by hand."""
    closing: Standing


_MOVEMENTS: Final = """
SELECT date_trunc('month', j.recorded_at AT TIME ZONE %s)::date, a.kind, j.kind,
       -sum(p.amount)::bigint
  FROM ledger_account a
  JOIN ledger_posting p ON p.account_id = a.id
  JOIN ledger_journal j ON j.id = p.journal_id
 WHERE a.tenant_id = %s AND a.owner_id = %s AND a.kind = ANY(%s::text[]) AND a.currency = %s
 GROUP BY 1, 2, 3
"""


def statements_of(distributor_id: int, currency: str = CNY) -> list[Statement]:
    """The months from the first movement to the present one, the last one first.

    Empty where nothing was ever booked. One statement (indexes: account_once, posting_of_account).
    """
    params = (zone(), current_tenant_id(), distributor_id, list(PLACES), currency)
    movements = [Movement(*row) for row in sql.fetch(_MOVEMENTS, params)]
    return statements(movements, until=month_of(clock.now()))


def statements(movements: Sequence[Movement], *, until: date) -> list[Statement]:
    """Statements of movements, without a gap up to a month (its first day), the last one first."""
    by_month: dict[date, list[Movement]] = defaultdict(list)
    for movement in movements:
        by_month[movement.month].append(movement)
    if not by_month:
        return []
    found: list[Statement] = []
    standing = Standing()
    for month in _months(min(by_month), max(until, *by_month)):
        found.append(_statement(month, standing, by_month[month]))
        standing = found[-1].closing
    return found[::-1]


def _statement(month: date, opening: Standing, movements: Iterable[Movement]) -> Statement:
    places: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    released = requested = offset = 0
    for _, place, journal, amount in movements:
        places[place] += amount
        totals[journal] += amount
        if journal == "release" and place == AVAILABLE.name:
            released += amount
        elif journal == "offset" and place == CLAWBACK.name:
            offset += amount
        elif journal in {"withdrawal_request", "withdrawal_ending"} and place == AVAILABLE.name:
            requested -= amount
    closing = Standing(
        pending=opening.pending + places[PENDING.name],
        available=opening.available + places[AVAILABLE.name],
        in_withdrawal=opening.in_withdrawal + places[IN_WITHDRAWAL.name],
        clawback=opening.clawback - places[CLAWBACK.name],
    )
    accrued, taken_back = totals["accrual"], -totals["reversal"]
    paid = -totals["withdrawal_success"]
    return Statement(
        month=month,
        opening=opening,
        accrued=accrued,
        reversed=taken_back,
        released=released,
        offset=offset,
        requested=requested,
        paid=paid,
        other=closing.total - opening.total - accrued + taken_back + paid,
        closing=closing,
    )


def _months(first: date, last: date) -> Iterable[date]:
    month = first
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


_PAID_OUT: Final = """
SELECT coalesce(sum(gross), 0)::bigint FROM withdrawals_withdrawal
 WHERE tenant_id = %s AND distributor_id = %s AND state = 'succeeded'
"""


def paid_out(distributor_id: int) -> int:
    """Fen paid out to a distributor so far, before tax (index: withdrawal_of_distributor)."""
    row = sql.fetch_one(_PAID_OUT, (current_tenant_id(), distributor_id))
    return int(row[0]) if row else 0
