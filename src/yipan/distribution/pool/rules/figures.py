"""What goes into a computation and what comes out of it (commission.md §1, §3, §4, §7).

Everything that comes out is plain: the explanation is a dict of dicts, lists, text and whole
numbers, ready for JSON. An exact amount that need not be whole is text, in lowest terms: "4700" or
"9999/20" (fen).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypedDict

from yipan.distribution.pool.rules.definition import PriceKind


class Reason(StrEnum):
    """Why an amount is 0, or what made it smaller. The values are stored: never change one."""

    NOTHING_PAID = "NOTHING_PAID"
    PRICE_KIND_EXCLUDED = "PRICE_KIND_EXCLUDED"
    BELOW_FLOOR_PRICE = "BELOW_FLOOR_PRICE"
    CAPPED_PER_UNIT = "CAPPED_PER_UNIT"
    CAPPED_AT_NET_AMOUNT = "CAPPED_AT_NET_AMOUNT"
    ROUNDED_TO_ZERO = "ROUNDED_TO_ZERO"
    ZERO_RATE = "ZERO_RATE"
    UPLINE_MISSING = "UPLINE_MISSING"
    UPLINE_NOT_QUALIFIED = "UPLINE_NOT_QUALIFIED"


class LineFigures(NamedTuple):
    """One order line: `quantity` ≥ 1, `net_amount` ≥ 0 in fen for the whole line."""

    quantity: int
    net_amount: int
    price_kind: PriceKind = PriceKind.LIST


class Progress(NamedTuple):
    """What the distributor already sold under the rule in the month, without this line."""

    units: int = 0
    amount: int = 0  # fen

    def after(self, line: LineFigures) -> Progress:
        """Progress once `line` counts; ask `Result.counts_for_progress` whether it does."""
        return Progress(self.units + line.quantity, self.amount + line.net_amount)


class Share(NamedTuple):
    """What one beneficiary gets: fen, why it is 0 (else None), and what made it smaller."""

    amount: int
    reason: Reason | None
    notes: tuple[Reason, ...]


class RulePart(TypedDict):
    """The terms that shaped the amount, and the version they stand in."""

    version: int | str | None
    mode: str
    amount_per_unit: int | None
    measure: str | None
    method: str | None
    floor_price: int | None
    cap_per_unit: int | None


class LinePart(TypedDict):
    """The order line that was computed."""

    quantity: int
    net_amount: int
    price_kind: str


class ProgressPart(TypedDict):
    """What the month held before the line; only for measures over the period."""

    units: int
    amount: int


class GatesPart(TypedDict):
    """The gates that let the line pass, in order, and the one that closed, if any."""

    passed: list[str]
    closed: str | None


# `whole`: the tier that was reached (`until` null for the last) and the value that reached it.
# `marginal`: the slice of the measure, and no value. `until` is excluded.
Step = TypedDict(
    "Step", {"from": int, "until": int | None, "value": str | None, "rate": str, "raw": str}
)


class Cap(TypedDict):
    """A cap that bit: CAPPED_PER_UNIT or CAPPED_AT_NET_AMOUNT, and the fen it left."""

    code: str
    limit: int


class SellerPart(TypedDict):
    """The seller's amount: exact, capped, rounded half up once."""

    raw: str
    caps: list[Cap]
    before_rounding: str
    amount: int
    reason: str | None


class UplinePart(TypedDict):
    """An upline's amount; nothing was computed for one that may not earn."""

    level: int
    rate: str
    before_rounding: str | None
    rounded: int | None
    caps: list[Cap]
    amount: int
    reason: str | None


class Explanation(TypedDict):
    """How the amounts of one line came to be; `format` is 1, and stored with every entry."""

    format: int
    rule: RulePart
    line: LinePart
    progress: ProgressPart | None
    gates: GatesPart
    steps: list[Step]
    seller: SellerPart | None
    uplines: list[UplinePart]


class Result(NamedTuple):
    """The amounts of one line: the seller's, the uplines' (nearest first), and how they came."""

    seller: Share
    uplines: tuple[Share, ...]
    explanation: Explanation

    @property
    def counts_for_progress(self) -> bool:
        """A line that was stopped by a gate adds nothing to progress."""
        return self.explanation["gates"]["closed"] is None

    @property
    def total(self) -> int:
        """Fen for all beneficiaries together; never more than the line's net amount."""
        return self.seller.amount + sum(share.amount for share in self.uplines)
