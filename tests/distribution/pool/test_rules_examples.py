"""The worked examples of the page, to the fen."""

from typing import Any

import pytest

from tests.distribution.pool.rule_cases import LIST, PROMO, compiled, fixed, tiered
from yipan.distribution.pool.rules import LineFigures, PriceKind, Progress, reversal_due

UNIT_TIERS = [{"from": 0, "rate": "0.02"}, {"from": 3, "rate": "0.06"}]

EXAMPLES: list[tuple[int, dict[str, Any], int, int, PriceKind, Progress, int, str | None]] = [
    (1, fixed(350), 3, 26_970, LIST, Progress(), 1_050, None),
    (2, tiered("line_amount", "whole"), 1, 10_000, LIST, Progress(), 800, None),
    (3, tiered("line_amount", "whole"), 1, 9_999, LIST, Progress(), 500, None),
    (4, tiered("line_amount", "marginal"), 1, 60_000, LIST, Progress(), 4_700, None),
    (5, tiered("unit_price", "whole"), 3, 29_999, LIST, Progress(), 1_500, None),
    (6, tiered("period_amount", "marginal"), 1, 5_000, LIST, Progress(0, 8_000), 340, None),
    (7, tiered("period_amount", "whole"), 1, 5_000, LIST, Progress(0, 8_000), 400, None),
    (8, tiered("line_quantity", "marginal", UNIT_TIERS), 5, 9_999, LIST, Progress(), 360, None),
    (9, fixed(350, floor_price=9_000), 2, 17_999, LIST, Progress(), 0, "BELOW_FLOOR_PRICE"),
    (
        10,
        fixed(350, promo_price_earns=False),
        1,
        8_000,
        PROMO,
        Progress(),
        0,
        "PRICE_KIND_EXCLUDED",
    ),
]


@pytest.mark.parametrize(
    ("number", "rule", "quantity", "net", "kind", "progress", "amount", "reason"), EXAMPLES
)
def test_a_worked_example_gives_its_amount(
    number: int,
    rule: dict[str, Any],
    quantity: int,
    net: int,
    kind: PriceKind,
    progress: Progress,
    amount: int,
    reason: str | None,
) -> None:
    result = compiled(rule).compute(LineFigures(quantity, net, kind), progress)
    assert (result.seller.amount, result.seller.reason) == (amount, reason), number
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
