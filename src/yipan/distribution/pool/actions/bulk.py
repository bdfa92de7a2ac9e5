"""The same change for very many rows of the grid: first what it would do, then part by part."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from yipan.distribution.pool.actions.estimates import EstimateKey, estimates_of
from yipan.distribution.pool.actions.offer_changes import (
    inspector,
    standing_pairs,
    write_changes,
)
from yipan.distribution.pool.actions.offers import KEEP, OfferChange
from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.offering import (
    Change,
    Inspector,
    OfferState,
    Pair,
    Standing,
    as_exact_as,
    in_subtrees,
    taken_off,
)
from yipan.kernel import clock
from yipan.kernel.actor import Actor
from yipan.kernel.uow import unit_of_work

PART: Final = 1_000
"""Rows of one transaction."""


class Act(StrEnum):
    """What is done to the rows."""

    PUT_ON = "put_on"
    CHANGE = "change"
    SWITCH_ON = "switch_on"
    SWITCH_OFF = "switch_off"
    TAKE_OFF = "take_off"


_AUDITED: Final = {
    Act.PUT_ON: "pool.put_offer",
    Act.CHANGE: "pool.change_offer",
    Act.SWITCH_ON: "pool.switch_on",
    Act.SWITCH_OFF: "pool.switch_off",
    Act.TAKE_OFF: "pool.take_off",
}
_UNCHECKED: Final = frozenset({Act.SWITCH_OFF, Act.TAKE_OFF})
"""What may always be done."""


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """One change for many rows."""

    act: Act
    change: OfferChange = field(default_factory=OfferChange)
    """For PUT_ON (which needs its rule) and CHANGE."""
    organisation_id: int | None = None
    """For PUT_ON: where, instead of in each row's own organisation."""

    def to_data(self) -> dict[str, Any]:
        """As JSON, for a work that is done later."""
        until = self.change.valid_until
        return {
            "act": self.act.value,
            "rule_id": self.change.rule_id,
            "valid_from": _written(self.change.valid_from),
            "keeps_until": until is KEEP,
            "valid_until": None if until is KEEP else _written(until),
            "organisation_id": self.organisation_id,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> BulkOrder:
        """The order again."""
        until = KEEP if data["keeps_until"] else _read(data["valid_until"])
        change = OfferChange(data["rule_id"], _read(data["valid_from"]), until)
        return cls(Act(data["act"]), change, data["organisation_id"])

    def pairs(self, rows: Sequence[Pair]) -> list[Pair]:
        """The offers that these rows become, each once."""
        if self.act is not Act.PUT_ON or self.organisation_id is None:
            return list(dict.fromkeys(rows))
        return list(dict.fromkeys((sku_id, self.organisation_id) for sku_id, _here in rows))


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class Refused(NamedTuple):
    """A row that stays as it is, and why."""

    pair: Pair
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class BulkPlan:
    """What an order would do to rows. Amounts in fen."""

    changes: list[Change] = field(default_factory=list)
    estimates: list[int] = field(default_factory=list)
    """After the change, for each of them."""
    refused: list[Refused] = field(default_factory=list)
    unchanged: int = 0
    pausing: int = 0
    """Offers that are on now and, by a start that is to come, say nothing until then."""
    digest: str = ""
    """Of the rows as they stand: another one later says that something changed meanwhile."""

    @property
    def created(self) -> int:
        return sum(1 for each in self.changes if each.before is None)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.created

    @property
    def estimate_before(self) -> int:
        """Sum of what one unit of each changed offer earned its seller."""
        return sum(each.before.estimate for each in self.changes if each.before)

    @property
    def estimate_after(self) -> int:
        return sum(self.estimates)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows are refused, and how many for each reason, most first."""
        return Counter(fault.reason for each in self.refused for fault in each.faults).most_common()


class BulkDone(NamedTuple):
    """How many rows were made, changed, found as they should be, and refused."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def plus(self, plan: BulkPlan) -> BulkDone:
        """With a part that was done."""
        return BulkDone(
            self.created + plan.created,
            self.changed + plan.changed,
            self.unchanged + plan.unchanged,
            self.refused + len(plan.refused),
        )


def plan_bulk(rows: Sequence[Pair], order: BulkOrder, within: Sequence[str]) -> BulkPlan:
    """What an order would do to rows (SKU, organisation); changes nothing. Four statements.

    `within`: paths of the subtrees in which the caller may change offers.
    """
    pairs = order.pairs(rows)
    standing = standing_pairs(pairs)
    plan = BulkPlan(digest=_digest(order, pairs, standing))
    now = clock.now()
    wanted: list[Change] = []
    for number, pair in enumerate(pairs):
        before = standing.get(pair)
        after = _after(order, before, now)
        if after is None:
            plan.refused.append(Refused(pair, (Fault(number, "sku", "not_in_pool", {}),)))
        elif before is not None and before.state == after:
            plan.unchanged += 1
        else:
            wanted.append(Change(number, *pair, before, after))
    _sort_out(plan, wanted, order, within)
    return plan


def digest_of(rows: Sequence[Pair], order: BulkOrder) -> str:
    """The digest of a plan made now, without making it. One statement."""
    pairs = order.pairs(rows)
    return _digest(order, pairs, standing_pairs(pairs))


def do_bulk_part(
    rows: Sequence[Pair],
    order: BulkOrder,
    *,
    by: Actor,
    reason: str,
    within: Sequence[str],
    then: Callable[[BulkPlan], None] = lambda _plan: None,
) -> BulkPlan:
    """Do an order to some rows in one transaction; those refused stay as they are.

    `then` is called with what was done, inside the same transaction.
    """
    with unit_of_work():
        take_turn()
        plan = plan_bulk(rows, order, within)
        # Every row was checked in this very turn.
        write_changes(
            plan.changes,
            by=by,
            reason=reason,
            action=_AUDITED[order.act],
            within=within,
            check=False,
        )
        then(plan)
    return plan


def _after(order: BulkOrder, before: Standing | None, now: datetime) -> OfferState | None:
    """What an offer is to say; None where there has to be one and is none."""
    if order.act is Act.PUT_ON:
        return _put_on(order, before, now)
    if before is None:
        return None
    match order.act:
        case Act.CHANGE:
            return as_exact_as(before.state, order.change.on(before.state))
        case Act.TAKE_OFF:
            return taken_off(before.state, now)
        case _:
            return before.state._replace(is_on=order.act is Act.SWITCH_ON)


def _put_on(order: BulkOrder, before: Standing | None, now: datetime) -> OfferState:
    change = order.change
    until = None if change.valid_until is KEEP else change.valid_until
    if before is None:
        return OfferState(change.rule_id or 0, True, change.valid_from or now, until)
    ended = before.state.valid_until is not None and before.state.valid_until <= now
    # One that was over starts anew: what it did not say in between, it did not say.
    start = change.valid_from or (now if ended else before.state.valid_from)
    after = OfferState(change.rule_id or before.state.rule_id, True, start, until)
    return as_exact_as(before.state, after)


def _sort_out(
    plan: BulkPlan, wanted: Sequence[Change], order: BulkOrder, within: Sequence[str]
) -> None:
    """Into the changes that may be made, with their estimates, and the others."""
    watch = inspector(wanted, within)
    known = [each for each in wanted if each.after.rule_id in watch.books]
    keys = [
        EstimateKey(each.sku_id, each.organisation_id, each.after.rule_id, each.after.valid_from)
        for each in known
        if each.organisation_id in watch.nodes.by_id
    ]
    estimates = dict(zip(keys, estimates_of(keys, watch.books, watch.nodes), strict=True))
    for each in wanted:
        faults = _faults_of(each, watch, checked=order.act not in _UNCHECKED)
        state = each.after
        key = EstimateKey(each.sku_id, each.organisation_id, state.rule_id, state.valid_from)
        estimate = estimates.get(key)
        if not faults and estimate is None:
            faults = (Fault(each.number, "sku", "unknown_sku", {"value": each.sku_id}),)
        if faults:
            plan.refused.append(Refused((each.sku_id, each.organisation_id), faults))
        else:
            plan.changes.append(each)
            plan.estimates.append(estimate or 0)
            plan.pausing += _pauses(each, watch.now)


def _pauses(change: Change, now: datetime) -> bool:
    """Whether an offer that holds now is to begin only later."""
    if change.before is None or not change.before.state.is_on:
        return False
    _rule, _on, start, end = change.before.state
    return start <= now < change.after.valid_from and (end is None or end > now)


def _faults_of(change: Change, watch: Inspector, *, checked: bool) -> tuple[Fault, ...]:
    if checked:
        return tuple(watch.faults_of(change))
    if in_subtrees(watch.nodes, change.organisation_id, watch.within):
        return ()
    value = {"value": change.organisation_id}
    return (Fault(change.number, "organisation", "unknown_organisation", dict(value)),)


def _digest(order: BulkOrder, pairs: Sequence[Pair], standing: Mapping[Pair, Standing]) -> str:
    told = hashlib.sha256(repr(sorted(order.to_data().items())).encode())
    for pair in pairs:
        offer = standing.get(pair)
        told.update(repr((pair, offer.state if offer else None)).encode())
    return told.hexdigest()[:32]
