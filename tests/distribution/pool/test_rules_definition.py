"""What a rule may say: every refusal names its field, and what is accepted comes back unchanged."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.distribution.pool.rule_cases import T, fixed, flat, rules, tiered
from yipan.distribution.pool.rules import (
    Measure,
    Method,
    Mode,
    RuleRefused,
    RuleTerms,
    Tier,
    accept,
    validate,
)
from yipan.distribution.pool.rules.refusal import SENTENCES


def problems(data: object, upline_limit: int = 1) -> list[tuple[str, str]]:
    with pytest.raises(RuleRefused) as refused:
        accept(data, upline_limit=upline_limit)
    return [(each.field, each.code) for each in refused.value.problems]


def two_tiers(second: dict[str, Any]) -> dict[str, Any]:
    return tiered("line_amount", "whole", [{"from": 0, "rate": "0.05"}, second])


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        # §2, in its order
        (tiered("line_amount", "whole", T[1:]), "tiers[0].from", "first_tier_not_zero"),
        (two_tiers({"from": 0, "rate": "0.06"}), "tiers[1].from", "tiers_not_ascending"),
        (
            tiered("line_amount", "whole", [T[0], T[2], T[1]]),
            "tiers[2].from",
            "tiers_not_ascending",
        ),
        (two_tiers({"from": 5, "rate": "1.000001"}), "tiers[1].rate", "rate_out_of_range"),
        (two_tiers({"from": 5, "rate": "-0.05"}), "tiers[1].rate", "rate_out_of_range"),
        (two_tiers({"from": 5, "rate": 8}), "tiers[1].rate", "rate_out_of_range"),
        (two_tiers({"from": 5, "rate": "0.1234567"}), "tiers[1].rate", "rate_too_precise"),
        (fixed(1, upline_rates=["0.0000001"]), "upline_rates[0]", "rate_too_precise"),
        (fixed(1, upline_rates=["1.5"]), "upline_rates[0]", "rate_out_of_range"),
        (tiered("unit_price", "marginal"), "method", "marginal_unit_price"),
        (flat("0.95", upline_rates=["0.050001"]), "upline_rates", "rates_above_one"),
        (fixed(1, upline_rates=["0.1", "0.1"]), "upline_rates", "too_many_upline_rates"),
        (fixed(1, tiers=T), "tiers", "fixed_with_tiers"),
        (tiered("line_amount", "whole", []), "tiers", "tiered_rate_without_tiers"),
        (
            {"mode": "tiered_rate", "measure": "line_amount", "method": "whole"},
            "tiers",
            "tiered_rate_without_tiers",
        ),
        # fields that are missing, foreign or unknown
        ({"amount_per_unit": 5}, "mode", "missing"),
        ({"mode": "fixed"}, "amount_per_unit", "missing"),
        (fixed(1) | {"amount_per_unit": None}, "amount_per_unit", "missing"),
        (tiered("line_amount", "whole") | {"measure": None}, "measure", "missing"),
        ({"mode": "tiered_rate", "measure": "line_amount", "tiers": T}, "method", "missing"),
        (fixed(1, measure="line_amount"), "measure", "not_of_this_mode"),
        (fixed(1, method="whole"), "method", "not_of_this_mode"),
        (flat("0.1", amount_per_unit=3), "amount_per_unit", "not_of_this_mode"),
        (fixed(1, colour="red"), "colour", "unknown_field"),
        (two_tiers({"from": 5, "rate": "0.1", "to": 9}), "tiers[1].to", "unknown_field"),
        (two_tiers({"from": 5}), "tiers[1].rate", "missing"),
        (two_tiers({"rate": "0.1"}), "tiers[1].from", "missing"),
        # values that are not what they must be
        ({"mode": "percent"}, "mode", "unknown_value"),
        ({"mode": 1}, "mode", "wrong_type"),
        (flat("0.1") | {"measure": "weight"}, "measure", "unknown_value"),
        (flat("0.1") | {"method": "WHOLE"}, "method", "unknown_value"),
        (fixed(-1), "amount_per_unit", "negative"),
        (fixed(1, floor_price=-1), "floor_price", "negative"),
        (fixed(1, cap_per_unit=-1), "cap_per_unit", "negative"),
        (two_tiers({"from": -5, "rate": "0.1"}), "tiers[1].from", "negative"),
        (fixed(10**15 + 1), "amount_per_unit", "too_large"),
        (fixed(10**5000), "amount_per_unit", "too_large"),
        (fixed(1) | {"amount_per_unit": 3.5}, "amount_per_unit", "float"),
        (fixed(1) | {"amount_per_unit": 3.0}, "amount_per_unit", "float"),
        (fixed(1) | {"amount_per_unit": "350"}, "amount_per_unit", "wrong_type"),
        (fixed(1) | {"amount_per_unit": True}, "amount_per_unit", "wrong_type"),
        (fixed(1, floor_price=[1]), "floor_price", "wrong_type"),
        (fixed(1, member_price_earns="no"), "member_price_earns", "wrong_type"),
        (fixed(1, promo_price_earns=None), "promo_price_earns", "wrong_type"),
        (fixed(1, promo_price_earns=0), "promo_price_earns", "wrong_type"),
        (two_tiers({"from": 5, "rate": 0.1}), "tiers[1].rate", "float"),
        (two_tiers({"from": 5, "rate": float("nan")}), "tiers[1].rate", "float"),
        (fixed(1, upline_rates=[0.1]), "upline_rates[0]", "float"),
        (two_tiers({"from": 5, "rate": "ten"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": "1e-2"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": "NaN"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": "０.1"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": " 0.1"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": "0.1\n"}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": ""}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": None}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": True}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": Decimal("sNaN")}), "tiers[1].rate", "wrong_type"),
        (two_tiers({"from": 5, "rate": Decimal("Infinity")}), "tiers[1].rate", "wrong_type"),
        (tiered("line_amount", "whole", ["0.05"]), "tiers[0]", "wrong_type"),  # type: ignore[list-item]
        (flat("0.1") | {"tiers": {"from": 0}}, "tiers", "wrong_type"),
        (flat("0.1") | {"tiers": 0.05}, "tiers", "float"),
        (fixed(1, upline_rates="0.1"), "upline_rates", "wrong_type"),
        # sizes
        (
            flat("0.1") | {"tiers": [{"from": n, "rate": "0.1"} for n in range(51)]},
            "tiers",
            "too_many_tiers",
        ),
        (fixed(1, upline_rates=["0"] * 100_000), "upline_rates", "too_many_upline_rates"),
        ([], "", "wrong_type"),
        (None, "", "wrong_type"),
        ("fixed", "", "wrong_type"),
    ],
)
def test_a_bad_rule_is_refused_for_one_problem_at_its_field(
    data: object, field: str, code: str
) -> None:
    assert problems(data) == [(field, code)]


def test_all_problems_are_named_at_once() -> None:
    data = {
        "mode": "tiered_rate",
        "measure": "unit_price",
        "method": "marginal",
        "amount_per_unit": 5,
        "tiers": [{"from": 1, "rate": "0.9"}, {"from": "x", "rate": 0.5}, {"from": 1, "rate": "2"}],
        "floor_price": -1,
        "upline_rates": ["0.2", "0.1"],
        "note": "",
    }
    assert set(problems(data)) == {
        ("note", "unknown_field"),
        ("floor_price", "negative"),
        ("amount_per_unit", "not_of_this_mode"),
        ("method", "marginal_unit_price"),
        ("tiers[0].from", "first_tier_not_zero"),
        ("tiers[1].from", "wrong_type"),
        ("tiers[1].rate", "float"),
        ("tiers[2].rate", "rate_out_of_range"),
        ("upline_rates", "too_many_upline_rates"),
        ("upline_rates", "rates_above_one"),
    }


def test_a_refusal_says_each_field_in_words_and_as_data() -> None:
    with pytest.raises(RuleRefused) as refused:
        accept({"mode": "fixed", "amount_per_unit": -1, "tiers": T})
    error = refused.value
    assert error.code == "pool.rule_refused"
    assert error.status == 422
    assert str(error) == (
        "The commission rule is refused: amount_per_unit: must not be negative; "
        "tiers: a fixed rule has no tiers."
    )
    assert error.summary("zh-hans") == "amount_per_unit: 不能为负数; tiers: 固定金额规则没有阶梯"
    assert error.data["problems"] == [
        {
            "field": "amount_per_unit",
            "code": "negative",
            "message": "must not be negative",
        },
        {"field": "tiers", "code": "fixed_with_tiers", "message": "a fixed rule has no tiers"},
    ]


def test_every_sentence_exists_in_both_languages() -> None:
    assert all(english and chinese for english, chinese in SENTENCES.values())


@pytest.mark.parametrize(
    ("rates", "limit", "refused"),
    [
        ([], 0, False),
        (["0.1"], 0, True),
        (["0.1"], 1, False),
        (["0.1", "0.1"], 1, True),
        (["0.1", "0.1"], 2, False),
        (["0.1", "0.1", "0.1"], 2, True),
        (["0.1", "0.1", "0.1"], 9, True),
    ],
)
def test_no_more_uplines_than_the_deployment_allows_and_never_more_than_two(
    rates: list[str], limit: int, refused: bool
) -> None:
    data = fixed(1, upline_rates=rates)
    if refused:
        assert problems(data, limit) == [("upline_rates", "too_many_upline_rates")]
    else:
        accept(data, upline_limit=limit)


@pytest.mark.parametrize(
    "data",
    [
        flat("0.95", upline_rates=["0.05"]),
        flat("1"),
        flat("0"),
        flat("0.123456"),
        flat("0.1200000000"),
        fixed(0),
        fixed(1, upline_rates=["1"]),
        fixed(10**15),
        flat("0.1") | {"tiers": [{"from": n, "rate": "0.1"} for n in range(50)]},
        fixed(1) | {"tiers": None, "upline_rates": None, "measure": None, "cap_per_unit": None},
        two_tiers({"from": 1, "rate": 1}),
        two_tiers({"from": 1, "rate": Decimal("0.07")}),
    ],
)
def test_a_rule_on_the_edge_of_what_is_allowed_is_accepted(data: dict[str, Any]) -> None:
    validate(accept(data))


def test_member_and_promotion_prices_earn_unless_the_rule_says_no() -> None:
    terms = RuleTerms.from_data(fixed(1))
    assert terms.member_price_earns
    assert terms.promo_price_earns


def test_terms_made_in_code_are_checked_like_a_document() -> None:
    wrong: Any = 0.05
    terms = RuleTerms(
        mode=Mode.TIERED_RATE,
        measure=Measure.LINE_AMOUNT,
        method=Method.WHOLE,
        tiers=(Tier(0, wrong), Tier(5, Decimal("0.1234567"))),
        upline_rates=(Decimal("1.1"),),
    )
    with pytest.raises(RuleRefused) as refused:
        validate(terms)
    assert [(each.field, each.code) for each in refused.value.problems] == [
        ("tiers[0].rate", "float"),
        ("tiers[1].rate", "rate_too_precise"),
        ("upline_rates[0]", "rate_out_of_range"),
    ]


def test_a_long_decimal_is_never_rounded_into_a_rate() -> None:
    nearly = Decimal("0.1234560000000000000000000000000000000001")
    assert problems(two_tiers({"from": 5, "rate": nearly})) == [
        ("tiers[1].rate", "rate_too_precise")
    ]


@given(rules())
def test_a_rule_survives_the_way_through_json(rule: dict[str, Any]) -> None:
    terms = accept(rule, upline_limit=2)
    document = terms.to_data()
    assert RuleTerms.from_data(json.loads(json.dumps(document))) == terms
    assert RuleTerms.from_data(document).to_data() == document


def test_rates_are_written_in_their_shortest_form() -> None:
    document = RuleTerms.from_data(
        two_tiers({"from": 5, "rate": Decimal("0.100000")}) | {"upline_rates": ["0", "0.0"]}
    ).to_data()
    assert document["tiers"] == [{"from": 0, "rate": "0.05"}, {"from": 5, "rate": "0.1"}]
    assert document["upline_rates"] == ["0", "0"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(list(RuleTerms.__dataclass_fields__)),
        JSON | st.sampled_from(["fixed", "tiered_rate", "whole", "line_amount"]),
    )
    | JSON
)
def test_whatever_is_sent_is_accepted_or_refused_but_never_breaks(data: object) -> None:
    try:
        terms = accept(data)
    except RuleRefused as refusal:
        said = str(refusal)
    else:
        validate(terms)
        return
    assert said.startswith("The commission rule is refused: ")
