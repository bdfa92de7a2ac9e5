"""The card of commissions."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import COMMISSION


class CommissionsConfig(ModuleConfig):
    name = "yipan.distribution.commissions"
    label = "commissions"
    purpose = "Commission entries, computed at payment"
    requires = ("attribution", "pool", "ledger")
    permissions = ("commissions.read",)
    menu = (MenuEntry(COMMISSION, _("Commission entries"), "commissions.Entry", "coins"),)
