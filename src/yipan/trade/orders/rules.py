"""What an order does to money and to itself: discount spread, refunds, states. Amounts in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from yipan.kernel.money import half_up
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


class OrderState(StrEnum):
    """Where an order stands. Refunds do not change it: they are facts of its lines."""

    CAPTURED = "captured"
    """Taken down and attributed; not paid."""
    PAID = "paid"
    """The buyer's money is there; commissions are earned."""
    COMPLETED = "completed"
    """Delivered or picked up; nothing is owed to the buyer."""
    CANCELLED = "cancelled"
    """Given up before it was paid."""


class OrderStep(StrEnum):
    """What can be done to an order as a whole."""

    PAY = "pay"
    COMPLETE = "complete"
    CANCEL = "cancel"


class LineRefundState(StrEnum):
    """How much of a line the buyer got back."""

    NONE = "none"
    PART = "part"
    FULL = "full"


STEPS: Final[Mapping[tuple[OrderState, OrderStep], OrderState]] = MappingProxyType(
    {
        (OrderState.CAPTURED, OrderStep.PAY): OrderState.PAID,
        (OrderState.CAPTURED, OrderStep.CANCEL): OrderState.CANCELLED,
        (OrderState.PAID, OrderStep.COMPLETE): OrderState.COMPLETED,
    }
)
"""The whole state machine: what is not in this table cannot be done."""

REFUNDABLE: Final = frozenset({OrderState.PAID, OrderState.COMPLETED})
"""States in which lines can be refunded."""


def state_after(state: OrderState, step: OrderStep) -> OrderState:
    """The state an order goes to. Raises OrderStateRefused for a step not in the table."""
    following = STEPS.get((state, step))
    if following is None:
        raise OrderStateRefused(state=str(state), step=str(step))
    return following


def spread_discount(line_amounts: Sequence[int], discount: int) -> tuple[int, ...]:
    """Each line's share of an order-level discount, in the order of the lines (commission.md §1).

    Proportional to the line amounts and floored to the fen; the left-over fen go one each to the
    lines with the largest fractional part, ties to the lower line number. The shares add up to
    `discount` exactly and none is above its line's amount.

    Raises NegativeLineAmount, NegativeDiscount, DiscountExceedsTotal; each names its field.
    """
    for number, amount in enumerate(line_amounts):
        if amount < 0:
            raise NegativeLineAmount(line=number, amount=amount)
    total = sum(line_amounts)
    if discount < 0:
        raise NegativeDiscount(discount=discount)
    if discount > total:
        raise DiscountExceedsTotal(discount=discount, total=total)
    if discount == 0:
        return (0,) * len(line_amounts)
    shares: list[int] = []
    remainders: list[int] = []
    for amount in line_amounts:
        share, remainder = divmod(discount * amount, total)
        shares.append(share)
        remainders.append(remainder)
    left_over = discount - sum(shares)
    by_fraction = sorted(range(len(shares)), key=lambda number: (-remainders[number], number))
    for number in by_fraction[:left_over]:
        shares[number] += 1
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class RefundFigures:
    """What a line was sold and paid for, and what was given back of it so far."""

    state: OrderState
    """Of the line's order."""
    quantity: int
    """Units sold, at least 1."""
    net_amount: int
    """Fen paid for the whole line, without freight."""
    refunded_quantity: int
    """Units of all refunds so far."""
    refunded_amount: int
    """Fen of all refunds so far."""

    @property
    def refund_state(self) -> LineRefundState:
        """By amount: a line is fully refunded when its buyer has all the money back."""
        if self.refunded_amount == 0:
            return LineRefundState.NONE
        if self.refunded_amount < self.net_amount:
            return LineRefundState.PART
        return LineRefundState.FULL


def refund_share(line: RefundFigures, quantity: int) -> int:
    """Fen that a buyer gets back for `quantity` more units of a line.

    The units' share of what was paid, counted from the first unit given back, so that giving back
    one by one comes to the same as all at once; never more than is left, and all that is left with
    the last unit. Whether so many units can be refunded is asked of `check_refundable`.
    """
    left = line.net_amount - line.refunded_amount
    back = line.refunded_quantity + quantity
    if back >= line.quantity:
        return left
    until = half_up(line.net_amount * back, line.quantity)
    before = half_up(line.net_amount * line.refunded_quantity, line.quantity)
    return min(until - before, left)


def check_refundable(line: RefundFigures, quantity: int, amount: int) -> None:
    """Whether `quantity` units and `amount` fen of a line can be given back (commission.md §6).

    A quantity of 0 gives money back for goods that are kept. All refunds of a line together never
    exceed what was sold and paid.

    Raises RefundQuantityNegative, RefundAmountNotPositive, LineNotPaid, RefundExceedsQuantity,
    RefundExceedsPayment.
    """
    if quantity < 0:
        raise RefundQuantityNegative(asked=quantity)
    if amount <= 0:
        raise RefundAmountNotPositive(asked=amount)
    if line.state not in REFUNDABLE:
        raise LineNotPaid(state=str(line.state))
    if line.refunded_quantity + quantity > line.quantity:
        raise RefundExceedsQuantity(
            sold=line.quantity, already_refunded=line.refunded_quantity, asked=quantity
        )
    if line.refunded_amount + amount > line.net_amount:
        raise RefundExceedsPayment(
            paid=line.net_amount, already_refunded=line.refunded_amount, asked=amount
        )
