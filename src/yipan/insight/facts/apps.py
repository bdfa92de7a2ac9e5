"""The card of facts."""

from yipan.kernel.modules import ModuleConfig


class FactsConfig(ModuleConfig):
    name = "yipan.insight.facts"
    label = "facts"
    purpose = "Append-only facts for reports"
    requires = ("commissions",)
    optional = True
    permissions = ("facts.read",)
