"""Turns: what must not happen twice at once in one tenant."""

from __future__ import annotations

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


def take_turn(name: str) -> None:
    """Wait until no other transaction of the tenant has this turn; held until the commit.

    What was read before the turn came may be old: read it again. Whoever needs several turns takes
    them in order of name.
    """
    sql.fetch(_TURN, (name, current_tenant_id()))
