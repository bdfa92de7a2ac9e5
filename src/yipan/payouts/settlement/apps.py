"""The card of settlement."""

from yipan.kernel.modules import ModuleConfig


class SettlementConfig(ModuleConfig):
    name = "yipan.payouts.settlement"
    label = "settlement"
    purpose = "Release of what is due"
    requires = ("commissions",)
    optional = True
    permissions = ("settlement.read", "settlement.write")
