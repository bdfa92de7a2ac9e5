"""The card of catalogue."""

from yipan.kernel.modules import ModuleConfig


class CatalogueConfig(ModuleConfig):
    name = "yipan.goods.catalogue"
    label = "catalogue"
    purpose = "Categories, products, SKUs, prices and search"
    requires = ("organisations",)
    permissions = ("catalogue.read", "catalogue.write")
