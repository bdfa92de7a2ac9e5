"""What commissions do when orders are paid or refunded."""

from collections.abc import Sequence

from yipan.distribution.commissions import actions
from yipan.kernel.events import on
from yipan.trade.orders.events import LineRefunded, OrderPaid


@on(OrderPaid)
def accrue(events: Sequence[OrderPaid]) -> None:
    """Paid lines earn."""
    actions.accrue(payments=events)


@on(LineRefunded)
def reverse(events: Sequence[LineRefunded]) -> None:
    """Refunds take back."""
    actions.reverse(refunds=events)
