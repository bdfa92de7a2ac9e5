"""Screens that need to know several modules: of the kernel, of the ledger, the page of an order.

The kernel knows no people, and the ledger not whose accounts it keeps, so that neither can say who
may see what.
"""

from yipan.surfaces.console.admin.kernel import (
    AuditEntryAdmin,
    OutboxEventAdmin,
    PolicyVersionAdmin,
)
from yipan.surfaces.console.admin.ledger import AccountAdmin, JournalAdmin, SealAdmin
from yipan.surfaces.console.admin.orders import OrderChainAdmin

__all__ = [
    "AccountAdmin",
    "AuditEntryAdmin",
    "JournalAdmin",
    "OrderChainAdmin",
    "OutboxEventAdmin",
    "PolicyVersionAdmin",
    "SealAdmin",
]
