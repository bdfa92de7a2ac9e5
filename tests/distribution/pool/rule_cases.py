"""Rules, lines and progress for tests: the tiers of the page, builders, random valid rules."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from yipan.distribution.pool.rules import (
    CompiledRule,
    LineFigures,
    PriceKind,
    Progress,
    RuleTerms,
    compile_rule,
)

T = [
    {"from": 0, "rate": "0.05"},
    {"from": 10_000, "rate": "0.08"},
    {"from": 50_000, "rate": "0.1"},
]

LIST, MEMBER, PROMO = PriceKind.LIST, PriceKind.MEMBER, PriceKind.PROMO


def fixed(amount_per_unit: int, **more: object) -> dict[str, Any]:
    return {"mode": "fixed", "amount_per_unit": amount_per_unit, **more}


def tiered(
    measure: str, method: str, tiers: list[dict[str, Any]] | None = None, **more: object
) -> dict[str, Any]:
    tiers = T if tiers is None else tiers
    return {"mode": "tiered_rate", "measure": measure, "method": method, "tiers": tiers, **more}


def flat(rate: str, **more: object) -> dict[str, Any]:
    return tiered("line_amount", "whole", [{"from": 0, "rate": rate}], **more)


def compiled(rule: dict[str, Any]) -> CompiledRule:
    return compile_rule(RuleTerms.from_data(rule), version=7)


def _rate(millionths: int) -> str:
    return format((Decimal(millionths) / 1_000_000).normalize(), "f")


# Small figures on purpose: they meet tier starts, caps and half fen far more often than large ones.
PROGRESS = st.builds(Progress, st.integers(0, 40), st.integers(0, 4_000))
LINES = st.builds(
    LineFigures,
    st.integers(1, 12),
    st.one_of(st.integers(0, 60), st.integers(0, 4_000), st.integers(0, 10**13)),
    st.sampled_from(PriceKind),
)
UPLINES = st.lists(st.booleans(), max_size=3).map(tuple)

_MILLIONTHS = st.one_of(
    st.sampled_from([0, 1, 5_000, 20_000, 50_000, 125_000, 333_333, 500_000, 1_000_000]),
    st.integers(0, 1_000_000),
)
_KINDS = [
    (measure, method)
    for measure in (
        "line_amount",
        "unit_price",
        "line_quantity",
        "period_units",
        "period_amount",
    )
    for method in ("whole", "marginal")
    if (measure, method) != ("unit_price", "marginal")
]


@st.composite
def rules(draw: st.DrawFn, kinds: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Any rule that may be saved with two upline levels; only of `kinds` where these are given."""
    none_or = st.one_of(st.none(), st.integers(0, 900))
    rule: dict[str, Any] = {
        "member_price_earns": draw(st.booleans()),
        "promo_price_earns": draw(st.booleans()),
        "floor_price": draw(none_or),
        "cap_per_unit": draw(none_or),
    }
    highest = 0
    if kinds is None and draw(st.booleans()):
        rule |= fixed(draw(st.integers(0, 1_500)))
    else:
        measure, method = draw(st.sampled_from(kinds or _KINDS))
        most = 60 if measure in {"line_quantity", "period_units"} else 5_000
        starts = draw(st.lists(st.integers(1, most), unique=True, max_size=6).map(sorted))
        rates = [draw(_MILLIONTHS) for _ in range(len(starts) + 1)]
        highest = max(rates)
        tiers = [
            {"from": start, "rate": _rate(rate)}
            for start, rate in zip([0, *starts], rates, strict=True)
        ]
        rule |= tiered(measure, method, tiers)
    left = 1_000_000 - highest
    nearest = draw(st.integers(0, left))
    farthest = draw(st.integers(0, left - nearest))
    levels = draw(st.integers(0, 2))
    rule["upline_rates"] = [_rate(rate) for rate in (nearest, farthest)[:levels]]
    return rule
