"""The card of catalogue."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import GOODS


class CatalogueConfig(ModuleConfig):
    name = "yipan.goods.catalogue"
    label = "catalogue"
    purpose = "Categories, products, SKUs, prices and search"
    requires = ("organisations",)
    permissions = ("catalogue.read", "catalogue.write")
    menu = (
        MenuEntry(GOODS, _("Categories"), "catalogue.Category", "folder-tree"),
        MenuEntry(
            GOODS,
            _("Products"),
            "catalogue.Product",
            "shopping-bag",
            url_name="console-goods",
            permission="catalogue.read",
        ),
        MenuEntry(GOODS, _("SKUs"), "catalogue.Sku", "barcode"),
        MenuEntry(GOODS, _("Prices"), "catalogue.Price", "tag"),
    )
