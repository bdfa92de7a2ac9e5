"""How often a name may be tried at the door, and how often a wrong one from one address."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from yipan.group.people.errors import TooManyAttempts
from yipan.group.people.models import SignInAttempt
from yipan.kernel import clock, sql
from yipan.kernel.ids import next_id
from yipan.kernel.networks import subscriber
from yipan.kernel.tenancy import current_tenant_id

MOST: Final = 10
"""Attempts on one name within `WINDOW` of the first of them."""
MOST_FROM_ADDRESS: Final = 100
"""Attempts from one address that went wrong within `WINDOW`; whole stores may share one."""
WINDOW: Final = timedelta(minutes=15)
_ADDRESS: Final = "\x1f{}"
"""Counted beside the names, as a name that nobody can type."""

_LONGEST: Final = 60

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
        raise TooManyAttempts(retry_after=_wait(since), is_first=attempts == MOST + 1)


def check_address(address: str) -> None:
    """See whether more may be tried from an address; empty: unknown. Raises TooManyAttempts."""
    if not address:
        return
    counted = SignInAttempt.objects.filter(username=_name_of(address))
    row = counted.filter(since__gt=clock.now() - WINDOW).values_list("attempts", "since").first()
    if row is not None and row[0] >= MOST_FROM_ADDRESS:
        raise TooManyAttempts(retry_after=_wait(row[1]))


def count_failure(address: str) -> None:
    """Count one attempt from an address that went wrong, whatever the name was."""
    if not address:
        return
    now = clock.now()
    over = now - WINDOW
    params = (next_id(), current_tenant_id(), _name_of(address), now, over, over)
    sql.execute(_COUNT, params)


def forget_attempts(username: str) -> None:
    """Start anew for a name, after the right password."""
    SignInAttempt.objects.filter(username=username).delete()


def _name_of(address: str) -> str:
    return _ADDRESS.format(subscriber(address))[:_LONGEST]


def _wait(since: datetime) -> int:
    return max(1, math.ceil((since + WINDOW - clock.now()).total_seconds()))


def forget_old_attempts() -> int:
    """Remove the counts whose window is over; how many there were."""
    old = SignInAttempt.objects.filter(since__lte=clock.now() - WINDOW)
    return int(old.delete()[0])
