"""A member's purchases: list, and one with everything that a buyer wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipan.goods.catalogue.queries import SkuCard, cards
from yipan.kernel import clock
from yipan.kernel.pagination import Page, paginate
from yipan.trade.checkout.queries.purchase_views import (
    Possible,
    Purchase,
    PurchaseCard,
    PurchaseLine,
    PurchaseState,
    RequestView,
    Tab,
    card_of,
    line_of,
    purchase_of,
)
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.queries import fulfilments_of, timeline
from yipan.trade.fulfilment.rules import FINAL
from yipan.trade.orders.buying import (
    lines_of,
    own_order,
    own_orders,
    refund_figures,
    requests_of,
    with_text,
)
from yipan.trade.orders.models import Order, OrderLine, RefundRequest
from yipan.trade.orders.rules import OrderState, check_refundable, refund_share
from yipan.trade.payments.actions.begin import TIME_TO_PAY
from yipan.trade.payments.queries import payment_of

__all__ = [
    "Possible",
    "Purchase",
    "PurchaseCard",
    "PurchaseLine",
    "PurchaseState",
    "RequestView",
    "Tab",
    "purchase",
    "purchase_counts",
    "purchases",
    "refund_offer",
]


def purchases(
    *,
    member_id: int,
    tab: Tab = Tab.ALL,
    text: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[PurchaseCard]:
    """A member's purchases in every channel, newest first; five statements a page.

    `text` is a part of the number, or of the name of something bought. Raises InvalidField (cursor,
    limit).
    """
    found = _of_tab(own_orders(member_id), tab)
    if text:
        found = with_text(found, text)
    page = paginate(found, cursor=cursor, limit=limit, order=("-placed_at", "id"))
    ids = [order.id for order in page.items]
    lines, ways, asked = lines_of(ids), fulfilments_of(ids), requests_of(ids)
    shown = _cards_of(lines.values())
    return page.map(
        lambda order: card_of(
            order,
            [line_of(line, order, asked[order.id], shown) for line in lines[order.id]],
            ways.get(order.id),
        )
    )


def purchase_counts(member_id: int) -> dict[Tab, int]:
    """How many purchases wait in the tabs that ask for something; three statements."""
    mine = own_orders(member_id)
    waiting = (Tab.TO_PAY, Tab.TO_RECEIVE, Tab.REFUNDS)
    return {tab: _of_tab(mine, tab, is_open=True).count() for tab in waiting}


def purchase(order_id: int, *, member_id: int) -> Purchase:
    """One purchase of the member; seven statements. Raises NotFound."""
    order = own_order(order_id, member_id=member_id)
    lines, asked = lines_of([order.id])[order.id], requests_of([order.id])[order.id]
    way = fulfilments_of([order.id]).get(order.id)
    shown = _cards_of([lines])
    return purchase_of(
        order,
        [line_of(line, order, asked, shown) for line in lines],
        way,
        steps=timeline(way.id, paid_at=order.paid_at) if way else (),
        asked=asked,
        payment=payment_of(order.id),
    )


def refund_offer(order_id: int, line_id: int, quantity: int, *, member_id: int) -> int:
    """Fen that would be given back for so many units of a line.

    Raises NotFound, and what a refund of that size would raise.
    """
    figures = refund_figures(order_id, line_id, member_id=member_id)
    amount = refund_share(figures, quantity)
    check_refundable(figures, quantity, amount)
    return amount


def _of_tab(orders: QuerySet[Order], tab: Tab, *, is_open: bool = False) -> QuerySet[Order]:
    if tab is Tab.TO_PAY:
        return orders.filter(
            state=OrderState.CAPTURED.value, placed_at__gt=clock.now() - TIME_TO_PAY
        )
    if tab is Tab.TO_RECEIVE:
        under_way = Fulfilment.objects.filter(order_id=OuterRef("pk")).exclude(
            state__in=[state.value for state in FINAL]
        )
        return orders.filter(Exists(under_way), state=OrderState.PAID.value)
    if tab is Tab.DONE:
        return orders.filter(state=OrderState.COMPLETED.value)
    if tab is Tab.REFUNDS:
        asked = RefundRequest.objects.filter(line__order_id=OuterRef("pk"))
        if is_open:
            return orders.filter(Exists(asked.filter(state="open")))
        given = OrderLine.objects.filter(order_id=OuterRef("pk"), refunded_amount__gt=0)
        return orders.filter(Q(Exists(asked)) | Q(Exists(given)))
    return orders


def _cards_of(lines: Iterable[Sequence[OrderLine]]) -> dict[int, SkuCard]:
    ids = {line.sku_id for of_order in lines for line in of_order}
    return cards(sorted(ids))
