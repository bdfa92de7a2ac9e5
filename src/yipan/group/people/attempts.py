"""How often a name may be tried at the door."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from yipan.group.people.errors import TooManyAttempts
from yipan.group.people.models import SignInAttempt
from yipan.kernel import clock, sql
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id

MOST: Final = 10
"""Attempts on one name within `WINDOW` of the first of them."""
WINDOW: Final = timedelta(minutes=15)

_COUNT: Final = """
INSERT INTO people_signinattempt AS a (id, tenant_id, username, attempts, since)
VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (tenant_id, username) DO UPDATE
   SET attempts = CASE WHEN a.since <= %s THEN 1 ELSE least(a.attempts + 1, 1000000) END,
       since = CASE WHEN a.since <= %s THEN excluded.since ELSE a.since END
RETURNING attempts, since
"""


def count_attempt(username: str) -> None:
    """Count one attempt before it is made, so that many at once are not more than one by one.

    Names that nobody has are counted like others. Raises TooManyAttempts.
    """
    now = clock.now()
    over = now - WINDOW
    row = sql.fetch_one(_COUNT, (next_id(), current_tenant_id(), username, now, over, over))
    attempts, since = row or (0, now)
    if attempts > MOST:
        wait = (since + WINDOW - now).total_seconds()
        raise TooManyAttempts(retry_after=max(1, math.ceil(wait)))


def forget_attempts(username: str) -> None:
    """Start anew for a name, after the right password."""
    SignInAttempt.objects.filter(username=username).delete()


def forget_old_attempts() -> int:
    """Remove the counts whose window is over; how many there were."""
    old = SignInAttempt.objects.filter(since__lte=clock.now() - WINDOW)
    return int(old.delete()[0])
