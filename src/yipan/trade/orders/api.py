"""Orders over the open API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yipan.group.organisations.queries import tree
from yipan.kernel.caller import caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.http import idempotent
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.trade.orders import actions, queries
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.orders.rules import OrderState
from yipan.trade.orders.schemas import (
    AnswerIn,
    CancellationIn,
    CapturedBatchOut,
    CapturedOut,
    CompletionIn,
    OrderIn,
    OrderOut,
    OrdersIn,
    OrderSummaryOut,
    PaymentIn,
    RefundedOut,
    RefundIn,
    RefundRequestIn,
    RefundRequestOut,
    RefundsIn,
)

router = Router(tags=["orders"])


@router.post("/orders", response={201: CapturedOut}, summary="Take an order down")
@idempotent
def capture(request: HttpRequest, body: OrderIn) -> Status[CapturedOut]:
    """Take one order down; with `payment` it is paid, credited and earns commission at once."""
    caller = caller_of(request, "orders.write")
    (captured,) = actions.capture_orders(
        requests=[body.request()], by=caller.actor, within=caller.organisation_path
    )
    if captured.error is not None:
        raise captured.error
    return Status(201, CapturedOut.of(captured))


@router.post("/orders/batch", response=CapturedBatchOut, summary="Take many orders down")
@idempotent
def capture_batch(request: HttpRequest, body: OrdersIn) -> CapturedBatchOut:
    """Take up to 500 orders down; each succeeds or fails by itself with its own error."""
    caller = caller_of(request, "orders.write")
    answers = actions.capture_orders(
        requests=[order.request() for order in body.orders],
        by=caller.actor,
        within=caller.organisation_path,
    )
    failed = sum(answer.error is not None for answer in answers)
    return CapturedBatchOut(
        captured=len(answers) - failed,
        failed=failed,
        results=[CapturedOut.of(answer) for answer in answers],
    )


class OrderFilters(Schema):
    """Which orders; times are a half-open span."""

    organisation: str = Field("", description="Code of an organisation: it and all below.")
    state: OrderState | None = None
    channel: str = ""
    number: str = ""
    placed_from: AwareDatetime | None = None
    placed_until: AwareDatetime | None = None


@router.get("/orders", response=PageOf[OrderSummaryOut], summary="List orders")
def orders(request: HttpRequest, page: Query[PageQuery], filters: Query[OrderFilters]) -> object:
    """Orders of the caller's subtree, newest first."""
    caller = caller_of(request, "orders.read")
    path = ""
    if filters.organisation:
        node = tree().by_code.get(filters.organisation)
        if node is None or not node.path.startswith(caller.organisation_path):
            raise NotFound(kind="organisation", ref=filters.organisation)
        path = node.path
    found = queries.orders(
        within=caller.organisation_path,
        organisation_path=path,
        state=filters.state or "",
        channel=filters.channel,
        number=filters.number,
        placed_from=filters.placed_from,
        placed_until=filters.placed_until,
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-placed_at", "id"))
    return rows.map(OrderSummaryOut.summary)


@router.get("/orders/{int:order_id}", response=OrderOut, summary="Read an order")
def order(request: HttpRequest, order_id: int) -> OrderOut:
    """One order with its lines and their refunds."""
    caller = caller_of(request, "orders.read")
    return OrderOut.of(queries.order(order_id, within=caller.organisation_path))


@router.post("/orders/{int:order_id}/payment", response=OrderOut, summary="Record a payment")
@idempotent
def pay(request: HttpRequest, order_id: int, body: PaymentIn) -> OrderOut:
    """The order was paid in full; commissions are computed and booked at once."""
    caller = caller_of(request, "orders.write")
    payment = PaymentRequest(order_id, body.paid_at, body.provider, body.reference)
    actions.pay_orders(payments=[payment], within=caller.organisation_path)
    return OrderOut.of(queries.order(order_id, within=caller.organisation_path))


@router.post("/orders/{int:order_id}/completion", response=OrderOut, summary="Complete lines")
@idempotent
def complete(request: HttpRequest, order_id: int, body: CompletionIn) -> OrderOut:
    """The goods were delivered or picked up; the holding time of commissions starts."""
    caller = caller_of(request, "orders.write")
    actions.complete_order(
        order_id=order_id,
        completed_at=body.completed_at,
        line_nos=body.line_nos,
        within=caller.organisation_path,
    )
    return OrderOut.of(queries.order(order_id, within=caller.organisation_path))


@router.post("/orders/{int:order_id}/cancellation", response=OrderOut, summary="Cancel an order")
@idempotent
def cancel(request: HttpRequest, order_id: int, body: CancellationIn) -> OrderOut:
    """Give up an order that nobody paid; the goods go back into stock."""
    caller = caller_of(request, "orders.write")
    actions.cancel_order(
        order_id=order_id, reason=body.reason, by=caller.actor, within=caller.organisation_path
    )
    return OrderOut.of(queries.order(order_id, within=caller.organisation_path))


@router.post("/orders/{int:order_id}/refunds", response=list[RefundedOut], summary="Refund lines")
@idempotent
def refund(request: HttpRequest, order_id: int, body: RefundsIn) -> list[RefundedOut]:
    """Give back parts of paid lines; each refund succeeds or fails by itself.

    Commission is taken back in the same transaction.
    """
    caller = caller_of(request, "orders.write")
    found = queries.order(order_id, within=caller.organisation_path)
    ids = {line.line_no: line.id for line in found.lines.all()}
    wanted = [refund.order(_line_id(ids, refund)) for refund in body.refunds]
    answers = actions.refund_lines(refunds=wanted, by=caller.actor, within=caller.organisation_path)
    if len(answers) == 1 and answers[0].error is not None:
        raise answers[0].error
    return [RefundedOut.of(answer) for answer in answers]


def _line_id(ids: dict[int, int], refund: RefundIn) -> int:
    if refund.line_no not in ids:
        raise NotFound(kind="line", ref=refund.line_no)
    return ids[refund.line_no]


@router.post(
    "/orders/{int:order_id}/lines/{int:line_no}/refund-requests",
    response={201: RefundRequestOut},
    summary="Open a refund request",
)
@idempotent
def open_request(
    request: HttpRequest, order_id: int, line_no: int, body: RefundRequestIn
) -> Status[RefundRequestOut]:
    """A buyer asks for money back; until it is answered the commission is held."""
    caller = caller_of(request, "orders.write")
    line = queries.line_of(order_id, line_no, within=caller.organisation_path)
    opened = actions.open_refund_request(
        line_id=line.id,
        quantity=body.quantity,
        amount=body.amount,
        reason=body.reason,
        within=caller.organisation_path,
    )
    return Status(201, RefundRequestOut.of(opened))


@router.post(
    "/refund-requests/{int:request_id}/answer",
    response=RefundRequestOut,
    summary="Answer a refund request",
)
@idempotent
def answer_request(request: HttpRequest, request_id: int, body: AnswerIn) -> RefundRequestOut:
    """Grant (which refunds what was asked), refuse, or note that the buyer took it back."""
    caller = caller_of(request, "orders.write")
    closed = actions.close_refund_request(
        request_id=request_id,
        outcome=body.outcome,
        by=caller.actor,
        within=caller.organisation_path,
        restock=body.restock,
        answer=body.answer,
    )
    return RefundRequestOut.of(closed)
