"""What is done with webhooks."""

from yipan.surfaces.webhooks.actions.endpoints import (
    IssuedSecret,
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
)
from yipan.surfaces.webhooks.actions.handing_on import hand_on_events, skip_to_now
from yipan.surfaces.webhooks.actions.replay import replay_delivery, replay_span
from yipan.surfaces.webhooks.actions.sending import forget_old_deliveries, send_due
from yipan.surfaces.webhooks.actions.testing import TEST_EVENT, send_test

__all__ = [
    "TEST_EVENT",
    "IssuedSecret",
    "change_endpoint",
    "create_endpoint",
    "forget_old_deliveries",
    "hand_on_events",
    "remove_endpoint",
    "replay_delivery",
    "replay_span",
    "rotate_secret",
    "send_due",
    "send_test",
    "skip_to_now",
]
