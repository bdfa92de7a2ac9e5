"""What is written down when an order is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yipan.kernel import uow
from yipan.kernel.events import on
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.events import OrderPaid
from yipan.trade.payments.models import Payment

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
