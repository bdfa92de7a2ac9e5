"""Webhooks in the console: endpoints, and the log of what was sent to them."""

from yipan.surfaces.webhooks.admin.deliveries import DeliveryAdmin
from yipan.surfaces.webhooks.admin.endpoints import EndpointAdmin

__all__ = ["DeliveryAdmin", "EndpointAdmin"]
