"""What happened since the last look: the outbox, each event once, whatever commits when.

The dispatcher of webhooks waits for the oldest open transaction, so as to hand on in the order of
commits. Here order matters less than speed: whatever a snapshot sees and the one before did not see
is new, and a long transaction elsewhere holds nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

KINDS: Final = (
    "touch.recorded",
    "member.signed_in",
    "commission.accrued",
    "commission.reversed",
    "commission.released",
    "order.captured",
    "order.paid",
    "order.cancelled",
    "order.lines_completed",
    "order.line_refunded",
    "order.refund_requested",
    "stock.changed",
    "withdrawal.requested",
    "withdrawal.approved",
    "withdrawal.succeeded",
    "withdrawal.failed",
    "withdrawal.rejected",
    "withdrawal.cancelled",
)
MOST: Final = 500
"""Events told one by one in one look; of more it is only told that there were many."""

_NOW: Final = "SELECT pg_current_snapshot()::text"
# Index: outbox_follow. Rows between the oldest transaction that was open at the former look and now
# are looked at again, and those that it saw are left out.
_FOLLOW: Final = """
WITH seen AS MATERIALIZED (SELECT pg_current_snapshot()::text AS now)
SELECT seen.now, e.id, e.name, e.payload, e.occurred_at
  FROM seen
  LEFT JOIN LATERAL (
      SELECT o.id, o.name, o.payload, o.occurred_at
        FROM kernel_outboxevent o
       WHERE o.tenant_id = %s AND o.xact >= pg_snapshot_xmin(%s::pg_snapshot)
         AND NOT pg_visible_in_snapshot(o.xact, %s::pg_snapshot) AND o.name = ANY(%s::text[])
       ORDER BY o.xact, o.id LIMIT %s) e ON true
"""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the outbox."""

    id: int
    name: str
    payload: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, and where the next one begins."""

    snapshot: str
    events: tuple[Happened, ...]
    is_too_much: bool
    """More happened than is told one by one; `events` is empty."""


def snapshot_now() -> str:
    """Where to begin, for whoever has not looked before."""
    ((snapshot,),) = sql.fetch(_NOW)
    return str(snapshot)


def look(snapshot: str) -> Look:
    """What became visible since a snapshot, in the tenant in context; one statement."""
    params = (current_tenant_id(), snapshot, snapshot, list(KINDS), MOST + 1)
    rows = sql.fetch(_FOLLOW, params)
    now = str(rows[0][0])
    if len(rows) > MOST:
        return Look(now, (), True)
    events = tuple(
        Happened(id_, name, sql.document(payload), at)
        for _, id_, name, payload, at in rows
        if id_ is not None
    )
    return Look(now, events, False)
