"""The card of distributors."""

from yipan.kernel.modules import ModuleConfig


class DistributorsConfig(ModuleConfig):
    name = "yipan.distribution.distributors"
    label = "distributors"
    purpose = "Who may share and earn"
    requires = ("organisations", "people")
    permissions = ("distributors.read", "distributors.write")
