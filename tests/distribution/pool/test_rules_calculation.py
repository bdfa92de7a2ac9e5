"""Every gate, tier edge, cap and rounding of commission.md §3 and §4, at the fen where it turns."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.distribution.pool.rule_cases import (
    LIST,
    MEMBER,
    PROMO,
    T,
    compiled,
    fixed,
    flat,
    tiered,
)
from yipan.distribution.pool.rules import (
    LineFigures,
    PriceKind,
    Progress,
    RuleRefused,
    RuleTerms,
    compile_rule,
)

UNIT_TIERS = [{"from": 0, "rate": "0.02"}, {"from": 3, "rate": "0.06"}]
AT_NET = ("CAPPED_AT_NET_AMOUNT",)
FLOAT: Any = 1.0
WHOLESALE: Any = "wholesale"


def seller(
    rule: dict[str, Any], quantity: int, net: int, kind: PriceKind = LIST
) -> tuple[Any, ...]:
    return tuple(compiled(rule).compute(LineFigures(quantity, net, kind)).seller)


@pytest.mark.parametrize(
    ("rule", "line", "reason", "passed"),
    [
        (fixed(350), (1, 0, LIST), "NOTHING_PAID", 0),
        (fixed(350, member_price_earns=False), (1, 0, MEMBER), "NOTHING_PAID", 0),
        (fixed(350, member_price_earns=False), (1, 1, MEMBER), "PRICE_KIND_EXCLUDED", 1),
        (fixed(350, promo_price_earns=False), (1, 1, PROMO), "PRICE_KIND_EXCLUDED", 1),
        (
            fixed(350, promo_price_earns=False, floor_price=9_000),
            (1, 1, PROMO),
            "PRICE_KIND_EXCLUDED",
            1,
        ),
        (fixed(350, floor_price=9_000), (2, 17_999, LIST), "BELOW_FLOOR_PRICE", 2),
        (fixed(350, floor_price=9_000), (1, 8_999, MEMBER), "BELOW_FLOOR_PRICE", 2),
    ],
)
def test_the_first_gate_that_closes_gives_nothing_to_anybody(
    rule: dict[str, Any], line: tuple[int, int, PriceKind], reason: str, passed: int
) -> None:
    rule = rule | {"upline_rates": ["0.1", "0.1"]}
    result = compiled(rule).compute(LineFigures(*line), uplines=(True, False))
    assert [result.seller, *result.uplines] == [(0, reason, ())] * 3
    assert result.explanation["gates"]["closed"] == reason
    assert len(result.explanation["gates"]["passed"]) == passed
    assert not result.counts_for_progress
    assert result.total == 0


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (fixed(350, member_price_earns=False, promo_price_earns=False), (1, 9_000, LIST)),
        (fixed(350, promo_price_earns=False), (1, 9_000, MEMBER)),
        (fixed(350, member_price_earns=False), (1, 9_000, PROMO)),
        (fixed(350, floor_price=9_000), (1, 9_000, LIST)),
        (fixed(350, floor_price=0), (1, 9_000, LIST)),
    ],
)
def test_an_open_gate_lets_the_line_earn(
    rule: dict[str, Any], line: tuple[int, int, PriceKind]
) -> None:
    result = compiled(rule).compute(LineFigures(*line))
    assert result.seller == (350, None, ())
    assert result.counts_for_progress


@pytest.mark.parametrize(
    ("rule", "quantity", "net", "progress", "amount"),
    [
        # whole: the tier is reached at its start, not before
        (tiered("line_amount", "whole"), 1, 49_999, None, 4_000),
        (tiered("line_amount", "whole"), 1, 50_000, None, 5_000),
        (tiered("unit_price", "whole"), 3, 30_000, None, 2_400),
        (tiered("unit_price", "whole"), 3, 30_001, None, 2_400),
        (tiered("unit_price", "whole"), 7, 69_999, None, 3_500),
        (tiered("line_quantity", "whole", UNIT_TIERS), 2, 10_000, None, 200),
        (tiered("line_quantity", "whole", UNIT_TIERS), 3, 10_000, None, 600),
        # a whole measure of the period counts this line too
        (tiered("period_units", "whole", UNIT_TIERS), 1, 10_000, Progress(1, 0), 200),
        (tiered("period_units", "whole", UNIT_TIERS), 1, 10_000, Progress(2, 0), 600),
        (tiered("period_amount", "whole"), 1, 1, Progress(0, 9_999), 0),
        (tiered("period_amount", "whole"), 1, 10, Progress(0, 9_990), 1),
        (tiered("period_amount", "whole"), 1, 10, Progress(0, 9_989), 1),
        # marginal: slices end where the next tier starts
        (tiered("line_amount", "marginal"), 1, 10_000, None, 500),
        (tiered("line_amount", "marginal"), 1, 10_100, None, 508),
        (tiered("line_quantity", "marginal", UNIT_TIERS), 3, 10_000, None, 200),
        (tiered("line_quantity", "marginal", UNIT_TIERS), 4, 10_000, None, 300),
        (tiered("period_units", "marginal", UNIT_TIERS), 1, 10_000, Progress(2, 0), 200),
        (tiered("period_units", "marginal", UNIT_TIERS), 1, 10_000, Progress(3, 0), 600),
        (tiered("period_units", "marginal", UNIT_TIERS), 2, 10_000, Progress(2, 0), 400),
        (tiered("period_amount", "marginal"), 1, 60_000, Progress(0, 0), 4_700),
        (tiered("period_amount", "marginal"), 1, 60_000, Progress(0, 10_000), 5_200),
        (tiered("period_amount", "marginal"), 1, 60_000, Progress(0, 50_000), 6_000),
    ],
)
def test_a_tier_turns_exactly_at_its_start(
    rule: dict[str, Any], quantity: int, net: int, progress: Progress | None, amount: int
) -> None:
    assert compiled(rule).compute(LineFigures(quantity, net), progress).seller.amount == amount


@pytest.mark.parametrize(
    ("rule", "quantity", "net", "expected"),
    [
        (fixed(500, cap_per_unit=400), 3, 9_000, (1_200, None, ("CAPPED_PER_UNIT",))),
        (fixed(400, cap_per_unit=400), 3, 9_000, (1_200, None, ())),
        (fixed(500), 1, 500, (500, None, ())),
        (fixed(500), 1, 499, (499, None, AT_NET)),
        (fixed(500, cap_per_unit=400), 2, 700, (700, None, ("CAPPED_PER_UNIT", *AT_NET))),
        (flat("0.1", cap_per_unit=100), 1, 1_000, (100, None, ())),
        # the cap is compared with the exact amount: 100.4 fen is above 100
        (flat("0.1", cap_per_unit=100), 1, 1_004, (100, None, ("CAPPED_PER_UNIT",))),
        (flat("1"), 1, 1_000, (1_000, None, ())),
        # a cap of 0 leaves nothing to round
        (fixed(500, cap_per_unit=0), 1, 900, (0, "ZERO_RATE", ("CAPPED_PER_UNIT",))),
    ],
)
def test_caps_bite_only_above_their_limit(
    rule: dict[str, Any], quantity: int, net: int, expected: tuple[Any, ...]
) -> None:
    assert seller(rule, quantity, net) == expected


@pytest.mark.parametrize(
    ("rule", "net", "expected"),
    [
        (flat("0.05"), 10, (1, None, ())),  # 0.5 rounds up
        (flat("0.05"), 9, (0, "ROUNDED_TO_ZERO", ())),
        (flat("0.05"), 30, (2, None, ())),  # 1.5, not to even
        (flat("0.05"), 50, (3, None, ())),  # 2.5, not to even
        (flat("0.000001"), 499_999, (0, "ROUNDED_TO_ZERO", ())),
        (flat("0.000001"), 500_000, (1, None, ())),
        (flat("0"), 10_000, (0, "ZERO_RATE", ())),
        (fixed(0), 10_000, (0, "ZERO_RATE", ())),
        (flat("0.333333"), 10**13, (3_333_330_000_000, None, ())),
    ],
)
def test_amounts_round_half_up_once(
    rule: dict[str, Any], net: int, expected: tuple[Any, ...]
) -> None:
    assert seller(rule, 1, net) == expected


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ((), [(0, "UPLINE_MISSING", ()), (0, "UPLINE_MISSING", ())]),
        ((True,), [(30, None, ()), (0, "UPLINE_MISSING", ())]),
        ((False, True), [(0, "UPLINE_NOT_QUALIFIED", ()), (20, None, ())]),
        ((True, False), [(30, None, ()), (0, "UPLINE_NOT_QUALIFIED", ())]),
        ((True, True, True), [(30, None, ()), (20, None, ())]),
    ],
)
def test_the_share_of_an_absent_upline_goes_to_nobody(
    there: tuple[bool, ...], expected: list[tuple[Any, ...]]
) -> None:
    rule = compiled(fixed(100, upline_rates=["0.03", "0.02"]))
    result = rule.compute(LineFigures(1, 1_000), uplines=there)
    assert result.seller.amount == 100
    assert list(result.uplines) == expected


@pytest.mark.parametrize(
    ("amount_per_unit", "rates", "net", "expected"),
    [
        (600, ["0.5", "0.4"], 1_000, [(400, None, AT_NET), (0, AT_NET[0], AT_NET)]),
        (1_000, ["0.5", "0.4"], 1_000, [(0, AT_NET[0], AT_NET)] * 2),
        (550, ["0.4", "0.1"], 1_000, [(400, None, ()), (50, None, AT_NET)]),
        (500, ["0.4", "0.1"], 1_000, [(400, None, ()), (100, None, ())]),
        (999, ["0", "0.0004"], 1_000, [(0, "ZERO_RATE", ()), (0, "ROUNDED_TO_ZERO", ())]),
        # an amount of 0 was not cut, even where nothing is left
        (1_000, ["0.0004"], 1_000, [(0, "ROUNDED_TO_ZERO", ())]),
    ],
)
def test_uplines_are_cut_from_the_farthest(
    amount_per_unit: int, rates: list[str], net: int, expected: list[tuple[Any, ...]]
) -> None:
    rule = compiled(fixed(amount_per_unit, upline_rates=rates))
    result = rule.compute(LineFigures(1, net), uplines=(True, True))
    assert list(result.uplines) == expected
    assert result.total <= net


def test_rounding_up_on_both_sides_never_pays_more_than_the_line() -> None:
    rule = compiled(flat("0.5", upline_rates=["0.5"]))
    result = rule.compute(LineFigures(1, 1), uplines=(True,))
    assert result.seller.amount == 1
    assert result.uplines == ((0, "CAPPED_AT_NET_AMOUNT", AT_NET),)


def test_an_unqualified_farther_upline_does_not_shelter_the_nearer_from_the_cut() -> None:
    rule = compiled(fixed(800, upline_rates=["0.5", "0.4"]))
    result = rule.compute(LineFigures(1, 1_000), uplines=(True, False))
    assert [share.amount for share in result.uplines] == [200, 0]
    assert result.uplines[1].reason == "UPLINE_NOT_QUALIFIED"


def test_the_explanation_holds_everything_that_made_the_amount() -> None:
    rule = compiled(tiered("period_amount", "marginal", floor_price=100, upline_rates=["0.0125"]))
    result = rule.compute(LineFigures(2, 5_001, MEMBER), Progress(4, 8_000), (True,))
    assert result.explanation == {
        "format": 1,
        "rule": {
            "version": 7,
            "mode": "tiered_rate",
            "amount_per_unit": None,
            "measure": "period_amount",
            "method": "marginal",
            "floor_price": 100,
            "cap_per_unit": None,
        },
        "line": {"quantity": 2, "net_amount": 5_001, "price_kind": "member"},
        "progress": {"units": 4, "amount": 8_000},
        "gates": {
            "passed": ["NOTHING_PAID", "PRICE_KIND_EXCLUDED", "BELOW_FLOOR_PRICE"],
            "closed": None,
        },
        "steps": [
            {"from": 8_000, "until": 10_000, "value": None, "rate": "0.05", "raw": "100"},
            {"from": 10_000, "until": 13_001, "value": None, "rate": "0.08", "raw": "6002/25"},
        ],
        "seller": {
            "raw": "8502/25",
            "caps": [],
            "before_rounding": "8502/25",
            "amount": 340,
            "reason": None,
        },
        "uplines": [
            {
                "level": 1,
                "rate": "0.0125",
                "before_rounding": "5001/80",
                "rounded": 63,
                "caps": [],
                "amount": 63,
                "reason": None,
            }
        ],
    }


def test_the_explanation_of_a_whole_tier_says_which_value_reached_it() -> None:
    result = compiled(tiered("unit_price", "whole")).compute(LineFigures(3, 29_999))
    assert result.explanation["steps"] == [
        {"from": 0, "until": 10_000, "value": "29999/3", "rate": "0.05", "raw": "29999/20"}
    ]


def test_the_explanation_names_the_caps_that_bit() -> None:
    rule = compiled(fixed(900, cap_per_unit=600, upline_rates=["0.5"]))
    result = rule.compute(LineFigures(2, 1_000), uplines=(True,))
    part = result.explanation["seller"]
    assert part is not None
    assert (part["raw"], part["before_rounding"], part["amount"]) == ("1800", "1000", 1_000)
    assert part["caps"] == [
        {"code": "CAPPED_PER_UNIT", "limit": 1_200},
        {"code": "CAPPED_AT_NET_AMOUNT", "limit": 1_000},
    ]
    upline = result.explanation["uplines"][0]
    assert (upline["rounded"], upline["amount"], upline["reason"]) == (500, 0, AT_NET[0])
    assert upline["caps"] == [{"code": "CAPPED_AT_NET_AMOUNT", "limit": 0}]


def test_explanations_of_one_rule_share_nothing_that_can_be_changed() -> None:
    rule = compiled(tiered("line_amount", "whole"))
    first = rule.compute(LineFigures(1, 500)).explanation
    untouched = json.dumps(rule.compute(LineFigures(1, 500)).explanation)
    first["rule"]["mode"] = "changed"
    first["gates"]["passed"].clear()
    first["steps"].clear()
    assert json.dumps(rule.compute(LineFigures(1, 500)).explanation) == untouched


@pytest.mark.parametrize(
    "attempt",
    [
        lambda rule: rule.compute(LineFigures(0, 100), Progress()),
        lambda rule: rule.compute(LineFigures(1, -1), Progress()),
        lambda rule: rule.compute(LineFigures(1, FLOAT), Progress()),
        lambda rule: rule.compute(LineFigures(True, 100), Progress()),
        lambda rule: rule.compute(LineFigures(1, 100, WHOLESALE), Progress()),
        lambda rule: rule.compute(LineFigures(1, 100)),
        lambda rule: rule.compute(LineFigures(1, 100), Progress(-1, 0)),
        lambda rule: rule.compute(LineFigures(1, 100), Progress(0, -1)),
        lambda rule: rule.compute(LineFigures(1, 100), Progress(0, FLOAT)),
    ],
)
def test_figures_that_no_order_line_has_are_refused(attempt: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=r"figures|progress|wholesale"):
        attempt(compiled(tiered("period_units", "whole", UNIT_TIERS)))


def test_a_price_kind_given_as_text_is_taken_for_what_it_says() -> None:
    text: Any = "promo"
    rule = compiled(fixed(350, promo_price_earns=False))
    assert rule.compute(LineFigures(1, 900, text)).seller.reason == "PRICE_KIND_EXCLUDED"


def test_only_period_rules_ask_for_progress() -> None:
    assert compiled(tiered("period_amount", "whole")).needs_progress
    rule = compiled(tiered("line_amount", "whole"))
    assert not rule.needs_progress
    line = LineFigures(1, 500)
    assert rule.compute(line, Progress(9, 90_000)) == rule.compute(line)


def test_progress_grows_by_a_line() -> None:
    assert Progress(2, 500).after(LineFigures(3, 700)) == Progress(5, 1_200)


def test_a_rule_that_could_never_be_saved_does_not_compile() -> None:
    broken = RuleTerms.from_data(tiered("line_amount", "whole", T[1:]))
    with pytest.raises(RuleRefused):
        compile_rule(broken)
