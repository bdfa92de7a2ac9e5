"""The card of fulfilment."""

from yipan.kernel.modules import ModuleConfig


class FulfilmentConfig(ModuleConfig):
    name = "yipan.trade.fulfilment"
    label = "fulfilment"
    purpose = "How orders reach their buyers: delivery or pick-up"
    requires = ("orders",)
    optional = True
    permissions = ("fulfilment.read", "fulfilment.write")
