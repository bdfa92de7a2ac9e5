"""What fulfilment does when orders change."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.kernel.events import on
from yipan.trade.fulfilment.actions import cancel_with_orders
from yipan.trade.orders.events import OrderCancelled


@on(OrderCancelled)
def cancel(events: Sequence[OrderCancelled]) -> None:
    """A cancelled order is not sent."""
    cancel_with_orders(order_ids=[event.order.id for event in events])
