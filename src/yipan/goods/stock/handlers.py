"""What stock does when other modules announce."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.goods.catalogue.events import OversellChanged
from yipan.goods.stock.actions import allow_oversell
from yipan.kernel.events import on


@on(OversellChanged)
def follow_the_sku(events: Sequence[OversellChanged]) -> None:
    """Keep the copy of the SKU's permission that stands at each level."""
    for oversell in (False, True):
        sku_ids = [event.sku_id for event in events if event.oversell is oversell]
        if sku_ids:
            allow_oversell(sku_ids=sku_ids, oversell=oversell)
