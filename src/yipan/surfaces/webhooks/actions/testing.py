"""An event made up to try an endpoint out."""

from __future__ import annotations

from typing import Final

from yipan.kernel import audit, clock
from yipan.kernel.actor import Actor
from yipan.kernel.models import OutboxEvent
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.webhooks.errors import EndpointSwitchedOff
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint

TEST_EVENT: Final = "webhook.test"
"""Heard by the one endpoint it is made for, whatever others listen to."""


def send_test(*, endpoint: Endpoint, by: Actor) -> Delivery:
    """Have an event sent that tells of nothing. Raises EndpointSwitchedOff."""
    if not endpoint.is_active:
        raise EndpointSwitchedOff
    now = clock.now()
    with unit_of_work():
        event = OutboxEvent.objects.create(
            name=TEST_EVENT,
            organisation_id=endpoint.organisation_id,
            payload={"webhook_id": endpoint.id, "sent_by": by.label, "at": now.isoformat()},
            occurred_at=now,
        )
        delivery: Delivery = Delivery.objects.create(
            endpoint=endpoint,
            event_id=event.id,
            event_name=TEST_EVENT,
            state=DeliveryState.WAITING,
            next_at=now,
            created_at=now,
        )
        audit.record(
            action="webhooks.test",
            subject_type="webhook",
            subject_id=endpoint.id,
            organisation_id=endpoint.organisation_id,
            after={"event_id": event.id},
            by=by,
        )
    return delivery
