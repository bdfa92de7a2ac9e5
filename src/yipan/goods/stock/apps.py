"""The card of stock."""

from yipan.kernel.modules import ModuleConfig


class StockConfig(ModuleConfig):
    name = "yipan.goods.stock"
    label = "stock"
    purpose = "Stock by location"
    requires = ("catalogue",)
    optional = True
    permissions = ("stock.read", "stock.write")
