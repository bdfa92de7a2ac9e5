"""What is written down when orders are paid, cancelled and refunded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yipan.kernel import clock, uow
from yipan.kernel.events import on
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.events import LineRefunded, OrderCancelled, OrderPaid
from yipan.trade.payments.actions import note_refunds
from yipan.trade.payments.models import LIVE_STATES, IntentState, Payment, PaymentIntent

_COLUMNS: Final = (
    "id", "tenant_id", "order_id", "provider", "reference", "amount", "currency", "paid_at"
)  # fmt: skip


@on(OrderPaid)
def record_payments(events: Sequence[OrderPaid]) -> None:
    """One payment per order: goods and freight."""
    tenant_id = current_tenant_id()
    for event, id_ in zip(events, next_ids(len(events)), strict=True):
        order = event.order
        amount = order.net_amount + order.freight_amount
        row = (
            id_, tenant_id, order.id, event.provider, event.reference, amount, order.currency,
            order.paid_at,
        )  # fmt: skip
        uow.append(Payment, _COLUMNS, row)


@on(OrderCancelled)
def end_attempts(events: Sequence[OrderCancelled]) -> None:
    """Nobody is asked any more to pay a cancelled order; money that comes still is given back."""
    orders = [event.order.id for event in events]
    waited = PaymentIntent.objects.filter(order_id__in=orders, holds_order=True)
    waited.filter(state__in=LIVE_STATES).update(state=IntentState.EXPIRED, settled_at=clock.now())
    waited.update(holds_order=False)


@on(LineRefunded)
def give_back(events: Sequence[LineRefunded]) -> None:
    """What was paid through a provider goes back through it."""
    note_refunds(refunds=events)
