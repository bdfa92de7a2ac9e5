"""The card of facts."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import AUDIT


class FactsConfig(ModuleConfig):
    name = "yipan.insight.facts"
    label = "facts"
    purpose = "Append-only facts for reports"
    requires = ("commissions",)
    optional = True
    permissions = ("facts.read",)
    menu = (MenuEntry(AUDIT, _("Facts"), "facts.Fact", "database"),)
