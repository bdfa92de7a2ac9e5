"""The card of settlement."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import PAYOUTS


class SettlementConfig(ModuleConfig):
    name = "yipan.payouts.settlement"
    label = "settlement"
    purpose = "Release of what is due"
    requires = ("commissions",)
    optional = True
    permissions = ("settlement.read", "settlement.write")
    menu = (
        MenuEntry(PAYOUTS, _("Due and held"), "commissions.EntryState", "clock"),
        MenuEntry(PAYOUTS, _("Release batches"), "settlement.ReleaseBatch", "check-check"),
    )
