"""Changes of a group's pool are made one after another."""

from __future__ import annotations

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


def take_turn() -> None:
    """Wait until no other transaction changes this tenant's offers or rules.

    So what is read before a change is what was changed, thousands of rows are locked without
    deadlock, and versions are counted one by one. Payments only read, and wait for nobody.
    """
    tenant_id = current_tenant_id()
    sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('pool', %s))", (tenant_id,))
