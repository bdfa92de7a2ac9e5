"""How large the demo is, when it plays, and the chance that drives it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yipan.kernel import clock

ZONE: Final = "Asia/Shanghai"
SEED: Final = 20_260_101
PASSWORD: Final = "yipan-demo"
"""Of every sign-in in demo mode; no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to generate. The same plan gives the same group, people, goods and orders."""

    code: str = "demo"
    seed: int = SEED
    until: datetime
    """The last moment of trade (UTC)."""
    password: str = PASSWORD
    """Of every sign-in."""
    days: int = 90
    orders: int = 6_000
    stores: int = 40
    skus: int = 600
    guides: int = 3
    """Per store, besides its manager."""

    @property
    def members(self) -> int:
        """Buyers who are known by name."""
        return max(50, self.orders // 3)

    @property
    def opening(self) -> datetime:
        """The moment at which the group is founded, a week before its first sale."""
        return self.start_of(0) - timedelta(days=7)

    def day(self, number: int) -> date:
        """A day of trade; 0 is the first one, `days - 1` that of `until`."""
        last = clock.business_day(self.until, ZONE)
        return last - timedelta(days=self.days - 1 - number)

    def start_of(self, number: int) -> datetime:
        """Midnight at which a day begins."""
        return datetime.combine(self.day(number), time.min, ZoneInfo(ZONE))

    def end_of(self, number: int) -> datetime:
        """Its last moment, not after `until`."""
        return min(self.start_of(number) + timedelta(days=1, seconds=-1), self.until)

    def chance(self, part: str) -> random.Random:
        """The dice of one part: what one part throws never changes what another gets."""
        return random.Random(f"{self.seed}:{part}")  # noqa: S311 - a demo, nothing to guess


SIZES: Final = {
    "small": {"days": 30, "orders": 600, "stores": 8, "skus": 120, "guides": 2},
    "standard": {"days": 90, "orders": 6_000, "stores": 40, "skus": 600, "guides": 3},
    "half-year": {"days": 181, "orders": 774_000, "stores": 200, "skus": 3_000, "guides": 5},
}
