"""What buyers do with their orders. Those of others are not found."""

from __future__ import annotations

from yipan.customers.members.actor import member_actor
from yipan.kernel import text
from yipan.kernel.uow import unit_of_work
from yipan.trade.fulfilment import actions as fulfilment
from yipan.trade.orders.actions import (
    cancel_order,
    close_refund_request,
    open_refund_request,
)
from yipan.trade.orders.buying import (
    own_order,
    own_refund_request,
    refund_figures,
)
from yipan.trade.orders.errors import RefundExceedsQuantity
from yipan.trade.orders.models import RequestState
from yipan.trade.orders.rules import refund_share

_REASON = 200


def cancel_purchase(*, order_id: int, member_id: int, reason: str = "") -> None:
    """Give up an order that is not paid yet; the goods go back.

    Raises NotFound, OrderStateRefused.
    """
    own_order(order_id, member_id=member_id)
    cancel_order(order_id=order_id, reason=reason.strip()[:_REASON], by=member_actor(member_id))


def ask_refund(*, order_id: int, line_id: int, member_id: int, quantity: int, reason: str) -> int:
    """Ask for money back for units of a line; the request's id.

    The amount is the units' share of what was paid for the line, to the fen; of the last units all
    that is left. Raises NotFound, RequestOpenAlready, LineNotPaid, RefundExceedsQuantity,
    InvalidField (reason).
    """
    reason = text.checked(reason, field="reason", most=_REASON)
    with unit_of_work():
        figures = refund_figures(order_id, line_id, member_id=member_id)
        if quantity < 1:
            raise RefundExceedsQuantity(
                sold=figures.quantity, already_refunded=figures.refunded_quantity, asked=quantity
            )
        request = open_refund_request(
            line_id=line_id,
            quantity=quantity,
            amount=refund_share(figures, quantity),
            reason=reason,
        )
    return request.id


def withdraw_refund_request(*, request_id: int, member_id: int) -> None:
    """Take a refund request back. Raises NotFound, RequestClosed."""
    own_refund_request(request_id, member_id=member_id)
    close_refund_request(
        request_id=request_id, outcome=RequestState.WITHDRAWN, by=member_actor(member_id)
    )


def confirm_receipt(*, order_id: int, member_id: int) -> None:
    """The parcel arrived. Again changes nothing. Raises NotFound, FulfilmentStateRefused."""
    fulfilment.confirm_receipt(order_id=order_id, member_id=member_id)
