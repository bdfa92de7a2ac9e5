"""What moved between what a buyer saw and what holds now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from yipan.trade.checkout.requests import Seen
from yipan.trade.checkout.rules.figures import LineState, Quote


class Change(NamedTuple):
    """One thing that is not as the buyer saw it."""

    what: str
    """`price`, `freight`, `total`, `pick_up`, or a LineState."""
    name: str = ""
    """Of the goods, or of the store."""
    sku_id: int | None = None
    was: int | None = None
    """Fen or units, as `what` says."""
    now: int | None = None

    def as_data(self) -> dict[str, object]:
        """For programs."""
        return self._asdict()


def changes_between(seen: Sequence[Seen], total: int, quote: Quote) -> list[Change]:
    """What is not as it was seen; empty: the order may be placed for exactly `total` fen."""
    changes = []
    lines = {line.sku_id: line for line in quote.lines}
    for each in seen:
        line = lines.get(each.sku_id)
        if line is None:
            changes.append(Change(LineState.OFF_SALE.value, "", each.sku_id))
        elif line.state is not LineState.OK:
            changes.append(
                Change(line.state.value, line.name, line.sku_id, each.quantity, line.units_left)
            )
        elif line.unit_price != each.unit_price:
            changes.append(
                Change("price", line.name, line.sku_id, each.unit_price, line.unit_price)
            )
    if changes:
        return changes
    if not quote.can_place:
        return [Change("pick_up")]
    if quote.total != total:
        freight = total - sum(each.unit_price * each.quantity for each in seen)
        if freight >= 0:
            return [Change("freight", was=freight, now=quote.freight)]
        return [Change("total", was=total, now=quote.total)]
    return []
