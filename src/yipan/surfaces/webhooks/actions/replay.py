"""Sending again, by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.webhooks.actions.handing_on import COLUMNS
from yipan.surfaces.webhooks.errors import EndpointSwitchedOff
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint

LONGEST: Final = timedelta(days=31)
_MOST: Final = 10_000

_IN_SPAN: Final = """
SELECT e.id, e.name
  FROM webhooks_endpoint p
  JOIN organisations_organisation po ON po.id = p.organisation_id
  JOIN kernel_outboxevent e ON e.tenant_id = p.tenant_id
  LEFT JOIN organisations_organisation eo ON eo.id = e.organisation_id
  LEFT JOIN webhooks_delivery d ON d.endpoint_id = p.id AND d.event_id = e.id
 WHERE p.id = %s AND p.tenant_id = %s AND e.occurred_at >= %s AND e.occurred_at < %s
   AND e.name <> 'webhook.test'
   AND (po.parent_id IS NULL OR starts_with(eo.path, po.path))
   AND EXISTS (
           SELECT 1 FROM unnest(p.events) pattern
            WHERE pattern IN ('*', e.name)
               OR (pattern LIKE '%%.*' AND starts_with(e.name, left(pattern, -1))))
   AND (d.id IS NULL OR d.state = 'given_up' OR (%s AND d.state = 'delivered'))
 ORDER BY e.xact, e.id
 LIMIT %s
"""
_AGAIN: Final = """
ON CONFLICT (endpoint_id, event_id) DO UPDATE
   SET state = 'waiting', attempts = 0, next_at = excluded.next_at, ended_at = NULL
"""


def replay_delivery(*, delivery: Delivery, by: Actor) -> Delivery:
    """Send one event again, with all its tries ahead. Raises EndpointSwitchedOff."""
    _check_active(delivery.endpoint)
    with unit_of_work():
        delivery.state = DeliveryState.WAITING
        delivery.attempts = 0
        delivery.next_at = clock.now()
        delivery.ended_at = None
        delivery.save(update_fields=["state", "attempts", "next_at", "ended_at"])
        _record(delivery.endpoint, by, {"event_id": delivery.event_id})
    return delivery


def replay_span(
    *,
    endpoint: Endpoint,
    since: datetime,
    until: datetime,
    by: Actor,
    delivered_too: bool = False,
) -> int:
    """Send again what an endpoint missed of the events in a half-open span of at most 31 days.

    That is what was given up, and what happened while it was switched off; with `delivered_too`
    everything. Returns the number of events, at most 10 000: where it is that many, replay the
    rest by calling again. Raises EndpointSwitchedOff, InvalidField.
    """
    _check_active(endpoint)
    if not timedelta(0) < until - since <= LONGEST:
        raise InvalidField(field="until", reason=_("must be up to 31 days after since"))
    tenant_id = current_tenant_id()
    with unit_of_work():
        found = sql.fetch(_IN_SPAN, (endpoint.id, tenant_id, since, until, delivered_too, _MOST))
        now = clock.now()
        rows = [
            (id_, tenant_id, endpoint.id, *each, DeliveryState.WAITING.value, 0, now, "", now)
            for id_, each in zip(next_ids(len(found)), found, strict=True)
        ]
        sql.insert(Delivery, COLUMNS, rows, suffix=_AGAIN)
        _record(endpoint, by, {"since": since, "until": until, "events": len(rows)})
    return len(rows)


def _check_active(endpoint: Endpoint) -> None:
    if not endpoint.is_active:
        raise EndpointSwitchedOff


def _record(endpoint: Endpoint, by: Actor, after: dict[str, object]) -> None:
    audit.record(
        action="webhooks.replay",
        subject_type="webhook",
        subject_id=endpoint.id,
        organisation_id=endpoint.organisation_id,
        after=after,
        by=by,
    )
