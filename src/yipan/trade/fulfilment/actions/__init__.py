"""What is done on an order's way to its buyer."""

from yipan.trade.fulfilment.actions.ending import (
    confirm_receipt,
    hand_over,
    receive_overdue,
    record_receipt,
    renew_code,
    tidy_up,
)
from yipan.trade.fulfilment.actions.opening import cancel_with_orders, open_fulfilment
from yipan.trade.fulfilment.actions.reveal import reveal_address
from yipan.trade.fulfilment.actions.sending import mark_ready, pack, ship

__all__ = [
    "cancel_with_orders",
    "confirm_receipt",
    "hand_over",
    "mark_ready",
    "open_fulfilment",
    "pack",
    "receive_overdue",
    "record_receipt",
    "renew_code",
    "reveal_address",
    "ship",
    "tidy_up",
]
