"""Which price counts: the nearest organisation's, and of those the one that started last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """A price of one SKU, of one kind and in one organisation, for a half-open span of time."""

    kind: str
    """`list`, `member` or `promo`."""
    amount: int
    """Fen for one unit."""
    valid_from: datetime
    valid_until: datetime | None
    """None: until another one of the kind starts."""
    organisation_id: int | None
    """None: everywhere."""

    def holds_at(self, at: datetime) -> bool:
        """Whether the moment is in the span."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class SkuPrices:
    """The prices of one SKU for one organisation at one moment, in fen; None: there is none."""

    list_price: int | None = None
    member_price: int | None = None
    promo_price: int | None = None

    def of_kind(self, kind: str) -> int | None:
        """The price of a kind (`list`, `member`, `promo`)."""
        return {"list": self.list_price, "member": self.member_price, "promo": self.promo_price}[
            kind
        ]


def price_at(
    spans: Iterable[PriceSpan], *, kind: str, lineage: Sequence[int], at: datetime
) -> int | None:
    """The price of a kind that counts, or None.

    `lineage` is an organisation and its ancestors, nearest first. A span with an end inside one
    without is an exception to it: afterwards the one without an end counts again.
    """
    nearness = {organisation_id: place for place, organisation_id in enumerate((*lineage, None))}
    chosen: PriceSpan | None = None
    chosen_place = len(lineage) + 1
    for span in spans:
        if span.kind != kind or not span.holds_at(at):
            continue
        place = nearness.get(span.organisation_id)
        if place is None or place > chosen_place:
            continue
        if chosen is None or place < chosen_place or span.valid_from > chosen.valid_from:
            chosen, chosen_place = span, place
    return None if chosen is None else chosen.amount


def resolve_prices(
    spans: Sequence[PriceSpan], *, lineage: Sequence[int], at: datetime
) -> SkuPrices:
    """The price of every kind that counts at a moment."""
    kinds = ("list", "member", "promo")
    return SkuPrices(*(price_at(spans, kind=kind, lineage=lineage, at=at) for kind in kinds))


def find_overlap(fresh: PriceSpan, others: Iterable[PriceSpan]) -> PriceSpan | None:
    """The span of the same kind and organisation that leaves open which of the two counts.

    Two spans clash when both have an end and share a moment, or when both start at one moment.
    One without an end gives way to any that starts later.
    """
    for other in others:
        if (other.kind, other.organisation_id) != (fresh.kind, fresh.organisation_id):
            continue
        if other.valid_from == fresh.valid_from:
            return other
        if fresh.valid_until is None or other.valid_until is None:
            continue
        if fresh.valid_from < other.valid_until and other.valid_from < fresh.valid_until:
            return other
    return None
