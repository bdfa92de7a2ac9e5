"""What attribution announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class TouchRecorded(Event):
    """A touch was written down: a link opened, a code typed, a coupon used."""

    public_name: ClassVar[str | None] = "touch.recorded"
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

    def as_payload(self) -> dict[str, Any]:
        """All but the browser's name, which is nobody's business outside."""
        return {
            "touch_id": self.touch_id,
            "source": self.source,
            "at": self.at,
            "member_id": self.member_id,
            "distributor_id": self.distributor_id,
            "link_id": self.link_id,
            "sku_id": self.sku_id,
            "organisation_id": self.organisation_id,
            "order_id": self.order_id,
            "channel": self.channel,
            "campaign": self.campaign,
        }

    def scope(self) -> int | None:
        return self.organisation_id
