"""Reads of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.events import LineSnapshot, OrderSnapshot
from yipan.trade.orders.models import Order, OrderLine, Refund, RefundRequest

_SNAPSHOTS = """
SELECT o.id, o.channel, o.number, o.organisation_id, o.member_id, o.visitor, o.distributor_code,
       o.coupon_code, o.campaign, o.currency, o.net_amount, o.freight_amount, o.placed_at,
       o.paid_at,
       l.id, l.line_no, l.sku_id, s.code, s.product_id, s.category_path, l.quantity, s.list_price,
       l.price_kind, l.net_amount
  FROM orders_order o
  JOIN orders_orderline l ON l.order_id = o.id
  JOIN catalogue_sku s ON s.id = l.sku_id
 WHERE o.tenant_id = %s AND o.id = ANY(%s::bigint[])
 ORDER BY o.id, l.line_no
"""
_OF_ORDER = 14


def snapshots(order_ids: Sequence[int]) -> dict[int, OrderSnapshot]:
    """Whole orders by id, in one statement."""
    found: dict[int, OrderSnapshot] = {}
    lines: dict[int, list[LineSnapshot]] = {}
    for row in sql.fetch(_SNAPSHOTS, (current_tenant_id(), list(order_ids))):
        lines.setdefault(row[0], []).append(LineSnapshot(*row[_OF_ORDER:]))
        if row[0] not in found:
            found[row[0]] = OrderSnapshot._make((*row[:_OF_ORDER], ()))
    return {id_: order._replace(lines=tuple(lines[id_])) for id_, order in found.items()}


def orders(
    *,
    within: str,
    organisation_path: str = "",
    state: str = "",
    channel: str = "",
    number: str = "",
    placed_from: datetime | None = None,
    placed_until: datetime | None = None,
) -> QuerySet[Order]:
    """Orders of a subtree, newest first (indexes: order_of_store, order_newest)."""
    found: QuerySet[Order] = Order.objects.select_related("organisation")
    if within != "/":
        found = found.filter(organisation__path__startswith=within)
    if organisation_path:
        found = found.filter(organisation__path__startswith=organisation_path)
    if state:
        found = found.filter(state=state)
    if channel:
        found = found.filter(channel=channel)
    if number:
        found = found.filter(number=number)
    if placed_from is not None:
        found = found.filter(placed_at__gte=placed_from)
    if placed_until is not None:
        found = found.filter(placed_at__lt=placed_until)
    return found


def order(order_id: int, *, within: str) -> Order:
    """One order with its organisation, lines and their refunds. Raises NotFound."""
    whole = Order.objects.select_related("organisation").prefetch_related(
        "lines__sku", "lines__refunds", "lines__refund_requests"
    )
    found: Order | None = whole.filter(id=order_id, organisation__path__startswith=within).first()
    if found is None:
        raise NotFound(kind="order", ref=order_id)
    return found


def line(line_id: int, *, within: str) -> OrderLine:
    """One line with its order. Raises NotFound."""
    found: OrderLine | None = (
        OrderLine.objects.select_related("order", "sku")
        .filter(id=line_id, order__organisation__path__startswith=within)
        .first()
    )
    if found is None:
        raise NotFound(kind="line", ref=line_id)
    return found


def line_of(order_id: int, line_no: int, *, within: str) -> OrderLine:
    """One line by its order and number. Raises NotFound."""
    found: OrderLine | None = (
        OrderLine.objects.select_related("order", "sku")
        .filter(order_id=order_id, line_no=line_no, order__organisation__path__startswith=within)
        .first()
    )
    if found is None:
        raise NotFound(kind="line", ref=f"{order_id}/{line_no}")
    return found


def refunds(*, within: str) -> QuerySet[Refund]:
    """Refunds of a subtree with their lines."""
    found: QuerySet[Refund] = Refund.objects.select_related("line__order", "line__sku").filter(
        line__order__organisation__path__startswith=within
    )
    return found


def refund_request(request_id: int, *, within: str) -> RefundRequest:
    """One refund request with its line and order. Raises NotFound."""
    found: RefundRequest | None = (
        RefundRequest.objects.select_related("line__order")
        .filter(id=request_id, line__order__organisation__path__startswith=within)
        .first()
    )
    if found is None:
        raise NotFound(kind="refund request", ref=request_id)
    return found
