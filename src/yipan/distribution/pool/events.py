"""What the pool announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RuleVersionAdded(Event):
    """A rule has new terms from a moment on; its first version too."""

    public_name = "pool.rule_version_added"

    organisation_id: int
    rule_id: int
    rule_code: str
    rule_version_id: int
    version: int
    valid_from: datetime

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class ChangedOffer:
    """One offer as it stands after the change. `change`: `created` or `changed`."""

    offer_id: int
    sku_id: int
    rule_id: int
    is_on: bool
    valid_from: datetime
    valid_until: datetime | None
    change: str


@dataclass(frozen=True, slots=True)
class OffersChanged(Event):
    """Offers of one organisation were put on, changed, switched or taken off; at most 500."""

    public_name = "pool.offers_changed"

    organisation_id: int
    offers: tuple[ChangedOffer, ...]

    def scope(self) -> int | None:
        return self.organisation_id

    def as_payload(self) -> dict[str, Any]:
        return {
            "organisation_id": self.organisation_id,
            "offers": [
                {name: getattr(each, name) for name in ChangedOffer.__dataclass_fields__}
                for each in self.offers
            ],
        }
