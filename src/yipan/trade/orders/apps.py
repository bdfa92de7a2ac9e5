"""The card of orders."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORDERS


class OrdersConfig(ModuleConfig):
    name = "yipan.trade.orders"
    label = "orders"
    purpose = "Orders, lines and refunds"
    requires = ("catalogue",)
    permissions = ("orders.read", "orders.write")
    menu = (
        MenuEntry(ORDERS, _("Orders"), "orders.Order", "receipt-text"),
        MenuEntry(ORDERS, _("Refunds"), "orders.Refund", "undo-2"),
        MenuEntry(
            ORDERS, _("Refund requests"), "orders.RefundRequest", "message-circle-question-mark"
        ),
    )
