"""The engine against a plain calculation with fractions, and promises that hold for all rules."""

import json
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.commission_engine import answered, reference
from tests.distribution.pool.rule_cases import LINES, PROGRESS, UPLINES, compiled, rules
from yipan.distribution.pool.rules import LineFigures, Progress, sentence

UPLINE_PAIRS = st.sampled_from([(), (True,), (False,), (True, True), (False, True), (True, False)])
PERIOD_SLICES = [("period_amount", "marginal")]


def exact(result: Any) -> Fraction:
    part = result.explanation["seller"]
    return Fraction(0) if part is None else Fraction(part["raw"])


@settings(max_examples=1_000, deadline=None)
@given(rules(), LINES, PROGRESS, UPLINE_PAIRS)
def test_the_engine_agrees_with_the_reference(
    rule: dict[str, Any], line: LineFigures, progress: Progress, uplines: tuple[bool, ...]
) -> None:
    assert answered(compiled(rule), (line, progress, uplines)) == reference(
        rule, line, progress, uplines
    )


@given(rules(), LINES, PROGRESS, UPLINES)
def test_nobody_gets_less_than_nothing_and_together_no_more_than_was_paid(
    rule: dict[str, Any], line: LineFigures, progress: Progress, uplines: tuple[bool, ...]
) -> None:
    result = compiled(rule).compute(line, progress, uplines)
    shares = [result.seller, *result.uplines]
    assert all(share.amount >= 0 for share in shares)
    assert result.total == sum(share.amount for share in shares) <= line.net_amount
    assert len(result.uplines) == len(rule["upline_rates"])


@given(rules(), LINES, PROGRESS, UPLINES)
def test_an_amount_has_a_reason_exactly_where_it_is_zero(
    rule: dict[str, Any], line: LineFigures, progress: Progress, uplines: tuple[bool, ...]
) -> None:
    result = compiled(rule).compute(line, progress, uplines)
    for share in (result.seller, *result.uplines):
        assert (share.reason is None) == (share.amount > 0)


@given(rules(), LINES, PROGRESS, UPLINES)
def test_the_explanation_is_json_and_adds_up(
    rule: dict[str, Any], line: LineFigures, progress: Progress, uplines: tuple[bool, ...]
) -> None:
    result = compiled(rule).compute(line, progress, uplines)
    explanation = result.explanation
    assert json.loads(json.dumps(explanation)) == explanation
    part = explanation["seller"]
    if part is None:
        assert explanation["gates"]["closed"] == result.seller.reason
        return
    if rule["mode"] == "tiered_rate":
        assert sum(Fraction(step["raw"]) for step in explanation["steps"]) == Fraction(part["raw"])
    assert part["amount"] == result.seller.amount
    assert abs(Fraction(part["before_rounding"]) - part["amount"]) <= Fraction(1, 2)
    assert tuple(cap["code"] for cap in part["caps"]) == result.seller.notes
    assert [(each["amount"], each["reason"]) for each in explanation["uplines"]] == [
        (share.amount, share.reason) for share in result.uplines
    ]


@given(rules(), LINES, PROGRESS, UPLINES, st.sampled_from(["en", "zh-hans"]))
def test_every_explanation_reads_as_one_sentence(
    rule: dict[str, Any],
    line: LineFigures,
    progress: Progress,
    uplines: tuple[bool, ...],
    language: str,
) -> None:
    result = compiled(rule).compute(line, progress, uplines)
    for level in range(1 + len(result.uplines)):
        words = sentence(result.explanation, language, level=level)
        assert words.endswith("。" if language == "zh-hans" else ".")
        assert "{" not in words
        assert "None" not in words


@given(rules(PERIOD_SLICES), st.integers(1, 4_000), st.integers(1, 4_000), PROGRESS)
def test_slices_of_the_period_give_the_same_however_the_sale_is_cut(
    rule: dict[str, Any], first: int, second: int, progress: Progress
) -> None:
    """One line, or two after one another: before rounding the sum is the same."""
    engine = compiled(rule | {"floor_price": None})
    one, two = LineFigures(1, first), LineFigures(1, second)
    both = engine.compute(LineFigures(1, first + second), progress)
    apart = [engine.compute(one, progress), engine.compute(two, progress.after(one))]
    assert exact(both) == exact(apart[0]) + exact(apart[1])


@given(rules([("period_units", "marginal")]), st.data(), PROGRESS)
def test_slices_by_units_give_the_same_however_equal_units_are_cut(
    rule: dict[str, Any], data: st.DataObject, progress: Progress
) -> None:
    price, first, second = (data.draw(st.integers(1, 40)) for _ in range(3))
    engine = compiled(rule | {"floor_price": None})
    one, two = LineFigures(first, first * price), LineFigures(second, second * price)
    both = engine.compute(LineFigures(first + second, (first + second) * price), progress)
    apart = [engine.compute(one, progress), engine.compute(two, progress.after(one))]
    assert exact(both) == exact(apart[0]) + exact(apart[1])


@given(rules([("line_amount", "marginal")]), st.integers(1, 4_000), st.integers(0, 4_000))
def test_a_marginal_rule_never_pays_less_for_more(
    rule: dict[str, Any], net: int, more: int
) -> None:
    engine = compiled(rule | {"floor_price": None, "cap_per_unit": None})
    less = engine.compute(LineFigures(1, net)).seller.amount
    assert less <= engine.compute(LineFigures(1, net + more)).seller.amount


@given(LINES, PROGRESS, rules(), st.sampled_from(["whole", "marginal"]))
def test_with_one_tier_the_method_makes_no_difference(
    line: LineFigures, progress: Progress, rule: dict[str, Any], method: str
) -> None:
    measures = ("line_amount", "line_quantity", "period_units", "period_amount")
    tiers = [{"from": 0, "rate": "0.087654"}]
    common = {"mode": "tiered_rate", "tiers": tiers, "cap_per_unit": rule["cap_per_unit"]}
    amounts = {
        compiled(common | {"measure": measure, "method": method}).compute(line, progress).seller
        for measure in measures
    }
    assert len(amounts) == 1
