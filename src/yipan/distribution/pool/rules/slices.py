"""The seller's raw amount (commission.md §3.2), one function per kind of rule.

Each factory takes what is fixed in the rule and returns a function of quantity, net amount and
progress that answers (numerator, denominator, steps): the exact amount in fen as a fraction, and
the steps of the explanation. Rates are whole millionths, so nothing here rounds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from math import gcd
from typing import Final

from yipan.distribution.pool.rules.definition import (
    Measure,
    Method,
    Mode,
    RuleTerms,
    Tier,
    rate_text,
)
from yipan.distribution.pool.rules.figures import Progress, Step

MILLION: Final = 1_000_000

Raw = Callable[[int, int, Progress], tuple[int, int, list[Step]]]
Row = tuple[int, int | None, int, str]  # from, until (excluded), millionths, rate as text

MEASURED: Final[dict[Measure, Callable[[int, int, Progress], int]]] = {
    Measure.LINE_AMOUNT: lambda _quantity, net, _progress: net,
    # Tiers start at whole fen, so the floor of n / q is in the same tier as n / q itself.
    Measure.UNIT_PRICE: lambda quantity, net, _progress: net // quantity,
    Measure.LINE_QUANTITY: lambda quantity, _net, _progress: quantity,
    Measure.PERIOD_UNITS: lambda quantity, _net, progress: progress.units + quantity,
    Measure.PERIOD_AMOUNT: lambda _quantity, net, progress: progress.amount + net,
}


def millionths(rate: Decimal) -> int:
    """A rate with at most six decimals as whole millionths, exactly."""
    numerator, denominator = rate.as_integer_ratio()
    return numerator * MILLION // denominator


def ratio(numerator: int, denominator: int) -> str:
    """An exact amount as text in lowest terms: "4700", "9999/20"."""
    divisor = gcd(numerator, denominator)
    if divisor == denominator:
        return str(numerator // divisor)
    return f"{numerator // divisor}/{denominator // divisor}"


def raw_amount(terms: RuleTerms) -> Raw:
    """The function for terms that `validate` has passed."""
    if terms.mode is Mode.FIXED or terms.measure is None:
        return _fixed(terms.amount_per_unit or 0)
    if terms.method is Method.WHOLE:
        return _whole(terms.measure, terms.tiers)
    return _marginal(terms.measure, terms.tiers)


def _fixed(amount_per_unit: int) -> Raw:
    def raw(quantity: int, _net: int, _progress: Progress) -> tuple[int, int, list[Step]]:
        return amount_per_unit * quantity, 1, []

    return raw


def _rows(tiers: tuple[Tier, ...]) -> list[Row]:
    untils = [*(tier.start for tier in tiers[1:]), None]
    return [
        (tier.start, until, millionths(tier.rate), rate_text(tier.rate))
        for tier, until in zip(tiers, untils, strict=True)
    ]


def _whole(measure: Measure, tiers: tuple[Tier, ...]) -> Raw:
    rows = _rows(tiers)
    starts = [tier.start for tier in tiers]
    measured = MEASURED[measure]
    of_unit_price = measure is Measure.UNIT_PRICE

    def raw(quantity: int, net: int, progress: Progress) -> tuple[int, int, list[Step]]:
        value = measured(quantity, net, progress)
        start, until, rate, rate_words = rows[bisect_right(starts, value) - 1]
        amount = net * rate
        step: Step = {
            "from": start,
            "until": until,
            "value": ratio(net, quantity) if of_unit_price else str(value),
            "rate": rate_words,
            "raw": ratio(amount, MILLION),
        }
        return amount, MILLION, [step]

    return raw


def _marginal(measure: Measure, tiers: tuple[Tier, ...]) -> Raw:
    rows = _rows(tiers)
    starts = [tier.start for tier in tiers]
    by_units = measure in {Measure.LINE_QUANTITY, Measure.PERIOD_UNITS}
    of_period = measure.is_period

    def raw(quantity: int, net: int, progress: Progress) -> tuple[int, int, list[Step]]:
        if by_units:
            begin, size = progress.units if of_period else 0, quantity
            weight, denominator = net, quantity * MILLION  # each unit is worth n / q
        else:
            begin, size = progress.amount if of_period else 0, net
            weight, denominator = 1, MILLION
        end = begin + size
        index = bisect_right(starts, begin) - 1
        total = 0
        steps: list[Step] = []
        while begin < end:
            _, until, rate, rate_words = rows[index]
            if until is None or until > end:
                until = end
            part = weight * (until - begin) * rate
            total += part
            steps.append(
                {
                    "from": begin,
                    "until": until,
                    "value": None,
                    "rate": rate_words,
                    "raw": ratio(part, denominator),
                }
            )
            begin = until
            index += 1
        return total, denominator, steps

    return raw
