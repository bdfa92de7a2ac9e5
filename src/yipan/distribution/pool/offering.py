"""What offers are to become, and which of them may not: calculations on values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.queries.books import RuleBook
from yipan.distribution.pool.rules import RuleRefused, validate
from yipan.group.organisations.queries import Tree

EVERYWHERE: Final = ("/",)
"""The paths that hold every organisation."""

Pair = tuple[int, int]
"""SKU and organisation: at most one offer each."""


@dataclass(frozen=True, slots=True)
class OfferWish:
    """A SKU to be offered in an organisation's subtree by a rule."""

    sku_id: int
    organisation_id: int
    rule_id: int
    is_on: bool = True
    valid_from: datetime | None = None
    """None: now for a new offer, as it is for one that is there."""
    valid_until: datetime | None = None
    """First moment at which it is over; None: no end."""

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.organisation_id


class OfferState(NamedTuple):
    """What an offer says."""

    rule_id: int
    is_on: bool
    valid_from: datetime
    valid_until: datetime | None


class Standing(NamedTuple):
    """An offer that is there."""

    id: int
    sku_id: int
    organisation_id: int
    state: OfferState
    estimate: int

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.organisation_id


class Change(NamedTuple):
    """An offer and what it is to say; `before` is None for a new one."""

    number: int
    """Its place in the request, from 0."""
    sku_id: int
    organisation_id: int
    before: Standing | None
    after: OfferState


def wished_changes(
    wishes: Sequence[OfferWish], standing: Mapping[Pair, Standing], now: datetime
) -> list[Change]:
    """Those wishes that are not fulfilled already."""
    changes = []
    for number, wish in enumerate(wishes):
        before = standing.get(wish.pair)
        start = wish.valid_from or (now if before is None else before.state.valid_from)
        after = OfferState(wish.rule_id, wish.is_on, start, wish.valid_until)
        if before is not None:
            after = as_exact_as(before.state, after)
        if before is None or before.state != after:
            changes.append(Change(number, wish.sku_id, wish.organisation_id, before, after))
    return changes


def as_exact_as(before: OfferState, after: OfferState) -> OfferState:
    """A moment written to the second is the very one that there is, where that second has it.

    Sheets and forms show no fractions; what was not changed on them stays unchanged.
    """
    start, end = after.valid_from, after.valid_until
    if before.valid_from.replace(microsecond=0) == start:
        start = before.valid_from
    if before.valid_until is not None and before.valid_until.replace(microsecond=0) == end:
        end = before.valid_until
    return after._replace(valid_from=start, valid_until=end)


def taken_off(state: OfferState, now: datetime) -> OfferState:
    """Over from now on; one that has not started never starts, one that is over stays so."""
    if state.valid_until is not None and state.valid_until <= now:
        return state
    return state._replace(valid_until=max(now, state.valid_from))


@dataclass(slots=True)
class Inspector:
    """Finds what is wrong with offers that are to go live."""

    nodes: Tree
    books: Mapping[int, RuleBook]
    within: Sequence[str]
    """Paths of the organisations in whose subtrees the caller may put offers."""
    upline_limit: int
    now: datetime
    _refusals: dict[tuple[int, datetime], RuleRefused | None] = field(default_factory=dict)

    def faults_of(self, change: Change) -> Iterator[Fault]:
        """Every fault of one change but that of an unknown SKU."""
        number, state = change.number, change.after
        if not in_subtrees(self.nodes, change.organisation_id, self.within):
            yield Fault(
                number, "organisation", "unknown_organisation", {"value": change.organisation_id}
            )
            return
        if state.valid_until is not None and state.valid_until <= state.valid_from:
            yield Fault(number, "valid_until", "until_not_after_from", {})
        book = self.books.get(state.rule_id)
        if book is None or not self.in_reach(book):
            yield Fault(number, "rule", "unknown_rule", {"value": state.rule_id})
            return
        yield from self.rule_faults(number, book, change.organisation_id, state.valid_from)

    def rule_faults(
        self, number: int, book: RuleBook, organisation_id: int, valid_from: datetime
    ) -> Iterator[Fault]:
        """Why an offer of an organisation may not use a rule from a moment on."""
        if book.organisation_id not in self.nodes.node(organisation_id).lineage:
            yield Fault(number, "rule", "rule_not_usable_here", {"value": book.code})
        if book.at(valid_from) is None:
            yield Fault(number, "rule", "rule_not_in_force", {"value": book.code})
        refused = self._refusal(book, max(self.now, valid_from))
        if refused is not None:
            words = {"english": refused.summary("en"), "chinese": refused.summary("zh-hans")}
            yield Fault(number, "rule", "rule_refused", {"value": book.code, **words})

    def in_reach(self, book: RuleBook) -> bool:
        """Whether the caller may know of a rule: kept in their subtrees or above them."""
        keeper = self.nodes.by_id.get(book.organisation_id)
        return keeper is not None and any(
            keeper.path.startswith(path) or path.startswith(keeper.path) for path in self.within
        )

    def _refusal(self, book: RuleBook, moment: datetime) -> RuleRefused | None:
        """What the checks of today say to the terms in force at a moment or later."""
        key = (book.rule_id, moment)
        if key not in self._refusals:
            self._refusals[key] = _first_refusal(book, moment, self.upline_limit)
        return self._refusals[key]


def in_subtrees(nodes: Tree, organisation_id: int, paths: Sequence[str]) -> bool:
    """Whether an organisation lies in one of these subtrees."""
    return any(nodes.within(organisation_id, path) for path in paths)


def _first_refusal(book: RuleBook, moment: datetime, upline_limit: int) -> RuleRefused | None:
    for version in book.from_on(moment):
        try:
            validate(version.compiled.terms, upline_limit=upline_limit)
        except RuleRefused as refused:
            return refused
    return None


def repeated(pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """(place, place of the first) of every pair that stood before; places from 0."""
    first: dict[Pair, int] = {}
    return [
        (number, first[pair])
        for number, pair in enumerate(pairs)
        if first.setdefault(pair, number) != number
    ]
