"""The card of commissions."""

from yipan.kernel.modules import ModuleConfig


class CommissionsConfig(ModuleConfig):
    name = "yipan.distribution.commissions"
    label = "commissions"
    purpose = "Commission entries, computed at payment"
    requires = ("attribution", "pool", "ledger")
    permissions = ("commissions.read",)
