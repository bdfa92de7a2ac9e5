"""A rule in words says what the calculation does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from yipan.distribution.commissions.queries import SkuEstimate
from yipan.distribution.pool.queries import OfferTerms
from yipan.distribution.pool.rules import (
    LineFigures,
    PriceKind,
    Progress,
    RuleTerms,
    compile_rule,
)
from yipan.goods.catalogue.rules import SkuPrices
from yipan.surfaces.workbench.rule_words import RuleWords, rule_words

LADDER: Mapping[str, Any] = {
    "mode": "tiered_rate",
    "measure": "line_amount",
    "method": "marginal",
    "tiers": [{"from": 0, "rate": "0.05"}, {"from": 10_000, "rate": "0.08"}],
}


def words(
    terms: Mapping[str, Any], *, price: int = 10_000, sold: Progress | None = None
) -> RuleWords:
    compiled = compile_rule(RuleTerms.from_data(terms), version=1)
    progress = sold or Progress()
    result = compiled.compute(LineFigures(1, price), progress)
    offer = OfferTerms(1, 1, 1, 1, compiled)
    found = rule_words(
        SkuEstimate(SkuPrices(price), price, PriceKind.LIST, offer, progress, result)
    )
    assert found is not None
    return found


def test_a_fixed_amount_and_a_flat_rate_need_no_ladder() -> None:
    fixed = words({"mode": "fixed", "amount_per_unit": 350})
    assert (fixed.headline, fixed.tiers) == ("¥3.50 for every unit sold.", ())
    flat = words({**LADDER, "method": "whole", "tiers": [{"from": 0, "rate": "0.125"}]})
    assert (flat.headline, flat.tiers) == ("12.5% of what the buyer pays.", ())


@pytest.mark.parametrize(
    ("measure", "price", "sold", "reached"),
    [
        ("line_amount", 9_999, Progress(), 0),
        ("line_amount", 10_000, Progress(), 1),
        ("line_quantity", 10_000, Progress(), 0),
        ("period_amount", 5_000, Progress(3, 5_000), 1),
        ("period_amount", 5_000, Progress(3, 4_999), 0),
        ("period_units", 5_000, Progress(9_999, 0), 1),
    ],
)
def test_the_step_one_stands_on_is_the_one_the_calculation_uses(
    measure: str, price: int, sold: Progress, reached: int
) -> None:
    told = words({**LADDER, "measure": measure, "method": "whole"}, price=price, sold=sold)
    assert [tier.reached for tier in told.tiers] == [number == reached for number in range(2)]
    rate = (5, 8)[reached]
    assert told.examples[0].amount == (price * rate + 50) // 100


def test_examples_are_what_the_engine_says_for_so_many_units() -> None:
    told = words(LADDER, price=6_000)
    assert [(each.quantity, each.paid) for each in told.examples] == [
        (1, 6_000), (2, 12_000), (3, 18_000), (5, 30_000), (10, 60_000),
    ]  # fmt: skip
    assert told.examples[1].amount == 500 + 160
    assert told.examples[1].why.endswith("= ¥6.60.")


def test_conditions_are_said() -> None:
    told = words(
        {
            **LADDER,
            "floor_price": 9_000,
            "cap_per_unit": 700,
            "member_price_earns": False,
            "promo_price_earns": False,
        }
    )
    assert told.conditions == (
        "Earns nothing below ¥90.00 a unit.",
        "At most ¥7.00 a unit.",
        "Earns nothing at the member price.",
        "Earns nothing at the promotion price.",
    )


def test_the_reader_s_language_is_spoken() -> None:
    with translation.override("zh-hans"):
        told = words({**LADDER, "measure": "period_units"})
    assert told.headline == "按您当月累计件数分档计佣，各段按各自档位的比例计算。"
    assert told.tiers[1].span == "10,000 件及以上"


def test_without_terms_there_is_no_rule() -> None:
    prices = SkuPrices(1)
    assert rule_words(SkuEstimate(prices, 1, PriceKind.LIST, None, Progress(), None)) is None
