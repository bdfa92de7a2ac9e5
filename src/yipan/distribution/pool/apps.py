"""The card of pool."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig


class PoolConfig(ModuleConfig):
    name = "yipan.distribution.pool"
    label = "pool"
    purpose = "Offers and commission rules"
    requires = ("catalogue",)
    permissions = ("pool.read", "pool.write")
    menu = (
        MenuEntry(_("Distribution"), _("Pool"), "pool.Offer", "inventory_2"),
        MenuEntry(_("Distribution"), _("Commission rules"), "pool.CommissionRule", "percent"),
        MenuEntry(_("Distribution"), _("Loaded files"), "pool.ImportRun", "upload_file"),
    )
