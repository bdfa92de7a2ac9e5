"""The card of checkout."""

from yipan.kernel.modules import ModuleConfig


class CheckoutConfig(ModuleConfig):
    name = "yipan.trade.checkout"
    label = "checkout"
    purpose = "Baskets, and orders made from them"
    requires = ("orders", "payments", "fulfilment", "stock", "members")
    optional = True
    permissions = ("checkout.read", "checkout.write")
