"""Background tasks of accounts."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from yipan.group.people.attempts import forget_old_attempts
from yipan.kernel.jobs import in_each_tenant, periodic


@periodic("47 3 * * *", name="people.forget_attempts")
def forget_attempts_of_all() -> None:
    """Remove counts of sign-in attempts whose window is over."""
    in_each_tenant(forget_old_attempts)


@periodic("52 3 * * *", name="people.forget_sessions")
def forget_sessions() -> None:
    """Remove sessions that are over; browsers that never come back sign nobody out."""
    SessionStore.clear_expired()
