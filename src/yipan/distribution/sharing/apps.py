"""The card of sharing."""

from yipan.kernel.modules import ModuleConfig


class SharingConfig(ModuleConfig):
    name = "yipan.distribution.sharing"
    label = "sharing"
    purpose = "Tamper-proof links and codes"
    requires = ("distributors", "catalogue")
    optional = True
    permissions = ("sharing.read", "sharing.write")
