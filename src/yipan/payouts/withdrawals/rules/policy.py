"""The withdrawal policy: how much, how often, who looks, who pays, through which provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from yipan.payouts.settlement.errors import LimitsCrossed
from yipan.payouts.settlement.rules import reading
from yipan.payouts.withdrawals.errors import AboveMaximum, BelowMinimum, TooManyToday

KIND: Final = "withdrawal"
MOST_FEN: Final = 10**12
MOST_PER_DAY: Final = 1_000


class Payer(StrEnum):
    """Out of whose bank account the money goes."""

    HEADQUARTERS = "headquarters"
    COMPANY = "company"
    """The legal company of the distributor's home; headquarters where there is none."""


@dataclass(frozen=True, slots=True)
class WithdrawalPolicy:
    """How commission is paid out (money.md). Checked when made; names the field that is wrong."""

    minimum: int = 100
    """Fen: the least of one request."""
    maximum: int = 2_000_000
    """Fen: the most of one request."""
    per_day: int = 3
    """Requests of a distributor in a calendar day of the tenant's zone, whatever became of them."""
    approval_above: int = 100_000
    """Fen: a request above this needs a second person; 0: every request does."""
    provider: str = "sandbox"
    """Code of a registered provider."""
    payer: str = Payer.HEADQUARTERS.value
    """`headquarters` or `company`."""

    def __post_init__(self) -> None:
        for name, least in (("minimum", 1), ("maximum", 1), ("approval_above", 0)):
            reading.whole_number(name, getattr(self, name), least=least, most=MOST_FEN)
        reading.whole_number("per_day", self.per_day, least=1, most=MOST_PER_DAY)
        if self.minimum > self.maximum:
            raise LimitsCrossed(field="minimum", other="maximum")
        reading.choice("payer", self.payer, tuple(Payer))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The policy of JSON-able data; a setting left out has its default. Raises InvalidField."""
        reading.check_names(data, cls.__slots__)
        return cls(**data)

    def to_data(self) -> dict[str, object]:
        """All settings as JSON-able data, for `from_data`."""
        return {name: getattr(self, name) for name in self.__slots__}

    def check_amount(self, amount: int) -> None:
        """Raises BelowMinimum, AboveMaximum."""
        if amount < self.minimum:
            raise BelowMinimum(asked=amount, minimum=self.minimum)
        if amount > self.maximum:
            raise AboveMaximum(asked=amount, maximum=self.maximum)

    def check_count(self, requested_today: int) -> None:
        """Raises TooManyToday."""
        if requested_today >= self.per_day:
            raise TooManyToday(per_day=self.per_day)

    def needs_approval(self, amount: int) -> bool:
        """Whether a second person has to approve this many fen."""
        return amount > self.approval_above
