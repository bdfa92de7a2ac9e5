"""What sharing announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LinkOpened(Event):
    """Somebody opened a live share link."""

    link_id: int
    distributor_id: int
    sku_id: int | None
    """None: the shop as a whole."""
    organisation_id: int
    """Whose shop it leads to."""
    channel: str
    campaign: str
    visitor: str
    """The visitor's cookie."""
    member_id: int | None
    """The visitor as a member, if known."""
    opened_at: datetime
