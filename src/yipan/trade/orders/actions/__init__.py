"""What can be done with orders."""

from yipan.trade.orders.actions.bestsellers import count_units_sold
from yipan.trade.orders.actions.cancel import cancel_order
from yipan.trade.orders.actions.capture import MOST_ORDERS, capture_orders
from yipan.trade.orders.actions.complete import complete_order
from yipan.trade.orders.actions.pay import pay_orders
from yipan.trade.orders.actions.refund import refund_lines
from yipan.trade.orders.actions.refund_requests import close_refund_request, open_refund_request

__all__ = [
    "MOST_ORDERS",
    "cancel_order",
    "capture_orders",
    "close_refund_request",
    "complete_order",
    "count_units_sold",
    "open_refund_request",
    "pay_orders",
    "refund_lines",
]
