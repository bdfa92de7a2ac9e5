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
        MenuEntry(
            POOL,
            _("Pool goods"),
            url_name="console-pool",
            permission="pool.read",
            icon="package",
        ),
        MenuEntry(
            POOL,
            _("Commission rules"),
            url_name="console-pool-rules",
            permission="pool.read",
            icon="percent",
        ),
        MenuEntry(
            POOL,
            _("Imports"),
            url_name="console-pool-imports",
            permission="pool.read",
            icon="file-up",
        ),
    )
