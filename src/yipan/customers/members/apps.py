"""The card of members."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORDERS


class MembersConfig(ModuleConfig):
    name = "yipan.customers.members"
    label = "members"
    purpose = "One identity of a buyer for every channel"
    optional = True
    permissions = ("members.read", "members.write")
    menu = (MenuEntry(ORDERS, _("Members"), "members.Member", "contact"),)
