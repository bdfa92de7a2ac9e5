"""Reads of endpoints and deliveries."""

from __future__ import annotations

from django.db.models import QuerySet

from yipan.group.organisations.queries import within
from yipan.kernel.errors import NotFound
from yipan.surfaces.webhooks.models import Delivery, Endpoint


def endpoints_within(scope_path: str) -> QuerySet[Endpoint]:
    """Endpoints of the organisations under a path (index: endpoint_newest)."""
    endpoints: QuerySet[Endpoint] = Endpoint.objects.filter(within([scope_path]))
    return endpoints


def endpoint(endpoint_id: int, *, scope_path: str) -> Endpoint:
    """One endpoint under a path. Raises NotFound."""
    found = endpoints_within(scope_path).filter(id=endpoint_id).first()
    if found is None:
        raise NotFound(kind="webhook", ref=endpoint_id)
    return found


def deliveries_of(endpoint: Endpoint, *, state: str = "", event: str = "") -> QuerySet[Delivery]:
    """The log of an endpoint (index: delivery_log)."""
    deliveries: QuerySet[Delivery] = Delivery.objects.filter(endpoint=endpoint)
    if state:
        deliveries = deliveries.filter(state=state)
    if event:
        deliveries = deliveries.filter(event_name=event)
    return deliveries


def delivery(delivery_id: int, *, endpoint: Endpoint) -> Delivery:
    """One delivery of an endpoint. Raises NotFound."""
    found = deliveries_of(endpoint).filter(id=delivery_id).first()
    if found is None:
        raise NotFound(kind="delivery", ref=delivery_id)
    return found
