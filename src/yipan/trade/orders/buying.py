"""Reads of orders for their buyers: each sees the own ones, and no others are there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipan.kernel.errors import NotFound
from yipan.trade.orders.models import Order, OrderLine, RefundRequest
from yipan.trade.orders.rules import OrderState, RefundFigures


def own_orders(member_id: int) -> QuerySet[Order]:
    """A member's orders; to be ordered by `-placed_at` (index: order_of_member)."""
    found: QuerySet[Order] = Order.objects.select_related("organisation")
    return found.filter(member_id=member_id)


def with_text(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those with the text in their number, or in the name of something that was bought."""
    named = Q(sku__name__icontains=text) | Q(sku__product__name__icontains=text)
    lines = OrderLine.objects.filter(named, order_id=OuterRef("pk"))
    return orders.filter(Q(number__icontains=text) | Q(Exists(lines)))


def own_order(order_id: int, *, member_id: int) -> Order:
    """One order of the member. Raises NotFound."""
    found = own_orders(member_id).filter(id=order_id).first()
    if found is None:
        raise NotFound(kind="order", ref=order_id)
    return found


def lines_of(order_ids: Sequence[int]) -> dict[int, list[OrderLine]]:
    """The lines of orders with their SKUs, in one statement."""
    found: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    lines = OrderLine.objects.select_related("sku").filter(order_id__in=order_ids)
    for line in lines.order_by("line_no"):
        found[line.order_id].append(line)
    return found


def requests_of(order_ids: Sequence[int]) -> dict[int, list[RefundRequest]]:
    """What buyers asked to get back of orders, newest first, in one statement."""
    found: dict[int, list[RefundRequest]] = {order_id: [] for order_id in order_ids}
    asked = RefundRequest.objects.select_related("line").filter(line__order_id__in=order_ids)
    for request in asked.order_by("-id"):
        found[request.line.order_id].append(request)
    return found


def own_refund_request(request_id: int, *, member_id: int) -> RefundRequest:
    """One refund request of the member. Raises NotFound."""
    found: RefundRequest | None = (
        RefundRequest.objects.select_related("line__order")
        .filter(id=request_id, line__order__member_id=member_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="refund request", ref=request_id)
    return found


def refund_figures(order_id: int, line_id: int, *, member_id: int) -> RefundFigures:
    """What was sold, paid and given back of a line of the member's. Raises NotFound."""
    line: OrderLine | None = (
        OrderLine.objects.select_related("order")
        .filter(id=line_id, order_id=order_id, order__member_id=member_id)
        .first()
    )
    if line is None:
        raise NotFound(kind="line", ref=line_id)
    return figures_of(line, OrderState(line.order.state))


def figures_of(line: OrderLine, state: OrderState) -> RefundFigures:
    """A line as the rules of refunds see it."""
    return RefundFigures(
        state, line.quantity, line.net_amount, line.refunded_quantity, line.refunded_amount
    )
