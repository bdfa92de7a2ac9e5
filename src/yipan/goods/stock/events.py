"""What stock announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yipan.kernel.events import Event

MOST_LINES: Final = 500
"""Of one event."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """How many units more of one SKU; fewer where negative."""

    sku_id: int
    sku: str
    """Code."""
    delta: int


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """Goods of a location were counted or came in; at most 500 SKUs.

    What orders take and give back is told by the events of orders. `reason`: `count`, `receipt`.
    """

    public_name = "stock.changed"

    organisation_id: int
    location_id: int
    location: str
    """Code."""
    reason: str
    lines: tuple[StockLine, ...]

    def scope(self) -> int | None:
        return self.organisation_id
