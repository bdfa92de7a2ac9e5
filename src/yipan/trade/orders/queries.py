"""Reads of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from yipan.group.organisations.queries import ids_within
from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import start_of, zone
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
# Indexes: order_newest, order_of_store; line_refunded. Each day is one span of the index: nothing
# has to be told apart row by row.
_DAILY = """
SELECT k.day, o.orders, o.net
  FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS k(day, start, stop)
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE o.state <> 'cancelled') AS orders,
              coalesce(sum(o.net_amount) FILTER (WHERE o.state IN ('paid', 'completed')), 0)::bigint
                  AS net
         FROM orders_order o
        WHERE o.tenant_id = %s AND o.placed_at >= k.start AND o.placed_at < k.stop
          AND {scope}) o
 WHERE o.orders > 0
"""
_BACK = """
SELECT (o.placed_at AT TIME ZONE %s)::date, sum(l.refunded_amount)::bigint
  FROM orders_orderline l
  JOIN orders_order o ON o.id = l.order_id
 WHERE l.tenant_id = %s AND l.refunded_amount > 0
   AND o.tenant_id = %s AND o.placed_at >= %s AND o.placed_at < %s AND {scope}
 GROUP BY 1
"""


class DayOfTrade(NamedTuple):
    """Orders by the business day on which they were placed."""

    orders: int
    """Without those that were cancelled."""
    net: int
    """Fen; what was paid for goods, without freight, less what was given back since."""


def daily_trade(paths: Sequence[str], first: date, last: date) -> dict[date, DayOfTrade]:
    """The days of a span, both ends included, on which these subtrees had orders.

    Two statements; what they cost grows with the orders of the span.
    """
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    starts = [start_of(day) for day in days]
    stops = [start_of(day + timedelta(days=1)) for day in days]
    tenant_id, scope = current_tenant_id(), ids_within(paths, "o.organisation_id")
    back: dict[date, int] = dict(
        sql.fetch(
            _BACK.format(scope=scope.condition),
            (zone(), tenant_id, tenant_id, starts[0], stops[-1], *scope.params),
        )
    )
    rows = sql.fetch(
        _DAILY.format(scope=scope.condition), (days, starts, stops, tenant_id, *scope.params)
    )
    return {day: DayOfTrade(orders, net - back.get(day, 0)) for day, orders, net in rows}


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
