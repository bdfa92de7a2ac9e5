"""Giving up an order that nobody paid."""

from __future__ import annotations

from yipan.goods.stock.actions import StockWish, put_back
from yipan.kernel import audit, clock
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.events import OrderCancelled
from yipan.trade.orders.models import Order
from yipan.trade.orders.queries import snapshots
from yipan.trade.orders.rules import OrderState, OrderStep, state_after


def cancel_order(*, order_id: int, reason: str, by: Actor, within: str = "/") -> Order:
    """Cancel a captured order and give its goods back to stock.

    A paid order is refunded instead. Raises NotFound, OrderStateRefused.
    """
    now = clock.now()
    with unit_of_work():
        order: Order | None = (
            Order.objects.select_for_update(no_key=True, of=("self",))
            .filter(id=order_id, organisation__path__startswith=within)
            .first()
        )
        if order is None:
            raise NotFound(kind="order", ref=order_id)
        before = order.state
        order.state = state_after(OrderState(order.state), OrderStep.CANCEL).value
        order.cancelled_at = now
        order.save(update_fields=["state", "cancelled_at"])
        snapshot = snapshots([order.id])[order.id]
        if order.location_id is not None:
            wishes = [
                StockWish(order.id, order.location_id, line.sku_id, line.quantity)
                for line in snapshot.lines
            ]
            put_back(wishes=wishes, reason="cancellation", at=now)
        audit.record(
            action="orders.cancel",
            subject_type="order",
            subject_id=order.id,
            organisation_id=order.organisation_id,
            before={"state": before},
            after={"state": order.state},
            by=by,
            reason=reason,
        )
        announce(OrderCancelled(snapshot))
    return order
