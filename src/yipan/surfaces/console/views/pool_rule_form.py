"""A commission rule as a form: yuan and per cent on the page, fen and exact rates behind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yipan.distribution.pool.rules import (
    HIGHEST_UPLINE_LIMIT,
    Measure,
    Method,
    Mode,
    RuleRefused,
    RuleTerms,
    accept,
)
from yipan.distribution.pool.rules.definition import rate_text
from yipan.distribution.pool.summary import UNIT_MEASURES
from yipan.kernel.money import fen_from_yuan
from yipan.kernel.text import whole

_UNTIDY: Final = re.compile(r"[^a-z0-9]+")
_WORDS: Final[dict[str, str | Promise]] = {
    "rates_above_one": gettext_lazy(
        "The highest rate and the uplines' shares together are above 100%."
    ),
    "first_tier_not_zero": gettext_lazy("The first tier must start at 0."),
    "tiers_not_ascending": gettext_lazy("Must be above the start of the tier before."),
    "missing": gettext_lazy("Is required."),
    "marginal_unit_price": gettext_lazy(
        "Prices per unit cannot be taken part by part; choose the rate reached."
    ),
    "tiered_rate_without_tiers": gettext_lazy("At least one tier is needed."),
}
"""Refusals in the form's own words; others speak for themselves."""


def slot(field_name: str) -> str:
    """`tiers[0].rate` as part of an element's id: `tiers-0-rate`."""
    return _UNTIDY.sub("-", field_name).strip("-")


@dataclass(slots=True)
class TierRow:
    """One tier as typed."""

    start: str = ""
    rate: str = ""


@dataclass(slots=True)
class RuleDraft:
    """What stands in the form, and what is wrong with it."""

    mode: str = Mode.TIERED_RATE.value
    amount_per_unit: str = ""
    measure: str = Measure.LINE_AMOUNT.value
    method: str = Method.WHOLE.value
    tiers: list[TierRow] = field(default_factory=lambda: [TierRow("0", "")])
    member_price_earns: bool = True
    promo_price_earns: bool = True
    floor_price: str = ""
    cap_per_unit: str = ""
    uplines: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    """By field."""
    terms: RuleTerms | None = None
    """Where nothing is wrong."""

    @property
    def is_fixed(self) -> bool:
        return self.mode == Mode.FIXED.value

    @property
    def in_units(self) -> bool:
        """Whether tiers start at so many units, instead of yuan."""
        return self.measure in {each.value for each in UNIT_MEASURES}

    @property
    def is_period(self) -> bool:
        """Whether the month's sales count."""
        return not self.is_fixed and self.measure.startswith("period_")

    @property
    def slots(self) -> list[tuple[str, str]]:
        """Every place at which a fault may be shown, with the fault or nothing."""
        names = [
            "mode", "amount_per_unit", "measure", "method", "tiers", "floor_price", "cap_per_unit",
            "upline_rates",
        ]  # fmt: skip
        for index in range(len(self.tiers)):
            names += [f"tiers[{index}].from", f"tiers[{index}].rate"]
        names += [f"upline_rates[{index}]" for index in range(len(self.uplines))]
        return [(slot(name), self.faults.get(name, "")) for name in names]

    @property
    def by_slot(self) -> dict[str, str]:
        return dict(self.slots)

    def check(self) -> RuleDraft:
        """Find what is wrong; the terms where nothing is."""
        self.faults, self.terms = {}, None
        document = self._document()
        if self.faults:
            return self
        try:
            self.terms = accept(document, upline_limit=settings.YIPAN_UPLINE_LIMIT)
        except RuleRefused as refused:
            language = get_language() or "en"
            for problem in refused.problems:
                words = _WORDS.get(problem.code)
                self.faults.setdefault(
                    problem.field, str(words) if words else problem.sentence(language)
                )
        return self

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "mode": self.mode,
            "member_price_earns": self.member_price_earns,
            "promo_price_earns": self.promo_price_earns,
            "floor_price": self._fen("floor_price", self.floor_price),
            "cap_per_unit": self._fen("cap_per_unit", self.cap_per_unit),
            "upline_rates": [
                rate
                for index, text in enumerate(self.uplines)
                if (rate := self._rate(f"upline_rates[{index}]", text)) is not None
            ],
        }
        if self.is_fixed:
            amount = self._fen("amount_per_unit", self.amount_per_unit)
            return {**document, "amount_per_unit": amount}
        tiers = []
        for index, tier in enumerate(self.tiers):
            start, rate = f"tiers[{index}].from", f"tiers[{index}].rate"
            tiers.append(
                {
                    "from": self._needed(start, self._start(start, tier.start)),
                    "rate": self._needed(rate, self._rate(rate, tier.rate)),
                }
            )
        return {**document, "measure": self.measure, "method": self.method, "tiers": tiers}

    def _needed(self, name: str, value: Any) -> Any:
        if value is None and name not in self.faults:
            self.faults[name] = str(_WORDS["missing"])
        return value

    def _start(self, name: str, text: str) -> int | None:
        if not self.in_units:
            return self._fen(name, text)
        plain = text.replace(",", "").strip()
        if not plain:
            return None
        if not (plain.isascii() and plain.isdecimal() and len(plain) < 16):
            self.faults[name] = _("Write a whole number of units, such as 10.")
            return None
        return int(plain)

    def _fen(self, name: str, text: str) -> int | None:
        plain = text.replace(",", "").strip().lstrip("¥￥")
        if not plain:
            return None
        try:
            fen = fen_from_yuan(Decimal(plain))
        except (InvalidOperation, ValueError):
            fen = -1
        if not 0 <= fen <= 10**15:
            self.faults[name] = _("Write an amount in yuan, such as 3.50.")
            return None
        return fen

    def _rate(self, name: str, text: str) -> str | None:
        plain = text.strip().rstrip("%％").strip()
        if not plain:
            return None
        try:
            percent = Decimal(plain)
        except InvalidOperation:
            percent = Decimal(-1)
        exact = percent.is_finite() and 0 <= percent <= 100
        if not exact or percent != round(percent, 4):
            self.faults[name] = _("Write per cent from 0 to 100, with at most 4 decimals.")
            return None
        return rate_text(percent / 100)


def draft_of_terms(terms: RuleTerms) -> RuleDraft:
    """The form that says what these terms say."""
    in_units = terms.measure in UNIT_MEASURES
    return RuleDraft(
        mode=terms.mode.value,
        amount_per_unit=_yuan_text(terms.amount_per_unit),
        measure=(terms.measure or Measure.LINE_AMOUNT).value,
        method=(terms.method or Method.WHOLE).value,
        tiers=[
            TierRow(
                str(tier.start) if in_units else _yuan_text(tier.start), _percent_text(tier.rate)
            )
            for tier in terms.tiers
        ]
        or [TierRow("0", "")],
        member_price_earns=terms.member_price_earns,
        promo_price_earns=terms.promo_price_earns,
        floor_price=_yuan_text(terms.floor_price),
        cap_per_unit=_yuan_text(terms.cap_per_unit),
        uplines=_uplines([_percent_text(rate) for rate in terms.upline_rates]),
    ).check()


def empty_draft() -> RuleDraft:
    """The form of a new rule."""
    return RuleDraft(uplines=_uplines([]))


def draft_of_form(given: QueryDict) -> RuleDraft:
    """The form as it was sent, checked. `act` adds a tier, or takes one out."""
    starts, rates = given.getlist("tier-from"), given.getlist("tier-rate")
    tiers = [TierRow(start, rate) for start, rate in zip(starts, rates, strict=False)][:60]
    act = given.get("act", "")
    if act == "add":
        tiers.append(TierRow())
    elif act.startswith("remove:") and (place := whole(act[7:])) is not None and len(tiers) > 1:
        del tiers[place : place + 1]
        tiers[0].start = "0"
    draft = RuleDraft(
        mode=given.get("mode", Mode.TIERED_RATE.value),
        amount_per_unit=given.get("amount_per_unit", ""),
        measure=given.get("measure", Measure.LINE_AMOUNT.value),
        method=given.get("method", Method.WHOLE.value),
        tiers=tiers or [TierRow("0", "")],
        member_price_earns="member_price_earns" in given,
        promo_price_earns="promo_price_earns" in given,
        floor_price=given.get("floor_price", ""),
        cap_per_unit=given.get("cap_per_unit", ""),
        uplines=_uplines(given.getlist("upline")),
    )
    return draft.check()


def _uplines(texts: Sequence[str]) -> list[str]:
    """One text for each level that the deployment lets earn."""
    limit = min(settings.YIPAN_UPLINE_LIMIT, HIGHEST_UPLINE_LIMIT)
    return [*texts, *[""] * limit][: max(limit, 0)]


def _yuan_text(fen: int | None) -> str:
    if fen is None:
        return ""
    text = f"{Decimal(fen) / 100:.2f}"
    return text.removesuffix(".00")


def _percent_text(rate: Decimal) -> str:
    return rate_text(rate * 100)
