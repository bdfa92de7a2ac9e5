"""The live trial beside the rule editor: what a sale would earn, to the fen, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yipan.distribution.pool import summary
from yipan.distribution.pool.queries import trial
from yipan.distribution.pool.rules import (
    LineFigures,
    Measure,
    Mode,
    PriceKind,
    Progress,
    Result,
    RuleTerms,
    compile_rule,
    reversal_due,
    sentence,
)
from yipan.goods.catalogue.queries import SkuCard, cards, prices_at, search, skus_by_code
from yipan.goods.catalogue.rules import SkuPrices
from yipan.group.organisations.queries import Node
from yipan.kernel import clock
from yipan.kernel.money import fen_from_yuan

POINTS: Final = 40
"""Of the curve."""
DEFAULT_PRICE: Final = 10_000
_MOST_FEN: Final = 10**13
_MOST_UNITS: Final = 10**9


@dataclass(slots=True)
class TrialForm:
    """The sale to be tried, as typed."""

    sku: str = ""
    price: str = ""
    quantity: str = "1"
    kind: str = PriceKind.LIST.value
    units: str = ""
    amount: str = ""
    refund: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> TrialForm:
        """From a form."""
        return cls(
            sku=given.get("trial-sku", "").strip()[:60],
            price=given.get("trial-price", ""),
            quantity=given.get("trial-quantity", "1"),
            kind=given.get("trial-kind", PriceKind.LIST.value),
            units=given.get("trial-units", ""),
            amount=given.get("trial-amount-before", ""),
            refund=given.get("trial-refund", ""),
        )


@dataclass(slots=True)
class Tried:
    """What came of it. Amounts in fen."""

    form: TrialForm
    sku: SkuCard | None = None
    prices: SkuPrices = field(default_factory=SkuPrices)
    price: int = 0
    quantity: int = 1
    net: int = 0
    amount: int | None = None
    why: str = ""
    uplines: list[tuple[int, int, str]] = field(default_factory=list)
    """Level, amount, why."""
    refund: int = 0
    reversed: int = 0
    left: int = 0
    ladder: list[tuple[summary.Step, bool]] = field(default_factory=list)
    """The tiers, and whether the sale reached each."""
    curve: dict[str, Any] = field(default_factory=dict)
    rate: str = ""
    """What the amount is of what was paid."""


def try_out(terms: RuleTerms | None, form: TrialForm, node: Node) -> Tried:
    """Compute a sale in an organisation under terms that need not be saved. Two statements.

    Without terms only the sale itself is read.
    """
    tried = Tried(form)
    _read_sale(tried, node)
    if terms is None:
        return tried
    kind = PriceKind(form.kind) if form.kind in set(PriceKind) else PriceKind.LIST
    progress = Progress(_whole(form.units, 0), _fen(form.amount) or 0)
    uplines = [True] * len(terms.upline_rates)
    line = LineFigures(tried.quantity, tried.net, kind)
    done = trial(rule=compile_rule(terms), lines=[line], progress=progress, uplines=uplines)
    (result,) = done.results
    _tell(tried, result)
    _refund(tried)
    tried.ladder = _ladder(terms, result)
    tried.curve = _curve(terms, tried, progress)
    return tried


def suggestions(text: str) -> list[SkuCard]:
    """SKUs that a typed text may mean."""
    return search(text=text[:60], limit=8).items if text.strip() else []


def _read_sale(tried: Tried, node: Node) -> None:
    form = tried.form
    if form.sku:
        figures = skus_by_code([form.sku]).get(form.sku)
        if figures is not None:
            tried.sku = cards([figures.id]).get(figures.id)
            tried.prices = prices_at([figures.id], node.lineage, clock.now())[figures.id]
    kind = form.kind if form.kind in set(PriceKind) else PriceKind.LIST.value
    price = _fen(form.price)
    if price is None:
        price = tried.prices.of_kind(kind) or tried.prices.list_price or DEFAULT_PRICE
    tried.price = price
    tried.quantity = max(1, _whole(form.quantity, 1))
    tried.net = min(price * tried.quantity, _MOST_FEN)


def _tell(tried: Tried, result: Result) -> None:
    language = get_language() or "en"
    tried.amount = result.seller.amount
    tried.why = sentence(result.explanation, language)
    if tried.net:
        share = Decimal(result.seller.amount * 100) / Decimal(tried.net)
        tried.rate = f"{share:.2f}%"
    if result.explanation["gates"]["closed"] is None:
        tried.uplines = [
            (level, share_of.amount, sentence(result.explanation, language, level=level))
            for level, share_of in enumerate(result.uplines, start=1)
        ]


def _refund(tried: Tried) -> None:
    refund = min(_fen(tried.form.refund) or 0, tried.net)
    if refund and tried.amount is not None:
        tried.refund = refund
        tried.reversed = reversal_due(tried.amount, tried.net, refund, 0)
        tried.left = tried.amount - tried.reversed


def _ladder(terms: RuleTerms, result: Result) -> list[tuple[summary.Step, bool]]:
    reached = {step["from"] for step in result.explanation["steps"]}
    starts = [tier.start for tier in terms.tiers]
    hit = [
        any(start <= each and (end is None or each < end) for each in reached)
        for start, end in pairwise([*starts, None])
        if start is not None
    ]
    return list(zip(summary.ladder(terms), hit, strict=True))


def _curve(terms: RuleTerms, tried: Tried, progress: Progress) -> dict[str, Any]:
    """The commission over the measure: what the ladder looks like."""
    if terms.mode is Mode.FIXED or len(terms.tiers) < 2:
        return {}
    measure = terms.measure or Measure.LINE_AMOUNT
    starts = [tier.start for tier in terms.tiers]
    top = max(starts[-1] * 3 // 2, 1)
    # Both sides of each step, so that it stands upright.
    edges = {start - 1 for start in starts} | set(starts)
    points = {top * point // POINTS for point in range(1, POINTS + 1)} | edges
    rule = compile_rule(terms)
    labels, values = [], []
    for value in sorted(each for each in points if each > 0):
        line, before = _sale_at(measure, value, tried.price, progress)
        labels.append(summary.measured(measure, value))
        values.append(rule.compute(line, before).seller.amount)
    name = _("Commission amount")
    return {"labels": labels, "series": [{"name": name, "values": values}], "unit": "fen"}


def _sale_at(
    measure: Measure, value: int, price: int, progress: Progress
) -> tuple[LineFigures, Progress]:
    """A sale with that value of the measure."""
    match measure:
        case Measure.LINE_AMOUNT | Measure.UNIT_PRICE:
            return LineFigures(1, value), progress
        case Measure.LINE_QUANTITY:
            return LineFigures(value, price * value), progress
        case Measure.PERIOD_UNITS:
            return LineFigures(1, price), Progress(value - 1, 0)
        case _:
            return LineFigures(1, price), Progress(0, max(0, value - price))


def _whole(text: str, otherwise: int) -> int:
    plain = text.replace(",", "").strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 16):
        return otherwise
    return min(int(plain), _MOST_UNITS)


def _fen(text: str) -> int | None:
    plain = text.replace(",", "").strip().lstrip("¥￥")
    if not plain:
        return None
    try:
        fen = fen_from_yuan(Decimal(plain))
    except (InvalidOperation, ValueError):
        return None
    return fen if 0 <= fen <= _MOST_FEN else None


def kinds() -> Sequence[tuple[str, str]]:
    """The kinds of price, as choices."""
    return (
        (PriceKind.LIST.value, _("List price")),
        (PriceKind.MEMBER.value, _("Member price")),
        (PriceKind.PROMO.value, _("Promotion price")),
    )
