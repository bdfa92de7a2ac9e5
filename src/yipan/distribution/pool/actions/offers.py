"""Putting SKUs into the pool, changing what they earn, switching and taking them off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Final, Literal

from yipan.distribution.pool.actions.offer_changes import (
    OffersWritten,
    standing_ids,
    standing_pairs,
    write_changes,
)
from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.errors import OffersRefused
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.offering import (
    EVERYWHERE,
    Change,
    OfferState,
    OfferWish,
    in_subtrees,
    repeated,
    taken_off,
    wished_changes,
)
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.uow import unit_of_work


class Keep(Enum):
    """As it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class OfferChange:
    """What is to change on offers; the rest stays."""

    rule_id: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | Literal[Keep.KEEP] | None = KEEP
    """None: no end."""

    def on(self, state: OfferState) -> OfferState:
        """The state with the change made."""
        return OfferState(
            rule_id=self.rule_id or state.rule_id,
            is_on=state.is_on,
            valid_from=self.valid_from or state.valid_from,
            valid_until=state.valid_until if self.valid_until is KEEP else self.valid_until,
        )


def put_offers(
    *, wishes: Sequence[OfferWish], by: Actor, reason: str = "", within: Sequence[str] = EVERYWHERE
) -> OffersWritten:
    """Have SKUs offered as wished: new offers are made, those there are become as wished.

    All or none, in a constant number of statements. `within`: paths of the caller's
    subtrees; offers are put only there, by rules kept there or above.

    Raises OffersRefused, which lists every fault: unknown SKU, organisation or rule, a rule of an
    organisation not above the offer's, without terms at its start or with terms that the checks
    refuse, an end not after the start, the same SKU and organisation twice.
    """
    with unit_of_work():
        take_turn()
        twice = [
            Fault(number, "sku", "twice", {"value": f"offers[{first}]"})
            for number, first in repeated(wish.pair for wish in wishes)
        ]
        if twice:
            raise OffersRefused(twice)
        standing = standing_pairs([wish.pair for wish in wishes])
        changes = wished_changes(wishes, standing, clock.now())
        ids = write_changes(changes, by=by, reason=reason, action="pool.put_offer", within=within)
    created = sum(1 for change in changes if change.before is None)
    return OffersWritten(
        created=created,
        changed=len(changes) - created,
        unchanged=len(wishes) - len(changes),
        offer_ids=tuple(
            ids[number] if number in ids else standing[wish.pair].id
            for number, wish in enumerate(wishes)
        ),
    )


def change_offers(
    *,
    offer_ids: Sequence[int],
    change: OfferChange,
    by: Actor,
    reason: str = "",
    within: Sequence[str] = EVERYWHERE,
) -> OffersWritten:
    """Give offers another rule or other dates. Raises NotFound, OffersRefused; all or none."""
    return _change(
        offer_ids, change.on, by=by, reason=reason, within=within, action="pool.change_offer"
    )


def switch_offers(
    *,
    offer_ids: Sequence[int],
    on: bool,
    by: Actor,
    reason: str = "",
    within: Sequence[str] = EVERYWHERE,
) -> OffersWritten:
    """Switch offers on or off.

    One that is off says that the SKU does not earn here, whatever an organisation above offers.
    One is switched on only if its rule passes today's checks. Raises NotFound, OffersRefused.
    """
    return _change(
        offer_ids,
        lambda state: state._replace(is_on=on),
        by=by,
        reason=reason,
        within=within,
        action="pool.switch_on" if on else "pool.switch_off",
        check=on,
    )


def take_off(
    *, offer_ids: Sequence[int], by: Actor, reason: str = "", within: Sequence[str] = EVERYWHERE
) -> OffersWritten:
    """End offers now: from now on an organisation above decides on the SKU. Raises NotFound.

    An offer that has not started never will. `put_offers` puts the SKU on again.
    """
    return _change(
        offer_ids,
        partial(taken_off, now=clock.now()),
        by=by,
        reason=reason,
        within=within,
        action="pool.take_off",
        check=False,
    )


def _change(
    offer_ids: Sequence[int],
    changed: Callable[[OfferState], OfferState],
    *,
    by: Actor,
    reason: str,
    within: Sequence[str],
    action: str,
    check: bool = True,
) -> OffersWritten:
    ids = list(dict.fromkeys(offer_ids))
    with unit_of_work():
        take_turn()
        standing = standing_ids(ids)
        nodes = tree()
        for offer_id in ids:
            offer = standing.get(offer_id)
            if offer is None or not in_subtrees(nodes, offer.organisation_id, within):
                raise NotFound(kind="offer", ref=offer_id)
        changes = []
        for number, offer_id in enumerate(ids):
            before = standing[offer_id]
            after = changed(before.state)
            if after != before.state:
                changes.append(Change(number, before.sku_id, before.organisation_id, before, after))
        write_changes(changes, by=by, reason=reason, action=action, within=within, check=check)
    return OffersWritten(0, len(changes), len(ids) - len(changes), tuple(ids))
