"""The card of sharing."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import DISTRIBUTORS


class SharingConfig(ModuleConfig):
    name = "yipan.distribution.sharing"
    label = "sharing"
    purpose = "Tamper-proof links and codes"
    requires = ("distributors", "catalogue")
    optional = True
    permissions = ("sharing.read", "sharing.write")
    menu = (MenuEntry(DISTRIBUTORS, _("Share links"), "sharing.ShareLink", "share-2"),)
