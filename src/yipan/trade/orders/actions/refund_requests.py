"""A buyer asks for money back; until it is answered the line's commission waits."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from yipan.kernel import audit, clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.events import announce
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.actions.refund import refund_lines
from yipan.trade.orders.errors import RequestClosed, RequestOpenAlready
from yipan.trade.orders.events import RefundRequestClosed, RefundRequestOpened
from yipan.trade.orders.models import OrderLine, RefundRequest, RequestState
from yipan.trade.orders.queries import line as line_in_reach
from yipan.trade.orders.queries import refund_request
from yipan.trade.orders.requests import RefundOrder
from yipan.trade.orders.rules import OrderState, RefundFigures, check_refundable

_ANSWER: Final = 200


def open_refund_request(
    *, line_id: int, quantity: int, amount: int, reason: str, within: str = "/"
) -> RefundRequest:
    """Note that a buyer asks for `quantity` units and `amount` fen of a line back.

    Raises NotFound, RequestOpenAlready, and what a refund of that size would raise.
    """
    with unit_of_work():
        line = line_in_reach(line_id, within=within)
        locked = OrderLine.objects.select_for_update(no_key=True).get(id=line.id)
        figures = RefundFigures(
            OrderState(line.order.state),
            locked.quantity,
            locked.net_amount,
            locked.refunded_quantity,
            locked.refunded_amount,
        )
        check_refundable(figures, quantity, amount)
        if RefundRequest.objects.filter(line=locked, state=RequestState.OPEN).exists():
            raise RequestOpenAlready
        request: RefundRequest = RefundRequest.objects.create(
            id=next_id(),
            line=locked,
            state=RequestState.OPEN,
            quantity=quantity,
            amount=amount,
            reason=reason[:200],
            opened_at=clock.now(),
        )
        announce(RefundRequestOpened(request.id, line.id, line.order.organisation_id))
    return request


def close_refund_request(
    *,
    request_id: int,
    outcome: str,
    by: Actor,
    within: str = "/",
    restock: bool = True,
    answer: str = "",
) -> RefundRequest:
    """Answer a refund request: `granted` (refunds what was asked), `refused` or `withdrawn`.

    `answer` is what the buyer is told. Raises NotFound, RequestClosed, InvalidField, and what the
    refund raises.
    """
    if outcome not in {RequestState.GRANTED, RequestState.REFUSED, RequestState.WITHDRAWN}:
        raise InvalidField(field="outcome", reason=_("must be granted, refused or withdrawn"))
    answer = text.checked(answer, field="answer", most=_ANSWER, required=False)
    now = clock.now()
    with unit_of_work():
        request = refund_request(request_id, within=within)
        # The line first, as every refund does: the two queue up in one order.
        OrderLine.objects.select_for_update(no_key=True).get(id=request.line_id)
        open_still = RefundRequest.objects.filter(id=request.id, state=RequestState.OPEN)
        closing = {"state": outcome, "closed_at": now, "closed_by": str(by), "answer": answer}
        if not open_still.update(**closing):
            raise RequestClosed
        if outcome == RequestState.GRANTED:
            _give_back(request, restock=restock, by=by, within=within)
        organisation_id = request.line.order.organisation_id
        audit.record(
            action=f"orders.refund_request_{outcome}",
            subject_type="refund_request",
            subject_id=request.id,
            organisation_id=organisation_id,
            before={"state": RequestState.OPEN.value},
            after={"state": outcome, "amount": request.amount, "quantity": request.quantity},
            by=by,
            reason=answer,
        )
        announce(RefundRequestClosed(request.id, request.line_id, organisation_id, outcome))
        request.refresh_from_db()
    return request


def _give_back(request: RefundRequest, *, restock: bool, by: Actor, within: str) -> None:
    """Refund what was asked. Raises what the refund answers."""
    refund = RefundOrder(
        line_id=request.line_id,
        number=f"request-{request.id}",
        quantity=request.quantity,
        amount=request.amount,
        refunded_at=clock.now(),
        restock=restock,
        reason=request.reason,
    )
    (refunded,) = refund_lines(refunds=[refund], by=by, within=within)
    if refunded.error is not None:
        raise refunded.error
