"""What one distributor earned: sums, days, and entries one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from yipan.distribution.commissions.models import Entry
from yipan.kernel import clock, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import day_of, month_of, zone


class EarnedState(StrEnum):
    """Where what a line earned stands now."""

    PENDING = "pending"
    """Waits for its due moment."""
    HELD = "held"
    """Waits for the end of a refund request on its line."""
    RELEASED = "released"
    """Was added to what may be withdrawn."""
    REVERSED = "reversed"
    """Refunds took all of it back."""
    NOTHING = "nothing"
    """The rule gave nothing; the explanation says why."""


@dataclass(frozen=True, slots=True)
class Takings:
    """Sales that earned commission, less refunds, and the commission left of them. In fen."""

    orders: int = 0
    sales: int = 0
    commission: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the business day and of the calendar month of a moment."""

    today: Takings
    month: Takings


@dataclass(frozen=True, slots=True)
class DayTakings:
    """One business day."""

    day: date
    sales: int
    commission: int


class EarnedEntry(NamedTuple):
    """What a line earned, as a list shows it. Amounts in fen, moments in UTC."""

    id: int
    order_id: int
    order_number: str
    line_id: int
    sku_id: int
    sku_code: str
    product: str
    """Name of the SKU, as on the receipt."""
    quantity: int
    net_amount: int
    """Paid for the line."""
    role: str
    amount: int
    """Earned when the line was paid."""
    remaining: int
    """The same, less what refunds took back."""
    paid_at: datetime
    due_at: datetime | None
    released_at: datetime | None
    state: str
    """An `EarnedState`."""

    @property
    def taken_back(self) -> int:
        """Fen that refunds took back, as a positive number."""
        return self.amount - self.remaining


# An accrual of nothing has no state row.
_STATE: Final = """
CASE WHEN e.amount = 0 THEN 'nothing'
     WHEN s.remaining = 0 THEN 'reversed'
     WHEN s.released_at IS NOT NULL THEN 'released'
     WHEN s.held THEN 'held'
     ELSE 'pending' END
"""
_TAKINGS: Final = """
SELECT e.paid_at >= %s AS today, count(DISTINCT e.order_id),
       coalesce(sum(l.net_amount - l.refunded_amount) FILTER (WHERE e.role = 'seller'), 0)::bigint,
       coalesce(sum(s.remaining), 0)::bigint
  FROM commissions_entry e
  LEFT JOIN commissions_entrystate s ON s.id = e.id
  JOIN orders_orderline l ON l.id = e.line_id
 WHERE e.tenant_id = %s AND e.distributor_id = %s AND e.paid_at >= %s AND e.paid_at < %s
   AND e.sequence = 0
 GROUP BY 1
"""
_DAYS: Final = """
SELECT (e.paid_at AT TIME ZONE %s)::date,
       coalesce(sum(l.net_amount - l.refunded_amount) FILTER (WHERE e.role = 'seller'), 0)::bigint,
       coalesce(sum(s.remaining), 0)::bigint
  FROM commissions_entry e
  LEFT JOIN commissions_entrystate s ON s.id = e.id
  JOIN orders_orderline l ON l.id = e.line_id
 WHERE e.tenant_id = %s AND e.distributor_id = %s AND e.paid_at >= %s AND e.paid_at < %s
   AND e.sequence = 0
 GROUP BY 1
"""
_ENTRIES: Final = f"""
SELECT e.id, e.order_id, o.number, e.line_id, e.sku_id, k.code, k.name, l.quantity, l.net_amount,
       e.role, e.amount, coalesce(s.remaining, 0), e.paid_at, s.due_at, s.released_at, {_STATE}
  FROM commissions_entry e
  LEFT JOIN commissions_entrystate s ON s.id = e.id
  JOIN orders_orderline l ON l.id = e.line_id
  JOIN orders_order o ON o.id = e.order_id
  JOIN catalogue_sku k ON k.id = e.sku_id
 WHERE e.tenant_id = %s AND e.distributor_id = %s AND e.sequence = 0
"""  # noqa: S608 - no input
# A blank in between, so that no text is found across the end of one and the start of the next.
_NAMED: Final = " AND strpos(lower(concat_ws(' ', o.number, k.code, k.name)), lower(%s)) > 0"
_IN_ORDER: Final = " ORDER BY e.paid_at DESC, e.id LIMIT %s"
_BEHIND: Final = " AND e.paid_at <= %s AND (e.paid_at < %s OR e.id > %s)"
_FIRST: Final = """
SELECT min(paid_at) FROM commissions_entry WHERE tenant_id = %s AND distributor_id = %s
"""


def sums_of(distributor_id: int) -> Sums:
    """Sales and commission of today and of this month, by when the lines were paid.

    Sales are counted for the seller alone, commission for uplines too. One statement (index:
    entry_of_distributor).
    """
    now = clock.now()
    day, (month, end) = _start(day_of(now)), span_of_month(month_of(now))
    rows = sql.fetch(_TAKINGS, (day, current_tenant_id(), distributor_id, month, end))
    found = {today: Takings(*figures) for today, *figures in rows}
    today, before = found.get(True, Takings()), found.get(False, Takings())
    return Sums(
        today,
        Takings(
            today.orders + before.orders,
            today.sales + before.sales,
            today.commission + before.commission,
        ),
    )


def days_of(distributor_id: int, *, first: date, last: date) -> list[DayTakings]:
    """Every business day from the first to the last, in order, in one statement.

    Index: entry_of_distributor.
    """
    params = (
        zone(),
        current_tenant_id(),
        distributor_id,
        _start(first),
        _start(last + timedelta(days=1)),
    )
    found = {day: (sales, commission) for day, sales, commission in sql.fetch(_DAYS, params)}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [DayTakings(day, *found.get(day, (0, 0))) for day in days]


def earned(
    distributor_id: int,
    *,
    state: str = "",
    month: date | None = None,
    text: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[EarnedEntry]:
    """What lines earned the distributor, the last one paid first, in one statement.

    `month` is a first day of a month in the tenant's zone, `text` a part of the order's number, of
    the SKU's code or of its name. Index: entry_of_distributor. Raises InvalidField (cursor).
    """
    statement = _ENTRIES
    params: list[object] = [current_tenant_id(), distributor_id]
    if state:
        statement += f" AND ({_STATE}) = %s"
        params.append(state)
    if month is not None:
        statement += " AND e.paid_at >= %s AND e.paid_at < %s"
        params += span_of_month(month)
    if text:
        statement += _NAMED
        params.append(text)
    purpose = f"earned|{distributor_id}|{state}|{month}|{text}"
    if cursor:
        paid_at, entry_id = decode_cursor(cursor, purpose=purpose)
        statement += _BEHIND
        params += [paid_at, paid_at, entry_id]
    rows = sql.fetch(statement + _IN_ORDER, [*params, limit + 1])
    items = [EarnedEntry(*row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items, None)
    return Page(items, encode_cursor([items[-1].paid_at, items[-1].id], purpose=purpose))


def earned_entry(distributor_id: int, entry_id: int) -> EarnedEntry:
    """One of them. Raises NotFound, also for another distributor's."""
    row = sql.fetch_one(
        _ENTRIES + " AND e.id = %s", (current_tenant_id(), distributor_id, entry_id)
    )
    if row is None:
        raise NotFound(kind="entry", ref=entry_id)
    return EarnedEntry(*row)


def history_of(earned_: EarnedEntry) -> Sequence[Entry]:
    """The accrual with its explanation, then its reversals in order (index: entry_once)."""
    return list(
        Entry.objects.filter(line_id=earned_.line_id, role=earned_.role).order_by("sequence")
    )


def months_of(distributor_id: int) -> list[date]:
    """First days of the months from now back to the first entry, the present one first.

    One statement (index: entry_of_distributor).
    """
    row = sql.fetch_one(_FIRST, (current_tenant_id(), distributor_id))
    now = month_of(clock.now())
    first = now if row is None or row[0] is None else month_of(row[0])
    months = [now]
    while months[-1] > first:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def span_of_month(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month in the tenant's zone, and the first one after it."""
    last = date.max.replace(day=1)  # what a day too far asks for is as empty as any of those
    first = min(month, last - timedelta(days=1)).replace(day=1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return _start(first), _start(following)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone())).astimezone(UTC)
