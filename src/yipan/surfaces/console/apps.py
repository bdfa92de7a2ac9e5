"""The card of console."""

from importlib import import_module
from importlib.util import find_spec

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import (
    MenuEntry,
    ModuleConfig,
    all_modules,
    enabled_modules,
    is_enabled,
)
from yipan.kernel.sections import AUDIT, COMMISSION, RULES
from yipan.surfaces.console import names


class ConsoleConfig(ModuleConfig):
    name = "yipan.surfaces.console"
    label = "console"
    purpose = "The operations back office"
    requires = ("people", "commissions")
    optional = True
    permissions = ("audit.read", "policies.read")
    menu = (
        MenuEntry(COMMISSION, _("Journals"), "ledger.Journal", "book-open"),
        MenuEntry(COMMISSION, _("Accounts"), "ledger.Account", "landmark"),
        MenuEntry(
            RULES,
            _("Policies"),
            "kernel.PolicyVersion",
            "scale",
            url_name="console-policies",
            permission="policies.read",
        ),
        MenuEntry(
            AUDIT,
            _("Audit trail"),
            "kernel.AuditEntry",
            "shield-check",
            url_name="console-audit",
            permission="audit.read",
        ),
        MenuEntry(AUDIT, _("Seals"), "ledger.Seal", "link-2"),
        MenuEntry(AUDIT, _("Outbox"), "kernel.OutboxEvent", "mail"),
    )

    def ready(self) -> None:
        """Put up the screens of the modules that are on; of the others there is nothing to see."""
        super().ready()
        if not is_enabled(self.label):
            return
        names.translate_names(all_modules())
        for module in enabled_modules():
            if find_spec(f"{module.name}.admin"):
                import_module(f"{module.name}.admin")
