"""The sentence on the screen says what the data say, in both languages."""

from typing import Any

import pytest

from tests.distribution.pool.rule_cases import LIST, PROMO, compiled, fixed, flat, tiered
from yipan.distribution.pool.rules import LineFigures, PriceKind, Progress, sentence

UNIT_TIERS = [{"from": 0, "rate": "0.02"}, {"from": 3, "rate": "0.06"}]

Line = tuple[int, int, PriceKind]


@pytest.mark.parametrize(
    ("rule", "line", "english", "chinese"),
    [
        (
            fixed(350),
            (3, 26_970, LIST),
            "¥3.50 per unit × 3 units = ¥10.50.",
            "每件 ¥3.50 × 3 件 = ¥10.50。",
        ),
        (
            fixed(500, cap_per_unit=400),
            (1, 300, LIST),
            (
                "¥5.00 per unit × 1 unit = ¥5.00, capped at ¥4.00 (¥4.00 per unit), "
                "capped at ¥3.00, what was paid for the line."
            ),
            (
                "每件 ¥5.00 × 1 件 = ¥5.00，按每件上限 ¥4.00 封顶为 ¥4.00，"
                "不超过该行实付金额，封顶为 ¥3.00。"
            ),
        ),
        (
            tiered("line_amount", "whole"),
            (1, 9_999, LIST),
            (
                "Line amount ¥99.99 is in the tier from ¥0.00: ¥99.99 × 5% = ¥4.9995, "
                "rounded to ¥5.00."
            ),
            "行金额 ¥99.99，档位起点 ¥0.00：¥99.99 × 5% = ¥4.9995，四舍五入为 ¥5.00。",
        ),
        (
            tiered("unit_price", "whole"),
            (3, 29_999, LIST),
            (
                "Unit price ≈¥99.996667 is in the tier from ¥0.00: ¥299.99 × 5% = ¥14.9995, "
                "rounded to ¥15.00."
            ),
            "件单价 ≈¥99.996667，档位起点 ¥0.00：¥299.99 × 5% = ¥14.9995，四舍五入为 ¥15.00。",
        ),
        (
            tiered("period_amount", "marginal"),
            (1, 5_000, LIST),
            (
                "Month's amount ¥130.00 with this line (¥80.00 before), slice by slice: "
                "¥20.00 × 5% + ¥30.00 × 8% = ¥3.40."
            ),
            "当月累计金额 ¥130.00（此前 ¥80.00），分段计算：¥20.00 × 5% + ¥30.00 × 8% = ¥3.40。",
        ),
        (
            tiered("line_quantity", "marginal", UNIT_TIERS),
            (5, 9_999, LIST),
            (
                "Line quantity 5 units, slice by slice: ¥99.99 ÷ 5 × (3 units × 2% + 2 units × 6%)"
                " = ¥3.59964, rounded to ¥3.60."
            ),
            (
                "行数量 5 件，分段计算：¥99.99 ÷ 5 ×（3 件 × 2% + 2 件 × 6%） = ¥3.59964，"
                "四舍五入为 ¥3.60。"
            ),
        ),
        (
            flat("0"),
            (1, 9_999, LIST),
            "Line amount ¥99.99 is in the tier from ¥0.00: ¥99.99 × 0% = ¥0.00.",
            "行金额 ¥99.99，档位起点 ¥0.00：¥99.99 × 0% = ¥0.00。",
        ),
        (
            flat("0.125"),
            (1, 3, LIST),
            (
                "Line amount ¥0.03 is in the tier from ¥0.00: ¥0.03 × 12.5% = ¥0.00375, "
                "rounded to ¥0.00."
            ),
            "行金额 ¥0.03，档位起点 ¥0.00：¥0.03 × 12.5% = ¥0.00375，四舍五入为 ¥0.00。",
        ),
        (
            fixed(350),
            (1, 0, LIST),
            "No commission: nothing was paid for this line.",
            "无佣金：该行实付金额为 0。",
        ),
        (
            fixed(350, promo_price_earns=False),
            (1, 8_000, PROMO),
            "No commission: a line sold at the promotion price does not earn under this rule.",
            "无佣金：本规则下按促销价成交不计佣金。",
        ),
        (
            fixed(350, floor_price=9_000),
            (2, 17_999, LIST),
            "No commission: ¥179.99 for 2 units is below the floor price of ¥90.00 per unit.",
            "无佣金：2 件实付 ¥179.99，低于每件底价 ¥90.00。",
        ),
    ],
)
def test_the_seller_reads_how_the_amount_came(
    rule: dict[str, Any], line: Line, english: str, chinese: str
) -> None:
    explanation = compiled(rule).compute(LineFigures(*line), Progress(3, 8_000)).explanation
    assert sentence(explanation, "en") == english
    assert sentence(explanation, "zh-hans") == chinese


@pytest.mark.parametrize(
    ("uplines", "level", "english", "chinese"),
    [
        (
            (True, True),
            1,
            (
                "Upline 1: ¥9.99 × 50% = ¥4.995, rounded to ¥5.00, cut to ¥4.99, "
                "what the seller and nearer uplines left of the amount paid."
            ),
            (
                "上级 1：¥9.99 × 50% = ¥4.995，四舍五入为 ¥5.00，"
                "实付金额扣除销售人和较近上级所得后只余 ¥4.99，减为 ¥4.99。"
            ),
        ),
        (
            (True, False),
            2,
            "Upline 2: nothing, the upline was not active and qualified.",
            "上级 2：无佣金，该上级未启用或不具备资格。",
        ),
        (
            (True,),
            2,
            "Upline 2: nothing, there is no such upline.",
            "上级 2：无佣金，没有这一级上级。",
        ),
    ],
)
def test_an_upline_reads_how_the_amount_came(
    uplines: tuple[bool, ...], level: int, english: str, chinese: str
) -> None:
    rule = compiled(fixed(500, upline_rates=["0.5", "0.4"]))
    explanation = rule.compute(LineFigures(1, 999), uplines=uplines).explanation
    assert sentence(explanation, "en", level=level) == english
    assert sentence(explanation, "zh-CN", level=level) == chinese


def test_an_upline_reads_which_gate_closed() -> None:
    rule = compiled(fixed(500, upline_rates=["0.5"]))
    explanation = rule.compute(LineFigures(1, 0), uplines=(True,)).explanation
    assert sentence(explanation, "en", level=1) == sentence(explanation, "en")


def test_there_is_no_sentence_for_a_level_the_rule_does_not_pay() -> None:
    explanation = compiled(fixed(500)).compute(LineFigures(1, 900)).explanation
    with pytest.raises(ValueError, match="upline 1"):
        sentence(explanation, "en", level=1)
