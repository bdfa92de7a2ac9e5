"""The card of payments."""

from yipan.kernel.modules import ModuleConfig


class PaymentsConfig(ModuleConfig):
    name = "yipan.trade.payments"
    label = "payments"
    purpose = "How orders were paid"
    requires = ("orders",)
    optional = True
    permissions = ("payments.read",)
