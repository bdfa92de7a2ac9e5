"""From the outbox to deliveries, in the order of commits."""

from __future__ import annotations

from typing import Final

from yipan.kernel import clock, sql
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint

_AT_ONCE: Final = 2000  # events

_POSITION: Final = """
INSERT INTO webhooks_outboxposition (id, tenant_id, through_xact) VALUES (%s, %s, 0)
ON CONFLICT (tenant_id) DO UPDATE SET through_xact = webhooks_outboxposition.through_xact
RETURNING through_xact
"""

# A transaction below the snapshot's xmin has ended, and none below it will ever begin: its events
# are all there. One that is still open stops the reader, whatever its ids and clock say. What is
# handed on ends with a whole transaction, at the first one beyond the wanted number of events.
_BOUND: Final = """
WITH ended AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot()) AS below
)
SELECT ended.below::text::bigint,
       (SELECT e.xact::text::bigint
          FROM kernel_outboxevent e
         WHERE e.tenant_id = %s AND e.xact >= %s::text::xid8 AND e.xact < ended.below
         ORDER BY e.xact, e.id OFFSET %s LIMIT 1)
  FROM ended
"""

# Every active endpoint hears the events of its organisation's subtree that its patterns cover;
# events of no organisation are for endpoints at the root.
_HEARD: Final = """
SELECT p.id, e.id, e.name
  FROM kernel_outboxevent e
  LEFT JOIN organisations_organisation eo ON eo.id = e.organisation_id
  JOIN webhooks_endpoint p ON p.tenant_id = e.tenant_id AND p.is_active
  JOIN organisations_organisation po ON po.id = p.organisation_id
 WHERE e.tenant_id = %s AND e.xact >= %s::text::xid8 AND e.xact < %s::text::xid8
   AND e.occurred_at >= p.created_at AND e.name <> 'webhook.test'
   AND (po.parent_id IS NULL OR starts_with(eo.path, po.path))
   AND EXISTS (
           SELECT 1 FROM unnest(p.events) pattern
            WHERE pattern IN ('*', e.name)
               OR (pattern LIKE '%%.*' AND starts_with(e.name, left(pattern, -1))))
 ORDER BY e.xact, e.id, p.id
"""
COLUMNS: Final = (
    "id", "tenant_id", "endpoint_id", "event_id", "event_name", "state", "attempts", "next_at",
    "last_error", "created_at",
)  # fmt: skip


def hand_on_events() -> int:
    """Make a delivery of every new event for every endpoint that may hear it.

    Safe to run twice at once: the second waits for the first. Returns the number of deliveries
    made. A constant number of statements for some thousand events.
    """
    if not Endpoint.objects.filter(is_active=True).exists():
        return 0
    made = 0
    while True:
        count, is_behind = _hand_on_some()
        made += count
        if not is_behind:
            return made


def skip_to_now() -> None:
    """Begin with what happens from now on, where nobody listened before."""
    with unit_of_work():
        _locked_position()
        _move_on("(SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint)", ())


def _hand_on_some() -> tuple[int, bool]:
    """(deliveries made, whether there is more)."""
    tenant_id = current_tenant_id()
    with unit_of_work():
        through = _locked_position()
        ((ended, beyond),) = sql.fetch(_BOUND, (tenant_id, str(through), _AT_ONCE))
        # One transaction alone may have more events than wanted; it is taken whole.
        below = ended if beyond is None else max(beyond, through + 1)
        if below <= through:
            return 0, False
        heard = sql.fetch(_HEARD, (tenant_id, str(through), str(below)))
        now = clock.now()
        rows = [
            (id_, tenant_id, *each, DeliveryState.WAITING.value, 0, now, "", now)
            for id_, each in zip(next_ids(len(heard)), heard, strict=True)
        ]
        made = sql.insert(
            Delivery, COLUMNS, rows, suffix="ON CONFLICT (endpoint_id, event_id) DO NOTHING"
        )
        _move_on("%s", (below,))
    return made, below < ended


def _locked_position() -> int:
    ((through,),) = sql.fetch(_POSITION, (next_id(), current_tenant_id()))
    return int(through)


def _move_on(expression: str, params: tuple[object, ...]) -> None:
    sql.execute(
        f"UPDATE webhooks_outboxposition SET through_xact = {expression} WHERE tenant_id = %s",  # noqa: S608
        (*params, current_tenant_id()),
    )
