"""Webhooks: who hears of what, and how each delivery went."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yipan.group.organisations.queries import tree
from yipan.kernel.caller import caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.http import Input
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.kernel.public_events import EventType, event_types
from yipan.surfaces.webhooks import actions, queries
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint

router = Router(tags=["webhooks"])
_PATTERNS = [["order.paid", "commission.*"]]


class EventTypeOut(Schema):
    """A kind of event."""

    name: str = Field(examples=["order.paid"])
    description: str


class WebhookOut(Schema):
    """An address that is told what happens."""

    id: int
    organisation_id: int = Field(description="It hears of this organisation and all below it.")
    url: str = Field(examples=["https://erp.example.com/hooks/yipan"])
    events: list[str] = Field(description="Names, or patterns.", examples=_PATTERNS)
    is_active: bool
    ended_by: str = Field(description="Why it is not active.", examples=["410 Gone"])
    created_at: datetime = Field(description="UTC.")


class IssuedWebhookOut(Schema):
    """A webhook and its secret, which is shown this once."""

    webhook: WebhookOut = Field(validation_alias="endpoint")
    secret: str = Field(description="For checking signatures.", examples=["whsec_…"])


class WebhookIn(Input):
    """A new webhook."""

    organisation_id: int = Field(description="It will hear of this organisation and all below it.")
    url: str = Field(
        description="https, outside of private networks.",
        examples=["https://erp.example.com/hooks/yipan"],
    )
    events: list[str] = Field(
        description="Names of `/webhook-event-types`, or patterns: `order.*`, `*`.",
        examples=_PATTERNS,
    )


class WebhookChange(Input):
    """What is to change of a webhook; the rest stays."""

    url: str | None = None
    events: list[str] | None = Field(None, examples=_PATTERNS)
    is_active: bool | None = Field(
        None, description="False gives up what waits; a replay brings it back."
    )


class DeliveryOut(Schema):
    """One event on its way to one webhook."""

    id: int
    event_id: int = Field(description="The header `webhook-id` of every try.")
    event_name: str = Field(examples=["order.paid"])
    state: DeliveryState
    attempts: int = Field(description="Tries so far.", examples=[1])
    next_at: datetime | None = Field(description="When it is tried next, UTC.")
    last_status: int | None = Field(description="HTTP status of the last answer.", examples=[503])
    last_error: str = Field(description="Why the last try failed.")
    created_at: datetime = Field(description="UTC.")
    ended_at: datetime | None = Field(description="When it was delivered or given up, UTC.")


class SpanIn(Input):
    """What to send again."""

    since: AwareDatetime = Field(examples=["2026-01-01T00:00:00Z"])
    until: AwareDatetime = Field(
        description="Exclusive; at most 31 days after `since`.", examples=["2026-01-02T00:00:00Z"]
    )
    delivered_too: bool = Field(False, description="Also what was delivered.")


class ReplayedOut(Schema):
    """What will be sent again."""

    events: int = Field(description="At most 10 000; call again for the rest.", examples=[42])


@router.get("/webhook-event-types", response=list[EventTypeOut])
def list_event_types(request: HttpRequest) -> list[EventType]:
    """The kinds of events that webhooks can hear of."""
    caller_of(request, "webhooks.read")
    return event_types()


@router.get("/webhooks", response=PageOf[WebhookOut])
def list_webhooks(request: HttpRequest, page: Query[PageQuery]) -> Any:
    """Webhooks of the caller's subtree, newest first."""
    caller = caller_of(request, "webhooks.read")
    endpoints = queries.endpoints_within(caller.organisation_path)
    return paginate(endpoints, cursor=page.cursor, limit=page.limit, order=("-created_at",))


@router.post("/webhooks", response={201: IssuedWebhookOut})
def create_webhook(request: HttpRequest, webhook: WebhookIn) -> Any:
    """Have events sent to an address; the answer has its secret, this once."""
    caller = caller_of(request, "webhooks.write")
    if not tree().within(webhook.organisation_id, caller.organisation_path):
        raise NotFound(kind="organisation", ref=webhook.organisation_id)
    issued = actions.create_endpoint(**dict(webhook), by=caller.actor)
    return Status(HTTPStatus.CREATED, issued)


@router.get("/webhooks/{int:webhook_id}", response=WebhookOut)
def get_webhook(request: HttpRequest, webhook_id: int) -> Endpoint:
    """One webhook."""
    return _endpoint(request, webhook_id, "webhooks.read")


@router.patch("/webhooks/{int:webhook_id}", response=WebhookOut)
def change_webhook(request: HttpRequest, webhook_id: int, change: WebhookChange) -> Endpoint:
    """Change address or events of a webhook, or switch it on or off."""
    endpoint = _endpoint(request, webhook_id, "webhooks.write")
    by = caller_of(request, "webhooks.write").actor
    return actions.change_endpoint(endpoint=endpoint, by=by, **dict(change))


@router.delete("/webhooks/{int:webhook_id}", response={204: None})
def remove_webhook(request: HttpRequest, webhook_id: int) -> Any:
    """Forget a webhook and its log."""
    endpoint = _endpoint(request, webhook_id, "webhooks.write")
    actions.remove_endpoint(endpoint=endpoint, by=caller_of(request, "webhooks.write").actor)
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post("/webhooks/{int:webhook_id}/rotation", response=IssuedWebhookOut)
def rotate_secret(request: HttpRequest, webhook_id: int) -> actions.IssuedSecret:
    """Give a webhook a new secret; for 24 hours every message is signed with both."""
    endpoint = _endpoint(request, webhook_id, "webhooks.write")
    return actions.rotate_secret(endpoint=endpoint, by=caller_of(request, "webhooks.write").actor)


@router.get("/webhooks/{int:webhook_id}/deliveries", response=PageOf[DeliveryOut])
def list_deliveries(
    request: HttpRequest,
    webhook_id: int,
    page: Query[PageQuery],
    state: DeliveryState | None = None,
    event: str = "",
) -> Any:
    """What was sent to a webhook and how it went, newest first."""
    endpoint = _endpoint(request, webhook_id, "webhooks.read")
    deliveries = queries.deliveries_of(endpoint, state=state or "", event=event)
    return paginate(deliveries, cursor=page.cursor, limit=page.limit, order=("-created_at",))


@router.get("/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}", response=DeliveryOut)
def get_delivery(request: HttpRequest, webhook_id: int, delivery_id: int) -> Delivery:
    """One delivery."""
    endpoint = _endpoint(request, webhook_id, "webhooks.read")
    return queries.delivery(delivery_id, endpoint=endpoint)


@router.post("/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}/replay", response=DeliveryOut)
def replay_delivery(request: HttpRequest, webhook_id: int, delivery_id: int) -> Delivery:
    """Send one event again, whatever became of it."""
    endpoint = _endpoint(request, webhook_id, "webhooks.write")
    delivery = queries.delivery(delivery_id, endpoint=endpoint)
    by = caller_of(request, "webhooks.write").actor
    return actions.replay_delivery(delivery=delivery, by=by)


@router.post("/webhooks/{int:webhook_id}/replay", response=ReplayedOut)
def replay_span(request: HttpRequest, webhook_id: int, span: SpanIn) -> ReplayedOut:
    """Send again what a webhook missed in a span of time."""
    endpoint = _endpoint(request, webhook_id, "webhooks.write")
    by = caller_of(request, "webhooks.write").actor
    return ReplayedOut(events=actions.replay_span(endpoint=endpoint, by=by, **dict(span)))


def _endpoint(request: HttpRequest, webhook_id: int, permission: str) -> Endpoint:
    caller = caller_of(request, permission)
    return queries.endpoint(webhook_id, scope_path=caller.organisation_path)
