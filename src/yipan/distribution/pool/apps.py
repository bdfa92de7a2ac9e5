"""The card of pool."""

from yipan.kernel.modules import ModuleConfig


class PoolConfig(ModuleConfig):
    name = "yipan.distribution.pool"
    label = "pool"
    purpose = "Offers and commission rules"
    requires = ("catalogue",)
    permissions = ("pool.read", "pool.write")
