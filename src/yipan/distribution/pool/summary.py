"""A rule's terms in a few words, for lists and for what changed from version to version."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.distribution.pool.rules import Measure, Method, Mode, RuleTerms
from yipan.distribution.pool.rules.definition import rate_text
from yipan.kernel.money import yuan

Words = str | Promise

MODES: Final[dict[Mode, Words]] = {
    Mode.FIXED: gettext_lazy("Fixed amount per unit"),
    Mode.TIERED_RATE: gettext_lazy("Share of what is paid"),
}
MEASURES: Final[dict[Measure, Words]] = {
    Measure.LINE_AMOUNT: gettext_lazy("Amount of the order line"),
    Measure.UNIT_PRICE: gettext_lazy("Price paid per unit"),
    Measure.LINE_QUANTITY: gettext_lazy("Units in the order line"),
    Measure.PERIOD_UNITS: gettext_lazy("Units sold in the month"),
    Measure.PERIOD_AMOUNT: gettext_lazy("Amount sold in the month"),
}
METHODS: Final[dict[Method, Words]] = {
    Method.WHOLE: gettext_lazy("The rate reached, for the whole line"),
    Method.MARGINAL: gettext_lazy("Each part at its own rate"),
}
UNIT_MEASURES: Final = frozenset({Measure.LINE_QUANTITY, Measure.PERIOD_UNITS})


class Step(NamedTuple):
    """One tier as people read it."""

    start: str
    rate: str
    span: str
    """Such as “¥100.00 – ¥500.00”."""


class Difference(NamedTuple):
    """One thing that two versions say differently."""

    label: str
    before: str
    after: str


def percent(rate: Decimal) -> str:
    """0.125 as 12.5%."""
    return rate_text(rate * 100) + "%"


def in_short(terms: RuleTerms) -> str:
    """Such as “¥3.50 per unit”, “8%”, or “5% – 10%, 3 tiers”."""
    if terms.mode is Mode.FIXED:
        return _("{amount} per unit").format(amount=yuan(terms.amount_per_unit or 0))
    rates = [tier.rate for tier in terms.tiers]
    if len(rates) == 1:
        return percent(rates[0])
    return _("{lowest} – {highest}, {count} tiers").format(
        lowest=percent(min(rates)), highest=percent(max(rates)), count=len(rates)
    )


def ladder(terms: RuleTerms) -> list[Step]:
    """The tiers, lowest first."""
    measure = terms.measure or Measure.LINE_AMOUNT
    starts = [tier.start for tier in terms.tiers]
    ends = [*starts[1:], *([None] if starts else [])]
    return [
        Step(
            measured(measure, tier.start),
            percent(tier.rate),
            _span(measure, tier.start, end),
        )
        for tier, end in zip(terms.tiers, ends, strict=True)
    ]


def measured(measure: Measure, value: int) -> str:
    """A value of a measure: units, or yuan."""
    if measure in UNIT_MEASURES:
        return _("{count} units").format(count=f"{value:,}")
    return yuan(value)


def _span(measure: Measure, start: int, end: int | None) -> str:
    if end is None:
        return _("from {start}").format(start=measured(measure, start))
    return _("{start} to below {end}").format(
        start=measured(measure, start), end=measured(measure, end)
    )


def said(terms: RuleTerms) -> list[tuple[str, str]]:
    """Everything that the terms say, as label and words; what says nothing is left out."""
    return [(label, words) for label, words in _said(terms) if words]


def differences(before: RuleTerms | None, after: RuleTerms) -> list[Difference]:
    """What another version says differently."""
    old = dict(said(before)) if before else {}
    new = dict(said(after))
    labels = list(dict.fromkeys([*old, *new]))
    return [
        Difference(label, old.get(label, "–"), new.get(label, "–"))
        for label in labels
        if old.get(label) != new.get(label)
    ]


def _said(terms: RuleTerms) -> Iterator[tuple[str, str]]:
    yield _("Kind"), str(MODES[terms.mode])
    if terms.amount_per_unit is not None:
        yield _("Amount per unit"), yuan(terms.amount_per_unit)
    if terms.measure is not None and len(terms.tiers) > 1:
        yield _("Measured by"), str(MEASURES[terms.measure])
    if terms.method is not None and len(terms.tiers) > 1:
        yield _("Tiers count"), str(METHODS[terms.method])
    if len(terms.tiers) == 1:
        yield _("Rate"), percent(terms.tiers[0].rate)
    elif terms.tiers:
        yield _("Tiers"), "；".join(f"{step.span}：{step.rate}" for step in ladder(terms))
    yield _("Sold at member price"), _earns(earns=terms.member_price_earns)
    yield _("Sold at promotion price"), _earns(earns=terms.promo_price_earns)
    if terms.floor_price is not None:
        yield _("Lowest price that earns"), yuan(terms.floor_price)
    if terms.cap_per_unit is not None:
        yield _("At most per unit"), yuan(terms.cap_per_unit)
    for level, rate in enumerate(terms.upline_rates, start=1):
        yield _("Share of upline {level}").format(level=level), percent(rate)


def _earns(*, earns: bool) -> str:
    return _("earns") if earns else _("does not earn")
