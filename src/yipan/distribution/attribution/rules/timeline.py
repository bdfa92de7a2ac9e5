"""Many orders decided at once, with the same outcome as one by one in the order of their times.

An order of a batch may be led by what an earlier one of the same batch left behind: a code typed,
a binding made by its payment. So the moments of all orders are walked once in their order: an order
is decided at the moment it was placed and binds its buyer at the moment it was paid.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from yipan.distribution.attribution.rules.binding import (
    BindingChangeKind,
    BindingTrigger,
    next_binding,
)
from yipan.distribution.attribution.rules.decision import Decision, decide, why_not_eligible
from yipan.distribution.attribution.rules.facts import (
    BindingFact,
    Candidate,
    DistributorStanding,
    OrderFacts,
    Source,
    TouchFact,
)
from yipan.distribution.attribution.rules.policy import AttributionPolicy, BindOn

StandingAt = Callable[[int, datetime], DistributorStanding]
"""(distributor, moment) → what is known of them; must know every distributor of the facts."""


@dataclass(frozen=True, slots=True)
class BindingStep:
    """One row of a member's history of bindings."""

    id: int
    member_id: int
    sequence: int
    """1, 2, 3 … of the member."""
    distributor_id: int | None
    """None: the binding was taken off."""
    bound_at: datetime
    valid_until: datetime | None = None
    protected_until: datetime | None = None

    @property
    def fact(self) -> BindingFact | None:
        """The binding, or None where one was taken off."""
        if self.distributor_id is None:
            return None
        return BindingFact(
            self.id, self.distributor_id, self.bound_at, self.valid_until, self.protected_until
        )


@dataclass(frozen=True, slots=True)
class NewBinding:
    """A binding that follows from an order or a touch, and what it follows."""

    step: BindingStep
    previous_id: int | None
    kind: BindingChangeKind
    trigger: BindingTrigger
    touch_id: int | None
    order_id: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """An order to be decided, with the facts of its buyer that were written down before."""

    order: OrderFacts
    visitor: str
    """The buyer's browser; empty: unknown."""
    policy: AttributionPolicy
    paid_at: datetime | None
    """None: not paid yet."""
    touches: tuple[TouchFact, ...]
    """Earlier ones of the buyer."""
    made: tuple[TouchFact, ...]
    """Made in this order: the code typed, the coupon used."""
    binding: BindingStep | None
    """The last one that began before the order was placed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order."""

    decisions: tuple[Decision, ...]
    bindings: tuple[NewBinding, ...]
    """In the order in which they follow each other."""


def follow(
    policy: AttributionPolicy,
    last: BindingStep | None,
    trigger: BindingTrigger,
    *,
    member_id: int,
    winner: int | None,
    at: datetime,
    new_ids: Iterator[int],
    touch_id: int | None = None,
    order_id: int | None = None,
) -> NewBinding | None:
    """The row that a touch or purchase adds to a member's history after its `last`, if any.

    The rules are those of `next_binding`; a binding that was taken off binds nobody, but what
    happened before it was taken off does not bind either.
    """
    if last is not None and last.bound_at >= at:
        return None
    change = next_binding(policy, last.fact if last else None, trigger, winner, at)
    if change is None:
        return None
    step = BindingStep(
        next(new_ids),
        member_id,
        last.sequence + 1 if last else 1,
        change.distributor_id,
        change.bound_at,
        change.valid_until,
        change.protected_until,
    )
    return NewBinding(step, last.id if last else None, change.kind, trigger, touch_id, order_id)


def play(
    cases: Sequence[Case],
    last_bindings: Mapping[int, BindingStep],
    standing_at: StandingAt,
    new_ids: Iterator[int],
) -> list[Outcome]:
    """The outcome of every case, in the order given.

    `last_bindings` are the newest ones by member; `new_ids` gives the ids of new bindings. Of two
    things at the same moment the one of the order that stands earlier comes first.
    """
    run = _Run(cases, dict(last_bindings), standing_at, new_ids)
    moments: list[tuple[datetime, int, Literal[0, 1]]] = []
    for number, case in enumerate(cases):
        moments.append((case.order.placed_at, number, 0))
        if case.paid_at is not None:
            moments.append((case.paid_at, number, 1))
    for _, number, step in sorted(moments):
        if step == 0:
            run.place(number)
        else:
            run.pay(number)
    return [
        Outcome(run.decisions[number], tuple(run.bindings.get(number, ())))
        for number in range(len(cases))
    ]


@dataclass(slots=True)
class _Codes:
    """Codes typed in the orders walked so far, found again by member and by visitor."""

    of_member: dict[int, dict[int, TouchFact]] = field(default_factory=dict)
    """Member → distributor → their last code."""
    of_visitor: dict[str, dict[tuple[int, int | None], TouchFact]] = field(default_factory=dict)
    """Visitor → distributor and member → their last code."""

    def keep(self, case: Case) -> None:
        """What the order leaves behind for later ones. A coupon counts in its order only."""
        member_id = case.order.member_id
        for touch in case.made:
            if touch.source != Source.CODE:
                continue
            if member_id is not None:
                self.of_member.setdefault(member_id, {})[touch.distributor_id] = touch
            if case.visitor:
                key = touch.distributor_id, member_id
                self.of_visitor.setdefault(case.visitor, {})[key] = touch

    def with_those_of(self, case: Case) -> list[TouchFact]:
        """All touches of a case: earlier ones, those of the walk, its own.

        Of several codes of one distributor only the last counts, as where they are read back
        (`queries/facts.py`).
        """
        member_id = case.order.member_id
        found = list(self.of_member.get(member_id, {}).values()) if member_id is not None else []
        for (_, theirs), touch in self.of_visitor.get(case.visitor, {}).items():
            if member_id is None or theirs is None:
                found.append(touch)
        if not found:
            return [*case.touches, *case.made]
        since = case.order.placed_at - timedelta(days=case.policy.window_days)
        return [*_without_older_codes([*case.touches, *found], since), *case.made]


def _without_older_codes(touches: Iterable[TouchFact], since: datetime) -> list[TouchFact]:
    last: dict[tuple[int, bool], TouchFact] = {}
    others = []
    for touch in touches:
        if touch.source != Source.CODE:
            others.append(touch)
            continue
        key = touch.distributor_id, touch.at >= since
        kept = last.get(key)
        if kept is None or (touch.at, -touch.recorded_seq, -touch.id) > (
            kept.at,
            -kept.recorded_seq,
            -kept.id,
        ):
            last[key] = touch
    return [*others, *last.values()]


@dataclass(slots=True)
class _Run:
    cases: Sequence[Case]
    last: dict[int, BindingStep]
    standing_at: StandingAt
    new_ids: Iterator[int]
    decisions: dict[int, tuple[Decision, ...]] = field(default_factory=dict)
    bindings: dict[int, list[NewBinding]] = field(default_factory=dict)
    chains: dict[int, list[BindingStep]] = field(default_factory=dict)
    """Bindings made in this run, by member."""
    codes: _Codes = field(default_factory=_Codes)

    def place(self, number: int) -> None:
        case = self.cases[number]
        order = case.order
        touches = self.codes.with_those_of(case)
        binding = self._binding_of(case)
        candidates: list[Candidate] = [*touches, *([] if binding is None else [binding])]
        standings = {
            id_: self.standing_at(id_, order.placed_at)
            for id_ in {each.distributor_id for each in candidates}
        }
        self.decisions[number] = decide(order, touches, binding, standings, case.policy)
        self.codes.keep(case)
        if case.policy.bind_on == BindOn.FIRST_TOUCH and order.member_id is not None:
            for touch in case.made:
                why_not = why_not_eligible(
                    standings[touch.distributor_id],
                    at=touch.at,
                    buyer_member_id=order.member_id,
                    policy=case.policy,
                )
                if why_not is None:
                    self._bind(number, BindingTrigger.TOUCH, touch.distributor_id, touch.id)

    def pay(self, number: int) -> None:
        for decision in self.decisions[number]:
            self._bind(number, BindingTrigger.PURCHASE, decision.distributor_id, decision.touch_id)

    def _bind(
        self, number: int, trigger: BindingTrigger, winner: int | None, touch_id: int | None
    ) -> None:
        case = self.cases[number]
        member_id, paid_at = case.order.member_id, case.paid_at
        at = case.order.placed_at if trigger == BindingTrigger.TOUCH else paid_at
        if member_id is None or at is None:
            return
        new = follow(
            case.policy,
            self.last.get(member_id),
            trigger,
            member_id=member_id,
            winner=winner,
            at=at,
            new_ids=self.new_ids,
            touch_id=touch_id,
            order_id=case.order.id,
        )
        if new is not None:
            self.last[member_id] = new.step
            self.chains.setdefault(member_id, []).append(new.step)
            self.bindings.setdefault(number, []).append(new)

    def _binding_of(self, case: Case) -> BindingFact | None:
        """The buyer's binding as it stood when the order was placed."""
        if case.order.member_id is None:
            return None
        for step in reversed(self.chains.get(case.order.member_id, ())):
            if step.bound_at <= case.order.placed_at:
                return step.fact
        return case.binding.fact if case.binding else None
