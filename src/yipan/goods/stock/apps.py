"""The card of stock."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import GOODS


class StockConfig(ModuleConfig):
    name = "yipan.goods.stock"
    label = "stock"
    purpose = "Stock by location"
    requires = ("catalogue",)
    optional = True
    permissions = ("stock.read", "stock.write")
    menu = (
        MenuEntry(GOODS, _("Locations"), "stock.Location", "warehouse"),
        MenuEntry(
            GOODS,
            _("Stock"),
            "stock.StockLevel",
            "boxes",
            url_name="console-stock",
            permission="stock.read",
        ),
    )
