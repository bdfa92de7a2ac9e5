"""The worked examples of the page, to the fen."""

from typing import Any, NamedTuple

import pytest

from tests.distribution.pool.rule_cases import LIST, PROMO, compiled, fixed, tiered
from yipan.distribution.pool.rules import LineFigures, Progress, reversal_due

UNIT_TIERS = [{"from": 0, "rate": "0.02"}, {"from": 3, "rate": "0.06"}]


class Example(NamedTuple):
    number: int
    rule: dict[str, Any]
    line: LineFigures
    progress: Progress
    amount: int
    reason: str | None = None


NONE = Progress()
EXAMPLES = [
    Example(1, fixed(350), LineFigures(3, 26_970, LIST), NONE, 1_050),
    Example(2, tiered("line_amount", "whole"), LineFigures(1, 10_000), NONE, 800),
    Example(3, tiered("line_amount", "whole"), LineFigures(1, 9_999), NONE, 500),
    Example(4, tiered("line_amount", "marginal"), LineFigures(1, 60_000), NONE, 4_700),
    Example(5, tiered("unit_price", "whole"), LineFigures(3, 29_999), NONE, 1_500),
    Example(6, tiered("period_amount", "marginal"), LineFigures(1, 5_000), Progress(0, 8_000), 340),
    Example(7, tiered("period_amount", "whole"), LineFigures(1, 5_000), Progress(0, 8_000), 400),
    Example(8, tiered("line_quantity", "marginal", UNIT_TIERS), LineFigures(5, 9_999), NONE, 360),
    Example(9, fixed(350, floor_price=9_000), LineFigures(2, 17_999), NONE, 0, "BELOW_FLOOR_PRICE"),
    Example(
        10,
        fixed(350, promo_price_earns=False),
        LineFigures(1, 8_000, PROMO),
        NONE,
        0,
        "PRICE_KIND_EXCLUDED",
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.number))
def test_a_worked_example_gives_its_amount(example: Example) -> None:
    result = compiled(example.rule).compute(example.line, example.progress)
    assert (result.seller.amount, result.seller.reason) == (example.amount, example.reason)
    assert result.uplines == ()


def test_example_11_pays_no_more_than_was_paid_for_the_line() -> None:
    result = compiled(fixed(500)).compute(LineFigures(1, 300))
    assert result.seller == (300, None, ("CAPPED_AT_NET_AMOUNT",))


def test_example_12_cuts_the_farthest_upline_first() -> None:
    rule = compiled(fixed(500, upline_rates=["0.5", "0.4"]))
    result = rule.compute(LineFigures(1, 1_000), uplines=(True, True))
    assert result.seller == (500, None, ())
    assert result.uplines[0] == (500, None, ())
    assert result.uplines[1] == (0, "CAPPED_AT_NET_AMOUNT", ("CAPPED_AT_NET_AMOUNT",))


def test_example_13_takes_back_a_third_and_then_the_rest() -> None:
    commission, paid = 1_050, 26_970
    first = reversal_due(commission, paid, refunded=8_990, reversed_so_far=0)
    rest = reversal_due(commission, paid, refunded=8_990 + 17_980, reversed_so_far=first)
    assert (first, rest) == (350, 700)
