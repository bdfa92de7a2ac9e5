"""The first page: how trade and commission stand, in the subtrees that the reader may see.

One statement for each of the parts; a part that the reader may not see, or whose module is off, is
left out and costs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from yipan.distribution.commissions.accounts import AVAILABLE, CLAWBACK, IN_WITHDRAWAL, PENDING
from yipan.distribution.commissions.models import Entry, EntryKind, EntryState
from yipan.group.organisations.queries import ids_within, within
from yipan.group.people.scope import Scope
from yipan.kernel import clock, sql
from yipan.kernel.modules import is_enabled
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import start_of, zone
from yipan.payouts.settlement.queries import LATE
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.queries import OPEN_STATES
from yipan.trade.orders.queries import daily_trade

DAYS: Final = 30
"""How far back the days go, today included."""
_PURSES: Final = """
SELECT a.kind, sum(b.amount)::bigint
  FROM ledger_account a
  JOIN ledger_balance b ON b.id = a.id AND b.tenant_id = %s
  JOIN distributors_distributor d ON d.id = a.owner_id AND d.tenant_id = %s
 WHERE a.tenant_id = %s AND a.currency = %s AND a.kind = ANY(%s::text[]) AND {scope}
 GROUP BY a.kind
"""


@dataclass(frozen=True, slots=True)
class Trade:
    """Orders of a span by when they were placed. Amounts in fen."""

    orders: int = 0
    """Without those that were cancelled."""
    net: int = 0
    """What buyers paid for goods, after discounts, without freight, less what they got back."""

    def __add__(self, other: Trade) -> Trade:
        return Trade(self.orders + other.orders, self.net + other.net)


@dataclass(frozen=True, slots=True)
class Earned:
    """Commission on sales of a span by when they were paid, in fen."""

    accrued: int = 0
    reversed: int = 0
    """Taken back by refunds; positive."""

    def __add__(self, other: Earned) -> Earned:
        return Earned(self.accrued + other.accrued, self.reversed + other.reversed)


@dataclass(frozen=True, slots=True)
class Day:
    """One bar of the chart."""

    day: date
    trade: Trade
    height: int
    """Per cent of the best day's net sales."""


@dataclass(frozen=True, slots=True)
class Sales:
    """Trade today, this month, and day by day."""

    today: Trade
    month: Trade
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Purses:
    """Sums of distributors' balances, in fen."""

    pending: int
    available: int
    in_withdrawal: int
    owed: int
    """Claw-back that they owe."""


@dataclass(frozen=True, slots=True)
class Releases:
    """What the release job has before it, in fen."""

    late: int
    """Entries due for more than five minutes."""
    late_amount: int
    held: int
    held_amount: int


@dataclass(frozen=True, slots=True)
class Payouts:
    """Withdrawals, in fen."""

    open: int
    open_amount: int
    to_approve: int
    paid: int
    """Ever paid out, before tax."""


@dataclass(frozen=True, slots=True)
class Board:
    """All of it; None: not for this reader."""

    today: datetime
    """When the business day began."""
    month: datetime
    """When the month began."""
    sales: Sales | None
    earned_today: Earned | None
    earned_month: Earned | None
    purses: Purses | None
    releases: Releases | None
    payouts: Payouts | None


def board_of(scope: Scope) -> Board:
    """The first page of somebody."""
    today = clock.business_day(clock.now(), zone())
    earned = _earned(scope, today)
    return Board(
        today=start_of(today),
        month=start_of(today.replace(day=1)),
        sales=_sales(scope, today),
        earned_today=earned and earned[0],
        earned_month=earned and earned[1],
        purses=_purses(scope),
        releases=_releases(scope),
        payouts=_payouts(scope),
    )


def _sales(scope: Scope, today: date) -> Sales | None:
    """Two statements."""
    paths = scope.paths("orders.read")
    if not paths:
        return None
    month = today.replace(day=1)
    found = daily_trade(paths, min(month, today - timedelta(days=DAYS - 1)), today)
    days = {day: Trade(one.orders, one.net) for day, one in found.items()}
    shown = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    best = max((days[day].net for day in shown if day in days), default=0)
    return Sales(
        today=days.get(today, Trade()),
        month=sum((trade for day, trade in days.items() if day >= month), Trade()),
        days=[_bar(day, days.get(day, Trade()), best) for day in shown],
    )


def _bar(day: date, trade: Trade, best: int) -> Day:
    return Day(day, trade, max(0, trade.net) * 100 // best if best > 0 else 0)


def _earned(scope: Scope, today: date) -> tuple[Earned, Earned] | None:
    """Today's and this month's, in one statement (index: entry_of_store)."""
    paths = scope.paths("commissions.read")
    if not paths:
        return None
    today_too, is_reversal = Q(paid_at__gte=start_of(today)), Q(kind=EntryKind.REVERSAL.value)
    entries = Entry.objects.filter(
        within(paths, "organisation_id"), paid_at__gte=start_of(today.replace(day=1))
    )
    sums = entries.aggregate(
        month=_sum(~is_reversal),
        month_back=_sum(is_reversal),
        today=_sum(~is_reversal & today_too),
        today_back=_sum(is_reversal & today_too),
    )
    return (
        Earned(sums["today"], -sums["today_back"]),
        Earned(sums["month"], -sums["month_back"]),
    )


def _sum(condition: Q, column: str = "amount") -> Coalesce:
    return Coalesce(Sum(column, filter=condition), 0)


def _purses(scope: Scope) -> Purses | None:
    """Balances of distributors at home in the subtrees, in one statement."""
    paths = scope.paths("commissions.read")
    if not paths:
        return None
    kinds = [PENDING.name, AVAILABLE.name, IN_WITHDRAWAL.name, CLAWBACK.name]
    inside = ids_within(paths, "d.organisation_id")
    tenant_id = current_tenant_id()
    sums: dict[str, int] = dict(
        sql.fetch(
            _PURSES.format(scope=inside.condition),
            (tenant_id, tenant_id, tenant_id, CNY, kinds, *inside.params),
        )
    )
    return Purses(*(sums.get(kind, 0) for kind in kinds))


def _releases(scope: Scope) -> Releases | None:
    """One statement (index: entry_due)."""
    paths = scope.paths("settlement.read")
    if not paths or not is_enabled("settlement"):
        return None
    late = Q(held=False, due_at__lte=clock.now() - LATE)
    held = Q(held=True)
    open_ones = EntryState.objects.filter(
        within(paths, "organisation_id"), late | held, released_at__isnull=True
    )
    found = open_ones.aggregate(
        late_ones=Count("id", filter=late),
        late_amount=_sum(late, "remaining"),
        held_ones=Count("id", filter=held),
        held_amount=_sum(held, "remaining"),
    )
    return Releases(
        found["late_ones"], found["late_amount"], found["held_ones"], found["held_amount"]
    )


def _payouts(scope: Scope) -> Payouts | None:
    """One statement."""
    paths = scope.paths("withdrawals.read")
    if not paths or not is_enabled("withdrawals"):
        return None
    is_open = Q(state__in=OPEN_STATES)
    rows = Withdrawal.objects.filter(within(paths, "distributor__organisation__path"))
    return Payouts(
        **rows.aggregate(
            open=Count("id", filter=is_open),
            open_amount=_sum(is_open, "gross"),
            to_approve=Count("id", filter=Q(state=WithdrawalState.REQUESTED, needs_approval=True)),
            paid=_sum(Q(state=WithdrawalState.SUCCEEDED), "gross"),
        )
    )
