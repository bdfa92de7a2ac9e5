"""Terms in words, the same for lists, pages and what changed between versions."""

from __future__ import annotations

from tests.distribution.pool.rule_cases import fixed, flat
from yipan.distribution.pool.rules import RuleTerms
from yipan.distribution.pool.summary import differences, in_short, ladder, said

TIERS = RuleTerms.from_data(
    {
        "mode": "tiered_rate",
        "measure": "line_quantity",
        "method": "marginal",
        "tiers": [{"from": 0, "rate": "0.02"}, {"from": 3, "rate": "0.0625"}],
        "upline_rates": ["0.01"],
    }
)
FLAT = RuleTerms.from_data(flat("0.08"))
FIXED = RuleTerms.from_data(fixed(350))


def test_terms_in_short() -> None:
    assert [in_short(each) for each in (FIXED, FLAT, TIERS)] == [
        "¥3.50 per unit", "8%", "2% – 6.25%, 2 tiers",
    ]  # fmt: skip


def test_a_ladder_is_read_in_its_own_measure() -> None:
    assert [(step.span, step.rate) for step in ladder(TIERS)] == [
        ("0 units to below 3 units", "2%"), ("from 3 units", "6.25%"),
    ]  # fmt: skip
    assert ladder(FIXED) == []


def test_everything_that_terms_say_is_said() -> None:
    assert dict(said(TIERS))["Share of upline 1"] == "1%"
    assert dict(said(FIXED))["Amount per unit"] == "¥3.50"


def test_only_what_differs_is_a_difference() -> None:
    assert differences(FLAT, FLAT) == []
    labels = {each.label for each in differences(FLAT, FIXED)}
    assert labels == {"Kind", "Rate", "Amount per unit"}
    assert all(each.before == "–" for each in differences(None, FIXED))
