"""The card of ledger."""

from yipan.kernel.modules import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "yipan.ledger"
    label = "ledger"
    purpose = "Append-only double entry"
    permissions = ("ledger.read",)
