"""What the catalogue announces."""

from __future__ import annotations

from dataclasses import dataclass

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OversellChanged(Event):
    """A SKU may from now on, or may no more, be sold beyond its stock."""

    sku_id: int
    oversell: bool
