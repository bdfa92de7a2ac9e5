"""A commission rule in the words of the people who sell by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yipan.distribution.commissions.queries import SkuEstimate
from yipan.distribution.pool.rules import Measure, Method, Mode, RuleTerms, Tier, sentence
from yipan.kernel.money import yuan

QUANTITIES: Final = (1, 2, 3, 5, 10)
"""Of which examples are shown."""
_UNITS: Final = frozenset({Measure.LINE_QUANTITY, Measure.PERIOD_UNITS})


@dataclass(frozen=True, slots=True)
class TierRow:
    """One step of the ladder."""

    span: str
    rate: str
    reached: bool
    """By one unit sold now."""


@dataclass(frozen=True, slots=True)
class Example:
    """What so many units at once would bring, and why."""

    quantity: int
    paid: int
    """Fen."""
    amount: int
    """Fen."""
    why: str


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule, told."""

    headline: str
    tiers: tuple[TierRow, ...]
    conditions: tuple[str, ...]
    examples: tuple[Example, ...]


def rule_words(found: SkuEstimate) -> RuleWords | None:
    """The rule behind an estimate, or None where there is none."""
    if found.terms is None:
        return None
    terms = found.terms.compiled.terms
    return RuleWords(_headline(terms), _tiers(terms, found), _conditions(terms), _examples(found))


def _headline(terms: RuleTerms) -> str:
    if terms.mode is Mode.FIXED:
        return _("{amount} for every unit sold.").format(amount=yuan(terms.amount_per_unit or 0))
    if len(terms.tiers) == 1:
        return _("{rate} of what the buyer pays.").format(rate=_percent(terms.tiers[0]))
    measured = {
        Measure.LINE_AMOUNT: _("by line amount"),
        Measure.UNIT_PRICE: _("by unit price"),
        Measure.LINE_QUANTITY: _("by units per line"),
        Measure.PERIOD_UNITS: _("by the units you sold this month"),
        Measure.PERIOD_AMOUNT: _("by the amount you sold this month"),
    }[terms.measure or Measure.LINE_AMOUNT]
    if terms.method is Method.WHOLE:
        return _("Tiered {measured}: the tier reached applies to the whole line.").format(
            measured=measured
        )
    return _("Tiered {measured}: each part earns its own tier's rate.").format(measured=measured)


def _tiers(terms: RuleTerms, found: SkuEstimate) -> tuple[TierRow, ...]:
    if len(terms.tiers) < 2:
        return ()
    value = _value_of_one(terms, found)
    ends = [*(tier.start for tier in terms.tiers[1:]), None]
    rows = []
    for tier, end in zip(terms.tiers, ends, strict=True):
        reached = tier.start <= value and (end is None or value < end)
        rows.append(TierRow(_span(terms, tier.start, end), _percent(tier), reached))
    return tuple(rows)


def _value_of_one(terms: RuleTerms, found: SkuEstimate) -> int:
    """What is looked up in the tiers when one unit is sold now."""
    if terms.measure is Measure.LINE_QUANTITY:
        return 1
    if terms.measure is Measure.PERIOD_UNITS:
        return found.progress.units + 1
    if terms.measure is Measure.PERIOD_AMOUNT:
        return found.progress.amount + found.price
    return found.price


def _span(terms: RuleTerms, start: int, end: int | None) -> str:
    if terms.measure in _UNITS:
        if end is None:
            return _("from {start} units").format(start=f"{start:,}")
        return _("{start} to less than {end} units").format(start=f"{start:,}", end=f"{end:,}")
    if end is None:
        return _("from {start}").format(start=yuan(start))
    return _("{start} to less than {end}").format(start=yuan(start), end=yuan(end))


def _conditions(terms: RuleTerms) -> tuple[str, ...]:
    found = []
    if terms.floor_price is not None:
        found.append(_("Earns nothing below {price} a unit.").format(price=yuan(terms.floor_price)))
    if terms.cap_per_unit is not None:
        found.append(_("At most {amount} a unit.").format(amount=yuan(terms.cap_per_unit)))
    if not terms.member_price_earns:
        found.append(_("Earns nothing at the member price."))
    if not terms.promo_price_earns:
        found.append(_("Earns nothing at the promotion price."))
    return tuple(found)


def _examples(found: SkuEstimate) -> tuple[Example, ...]:
    language = get_language() or "zh-hans"
    rows = []
    for quantity in QUANTITIES:
        result = found.of_quantity(quantity)
        if result is not None:
            why = sentence(result.explanation, language)
            rows.append(Example(quantity, found.price * quantity, result.seller.amount, why))
    return tuple(rows)


def _percent(tier: Tier) -> str:
    text = format(tier.rate * 100, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
