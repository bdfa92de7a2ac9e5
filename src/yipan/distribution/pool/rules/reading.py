"""Turn values of a document (JSON, a spreadsheet row) into exact values, or into problems.

A float is refused wherever it stands: what a float shows is not what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from yipan.distribution.pool.rules.refusal import Problem

LARGEST: Final = 10**15
"""Fen or units: ten trillion yuan, far above any price, far below what bigint holds."""

RATE_DECIMALS: Final = 6

_RATE_TEXT: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)


def decimals_of(rate: Decimal) -> int:
    """Decimal places a finite number really has: "0.1250" has three."""
    _, digits, exponent = rate.as_tuple()
    significant = len(digits)
    while significant and digits[significant - 1] == 0:
        significant -= 1
    if not significant:
        return 0
    return max(0, -(int(exponent) + len(digits) - significant))


class Reader:
    """Reads values one by one and collects what is wrong with them, by field name."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, field: str, code: str, **data: str | int) -> None:
        self.problems.append(Problem(field, code, data))

    def failed(self, field: str) -> bool:
        return any(problem.field == field for problem in self.problems)

    def wrong_type(self, field: str, value: object, expected: str, expected_zh: str) -> None:
        if isinstance(value, float):
            self.refuse(field, "float")
        else:
            self.refuse(field, "wrong_type", expected=expected, expected_zh=expected_zh)

    def whole_number(self, field: str, value: object) -> int:
        """A count or an amount in fen: an integer from 0 to LARGEST."""
        if type(value) is not int:
            self.wrong_type(field, value, "a whole number", "整数")
        elif value < 0:
            self.refuse(field, "negative")
        elif value > LARGEST:
            self.refuse(field, "too_large", limit=LARGEST)
        else:
            return value
        return 0

    def whole_number_or_none(self, field: str, value: object) -> int | None:
        return None if value is None else self.whole_number(field, value)

    def rate(self, field: str, value: object) -> Decimal:
        """A share from 0 to 1 with at most six decimals, given as text, int or Decimal."""
        if isinstance(value, str) and _RATE_TEXT.fullmatch(value):
            rate = Decimal(value)
        elif isinstance(value, Decimal) and value.is_finite():
            rate = value
        elif type(value) is int:
            rate = Decimal(0) if value == 0 else Decimal(1) if value == 1 else Decimal(-1)
        else:
            self.wrong_type(field, value, 'a rate such as "0.125"', "比例，如 “0.125”")
            return Decimal(0)
        if not 0 <= rate <= 1:
            self.refuse(field, "rate_out_of_range")
        elif decimals_of(rate) > RATE_DECIMALS:
            self.refuse(field, "rate_too_precise")
        else:
            return abs(rate)
        return Decimal(0)

    def flag(self, field: str, value: object) -> bool:
        if type(value) is bool:
            return value
        self.wrong_type(field, value, "true or false", "true 或 false")
        return False

    def choice(self, field: str, value: object, choices: type[Choice]) -> Choice | None:
        """A member of the enumeration by its value; None where it is null or refused."""
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong_type(field, value, "text", "文本")
            return None
        for each in choices:
            if each.value == value:
                return each
        self.refuse(field, "unknown_value", allowed=", ".join(choices))
        return None

    def items(self, field: str, value: object) -> Sequence[object]:
        """The elements of a list; none where it is null or refused."""
        if value is None:
            return ()
        if isinstance(value, list | tuple):
            return value
        self.wrong_type(field, value, "a list", "列表")
        return ()

    def names(self, prefix: str, value: Mapping[str, object], known: Sequence[str]) -> None:
        """Refuse every name that is not known."""
        for name in value:
            if name not in known:
                self.refuse(f"{prefix}{str(name)[:60]}", "unknown_field")
