"""The card of orders."""

from yipan.kernel.modules import ModuleConfig


class OrdersConfig(ModuleConfig):
    name = "yipan.trade.orders"
    label = "orders"
    purpose = "Orders, lines and refunds"
    requires = ("catalogue",)
    permissions = ("orders.read", "orders.write")
