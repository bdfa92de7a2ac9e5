"""The card of fulfilment."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORDERS


class FulfilmentConfig(ModuleConfig):
    name = "yipan.trade.fulfilment"
    label = "fulfilment"
    purpose = "How orders reach their buyers: delivery or pick-up"
    requires = ("orders", "members")
    optional = True
    permissions = ("fulfilment.read", "fulfilment.write", "fulfilment.reveal")
    menu = (MenuEntry(ORDERS, _("Fulfilment"), "fulfilment.Fulfilment", "truck"),)
