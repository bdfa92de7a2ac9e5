"""What attribution announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class TouchRecorded(Event):
    """A touch was written down: a link opened, a code typed, a coupon used."""

    touch_id: int
    source: str
    """`code`, `coupon` or `link`."""
    at: datetime
    visitor: str
    """Empty: unknown."""
    member_id: int | None
    distributor_id: int
    link_id: int | None
    sku_id: int | None
    """What was shared; None: the shop as a whole."""
    organisation_id: int | None
    """Whose shop it led to, or who sold; None: unknown."""
    order_id: int | None
    """The order in which the code was typed or the coupon used."""
    channel: str
    campaign: str
