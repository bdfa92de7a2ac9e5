"""Background work of webhooks."""

from __future__ import annotations

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.surfaces.webhooks import actions


@periodic("* * * * * */10", name="webhooks.hand_on_events")
def hand_on_events() -> None:
    """Make deliveries of what happened, every ten seconds."""
    in_each_tenant(actions.hand_on_events)


@periodic("* * * * * 5-59/10", name="webhooks.send_due")
def send_due() -> None:
    """Send what is due, every ten seconds."""
    in_each_tenant(actions.send_due)


@periodic("29 3 * * *", name="webhooks.forget_old_deliveries")
def forget_old_deliveries() -> None:
    """Remove what ended more than 30 days ago from the log."""
    in_each_tenant(actions.forget_old_deliveries)
