"""Discount spread, refund limits and the states of an order."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import DomainError
from yipan.trade.orders.errors import (
    DiscountExceedsTotal,
    LineNotPaid,
    NegativeDiscount,
    NegativeLineAmount,
    OrderStateRefused,
    RefundAmountNotPositive,
    RefundExceedsPayment,
    RefundExceedsQuantity,
    RefundQuantityNegative,
)
from yipan.trade.orders.rules import (
    REFUNDABLE,
    LineRefundState,
    OrderState,
    OrderStep,
    RefundFigures,
    check_refundable,
    refund_share,
    spread_discount,
    state_after,
)

amounts = st.lists(st.integers(0, 10**9) | st.integers(0, 5), max_size=12)


@st.composite
def discounted_orders(draw: st.DrawFn) -> tuple[list[int], int]:
    lines = draw(amounts)
    return lines, draw(st.integers(0, sum(lines)))


@pytest.mark.parametrize(
    ("lines", "discount", "shares"),
    [
        ([], 0, ()),
        ([0, 0], 0, (0, 0)),
        ([500], 500, (500,)),
        ([1000, 3000], 400, (100, 300)),
        ([1, 1, 1], 1, (1, 0, 0)),
        ([1, 1, 1], 2, (1, 1, 0)),
        ([1, 2, 3], 2, (0, 1, 1)),
        ([3, 2, 1], 2, (1, 1, 0)),
        ([333, 333, 334], 100, (33, 33, 34)),
        ([100, 0, 100], 3, (2, 0, 1)),
        ([9999, 1], 9999, (9998, 1)),
        ([10**15, 10**15 + 1], 3, (1, 2)),
    ],
)
def test_the_spread_in_cases_worked_by_hand(
    lines: list[int], discount: int, shares: tuple[int, ...]
) -> None:
    assert spread_discount(lines, discount) == shares


@given(order=discounted_orders())
def test_a_spread_adds_up_and_takes_no_line_below_zero(order: tuple[list[int], int]) -> None:
    lines, discount = order
    shares = spread_discount(lines, discount)

    assert sum(shares) == discount
    assert all(0 <= share <= amount for share, amount in zip(shares, lines, strict=True))


def spread_by_the_page(lines: list[int], discount: int) -> list[int]:
    """commission.md §1 read aloud, in fractions, handing out one fen at a time."""
    if discount == 0:
        return [0 for _ in lines]
    exact = [Fraction(discount) * amount / sum(lines) for amount in lines]
    shares = [part.numerator // part.denominator for part in exact]
    fractions = [part - share for part, share in zip(exact, shares, strict=True)]
    while sum(shares) < discount:
        luckiest = fractions.index(max(fractions))
        shares[luckiest] += 1
        fractions[luckiest] = Fraction(-1)
    return shares


@given(order=discounted_orders())
def test_a_spread_is_what_the_page_says(order: tuple[list[int], int]) -> None:
    lines, discount = order

    assert list(spread_discount(lines, discount)) == spread_by_the_page(lines, discount)


@pytest.mark.parametrize(
    ("lines", "discount", "error", "field"),
    [
        ([100], 101, DiscountExceedsTotal, "discount"),
        ([], 1, DiscountExceedsTotal, "discount"),
        ([0, 0], 1, DiscountExceedsTotal, "discount"),
        ([100], -1, NegativeDiscount, "discount"),
        ([100, -1], 10, NegativeLineAmount, "lines.1.amount"),
    ],
)
def test_a_discount_that_cannot_be_spread_is_refused_by_field(
    lines: list[int], discount: int, error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as refused:
        spread_discount(lines, discount)

    assert refused.value.data["field"] == field
    assert field in str(refused.value)


paid_line = RefundFigures(
    state=OrderState.PAID, quantity=3, net_amount=26_970, refunded_quantity=1, refunded_amount=8_990
)


@pytest.mark.parametrize(("quantity", "amount"), [(2, 17_980), (0, 1), (2, 1), (0, 17_980)])
def test_what_is_left_of_a_line_can_be_refunded(quantity: int, amount: int) -> None:
    check_refundable(paid_line, quantity, amount)


def test_more_units_than_were_sold_cannot_be_refunded() -> None:
    with pytest.raises(RefundExceedsQuantity) as refused:
        check_refundable(paid_line, 3, 100)

    assert refused.value.data == {
        "field": "quantity",
        "sold": 3,
        "already_refunded": 1,
        "asked": 3,
    }
    assert str(refused.value) == "Of 3 units 1 are refunded; 3 more cannot be."


def test_more_money_than_was_paid_cannot_be_refunded() -> None:
    with pytest.raises(RefundExceedsPayment) as refused:
        check_refundable(paid_line, 0, 17_981)

    assert refused.value.data["field"] == "amount"
    assert str(refused.value) == "Of 26970 fen paid 8990 are refunded; 17981 more cannot be."


def test_a_line_that_cost_nothing_has_nothing_to_refund() -> None:
    free = replace(paid_line, net_amount=0, refunded_amount=0)

    with pytest.raises(RefundExceedsPayment):
        check_refundable(free, 0, 1)


@pytest.mark.parametrize(
    ("quantity", "amount", "error", "field"),
    [
        (-1, 100, RefundQuantityNegative, "quantity"),
        (1, 0, RefundAmountNotPositive, "amount"),
        (0, 0, RefundAmountNotPositive, "amount"),
        (1, -1, RefundAmountNotPositive, "amount"),
    ],
)
def test_a_figure_that_is_no_refund_is_refused_by_field(
    quantity: int, amount: int, error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as refused:
        check_refundable(paid_line, quantity, amount)

    assert refused.value.data["field"] == field


@pytest.mark.parametrize("state", sorted(set(OrderState) - REFUNDABLE))
def test_only_paid_and_completed_orders_are_refunded(state: OrderState) -> None:
    with pytest.raises(LineNotPaid) as refused:
        check_refundable(replace(paid_line, state=state), 1, 100)

    assert refused.value.data == {"state": state.value}


def test_a_completed_order_can_be_refunded() -> None:
    check_refundable(replace(paid_line, state=OrderState.COMPLETED), 1, 100)


@given(
    quantity=st.integers(1, 20),
    net_amount=st.integers(0, 1_000),
    asked=st.lists(st.tuples(st.integers(-1, 8), st.integers(-1, 400)), max_size=30),
)
def test_no_row_of_refunds_ever_exceeds_what_was_sold_and_paid(
    quantity: int, net_amount: int, asked: list[tuple[int, int]]
) -> None:
    line = RefundFigures(OrderState.PAID, quantity, net_amount, 0, 0)
    for units, fen in asked:
        try:
            check_refundable(line, units, fen)
        except DomainError:
            continue
        line = replace(
            line,
            refunded_quantity=line.refunded_quantity + units,
            refunded_amount=line.refunded_amount + fen,
        )

    assert 0 <= line.refunded_quantity <= quantity
    assert 0 <= line.refunded_amount <= net_amount


@pytest.mark.parametrize(
    ("net_amount", "refunded", "state"),
    [
        (100, 0, LineRefundState.NONE),
        (100, 1, LineRefundState.PART),
        (100, 99, LineRefundState.PART),
        (100, 100, LineRefundState.FULL),
        (0, 0, LineRefundState.NONE),
    ],
)
def test_a_line_is_refunded_by_the_money_given_back(
    net_amount: int, refunded: int, state: LineRefundState
) -> None:
    line = replace(paid_line, net_amount=net_amount, refunded_amount=refunded)

    assert line.refund_state is state


@pytest.mark.parametrize(("state", "step"), list(product(OrderState, OrderStep)))
def test_an_order_takes_only_the_steps_of_the_table(state: OrderState, step: OrderStep) -> None:
    allowed = {
        ("captured", "pay"): "paid",
        ("captured", "cancel"): "cancelled",
        ("paid", "complete"): "completed",
    }
    if (state, step) in allowed:
        assert state_after(state, step) == allowed[state, step]
        return
    with pytest.raises(OrderStateRefused) as refused:
        state_after(state, step)
    assert refused.value.data == {"state": state.value, "step": step.value}
    assert refused.value.status == 409


@given(
    net=st.integers(0, 10**9),
    quantity=st.integers(1, 60),
    parts=st.lists(st.integers(1, 20), max_size=12),
    extra=st.integers(0, 10**6),
)
def test_units_given_back_in_any_parts_come_to_what_was_paid_and_never_more(
    net: int, quantity: int, parts: list[int], extra: int
) -> None:
    """`extra`: money that was given back before for goods that were kept."""
    figures = RefundFigures(OrderState.PAID, quantity, net, 0, min(extra, net))
    for part in [*parts, quantity]:
        asked = min(part, quantity - figures.refunded_quantity)
        if asked == 0:
            break
        share = refund_share(figures, asked)
        assert 0 <= share <= net - figures.refunded_amount
        figures = replace(
            figures,
            refunded_quantity=figures.refunded_quantity + asked,
            refunded_amount=figures.refunded_amount + share,
        )
    assert figures.refunded_quantity == quantity
    assert figures.refunded_amount == net
