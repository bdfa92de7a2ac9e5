"""Background tasks of members."""

from __future__ import annotations

from yipan.customers.members import sessions
from yipan.kernel.jobs import in_each_tenant, periodic


@periodic("51 3 * * *", name="members.forget_sessions")
def forget_sessions() -> None:
    """Remove sessions that are over."""
    in_each_tenant(sessions.forget_old)
