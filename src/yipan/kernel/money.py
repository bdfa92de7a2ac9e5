"""Money: integer minor units (fen) with a currency, and the one way to round."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

CNY: Final = "CNY"
MINOR_UNITS: Final = 100


def half_up(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator; a tie goes away from zero.

    Exact integer arithmetic. `denominator` must be positive.
    """
    if denominator <= 0:
        message = "denominator must be positive"
        raise ValueError(message)
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency in its minor unit (fen for CNY)."""

    amount: int
    currency: str = CNY

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            message = f"amount must be an int of minor units, not {type(self.amount).__name__}"
            raise TypeError(message)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            message = f"cannot mix {self.currency} and {other.currency}"
            raise ValueError(message)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        return yuan(self.amount)


def yuan(fen: int) -> str:
    """Fen as people read them: ¥1,234.50, negative as -¥0.05."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), MINOR_UNITS)
    return f"{sign}¥{whole:,}.{rest:02d}"


def fen_from_yuan(text: str | Decimal | int) -> int:
    """Exact fen of an amount in yuan, such as "12.30".

    Raises ValueError where the text is no number or has a part of a fen.
    """
    try:
        value = Decimal(str(text).strip().replace(",", "").lstrip("¥"))
    except InvalidOperation:
        message = f"not an amount: {text!r}"
        raise ValueError(message) from None
    if not value.is_finite():
        message = f"not an amount: {text!r}"
        raise ValueError(message)
    fen = value * MINOR_UNITS
    if fen != fen.to_integral_value():
        message = f"more than two decimals: {text!r}"
        raise ValueError(message)
    return int(fen)
