"""The card of pool."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import POOL


class PoolConfig(ModuleConfig):
    name = "yipan.distribution.pool"
    label = "pool"
    purpose = "Offers and commission rules"
    requires = ("catalogue",)
    permissions = ("pool.read", "pool.write")
    menu = (
        MenuEntry(POOL, _("Offers"), "pool.Offer", "inventory_2"),
        MenuEntry(POOL, _("Commission rules"), "pool.CommissionRule", "percent"),
        MenuEntry(POOL, _("Loaded files"), "pool.ImportRun", "upload_file"),
    )
