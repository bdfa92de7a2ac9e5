"""The one clock. Every moment in Yipan is an aware UTC datetime."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("yipan_clock", default=None)


def now() -> datetime:
    """The present moment in UTC, or the one set by `at`."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at a moment, for replays and tests."""
    if moment.tzinfo is None:
        message = "moment must be aware"
        raise ValueError(message)
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _frozen.reset(token)


def business_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment in a time zone such as Asia/Shanghai."""
    return moment.astimezone(ZoneInfo(zone)).date()


def month_of(moment: datetime, zone: str) -> date:
    """The first day of the calendar month of a moment in a time zone."""
    return business_day(moment, zone).replace(day=1)
