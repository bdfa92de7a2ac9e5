"""Many orders at once come out as one by one, in the order of their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingStep,
    BindOn,
    Case,
    DistributorStanding,
    LineFact,
    OrderFacts,
    Outcome,
    Source,
    TouchFact,
    play,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = (None, 1, 2)
VISITORS = ("", "a", "b")
DISTRIBUTORS = (11, 12, 13)

policies = st.builds(
    AttributionPolicy,
    window_days=st.sampled_from([1, 15]),
    bind_on=st.sampled_from(BindOn),
    binding_days=st.sampled_from([0, 10]),
    protection_days=st.sampled_from([0, 2]),
)


@st.composite
def batches(draw: st.DrawFn) -> list[Case]:
    """Orders of few buyers within a month, some with a code, some paid at once or later."""
    policy = draw(policies)
    cases = []
    for number in range(draw(st.integers(1, 8))):
        placed_at = START + draw(st.integers(0, 30)) * DAY
        wait = draw(st.sampled_from([None, 0, 1]))
        code = draw(st.sampled_from([None, *DISTRIBUTORS]))
        order = OrderFacts(
            number, placed_at, (LineFact(number, 100),), draw(st.sampled_from(MEMBERS))
        )
        made = (
            ()
            if code is None
            else (TouchFact(1000 + number, Source.CODE, placed_at, 5, code, order_id=number),)
        )
        paid_at = None if wait is None else placed_at + wait * DAY
        visitor = draw(st.sampled_from(VISITORS))
        cases.append(Case(order, visitor, policy, paid_at, (), made, None))
    return cases


def standing_at(distributor_id: int, at: datetime) -> DistributorStanding:
    return DistributorStanding(distributor_id, active=distributor_id != 13)


class Notebook:
    """What one order after the other would leave behind in the tables."""

    def __init__(self) -> None:
        self.touches: list[tuple[int | None, str, TouchFact]] = []
        self.steps: dict[int, list[BindingStep]] = {}

    def of(self, case: Case) -> Case:
        """The case as it would be read back now."""
        member_id, at = case.order.member_id, case.order.placed_at
        touches = [
            touch
            for member, visitor, touch in self.touches
            if touch.at <= at
            and (
                (member is not None and member == member_id)
                or (
                    bool(visitor)
                    and visitor == case.visitor
                    and (member_id is None or member is None)
                )
            )
        ]
        chain = self.steps.get(member_id or 0, [])
        binding = next((step for step in reversed(chain) if step.bound_at <= at), None)
        return replace(case, touches=tuple(touches), binding=binding)

    def last(self) -> dict[int, BindingStep]:
        return {member: steps[-1] for member, steps in self.steps.items()}

    def write(self, case: Case, outcome: Outcome) -> None:
        for touch in case.made:
            self.touches.append((case.order.member_id, case.visitor, touch))
        for new in outcome.bindings:
            self.steps.setdefault(new.step.member_id, []).append(new.step)


def one_by_one(cases: Sequence[Case]) -> list[tuple[object, ...]]:
    """Each case decided when it is placed and bound when it is paid, by the moments of all."""
    notebook, ids = Notebook(), count(1)
    moments = sorted(
        [(case.order.placed_at, number, 0) for number, case in enumerate(cases)]
        + [(case.paid_at, number, 1) for number, case in enumerate(cases) if case.paid_at]
    )
    found: dict[int, tuple[object, ...]] = {}
    seen: dict[int, Case] = {}
    for _, number, step in moments:
        case = cases[number]
        if step == 0:
            seen[number] = notebook.of(case)
            unpaid = replace(seen[number], paid_at=None)
            (outcome,) = play([unpaid], notebook.last(), standing_at, ids)
            notebook.write(case, outcome)
            decision = outcome.decisions[0]
            found[number] = (decision.distributor_id, decision.source)
        else:
            # Decided again from the same facts; only the binding is new.
            (outcome,) = play([seen[number]], notebook.last(), standing_at, ids)
            bound = [new for new in outcome.bindings if new.trigger == "purchase"]
            notebook.write(replace(case, made=()), Outcome(outcome.decisions, tuple(bound)))
    chains = [
        (step.member_id, step.distributor_id, step.bound_at, step.valid_until, step.sequence)
        for member in sorted(notebook.steps)
        for step in notebook.steps[member]
    ]
    return [*(found[number] for number in range(len(cases))), *chains]


@given(batches())
def test_a_batch_comes_out_as_one_order_after_the_other(cases: list[Case]) -> None:
    outcomes = play(cases, {}, standing_at, count(1))
    steps = sorted(
        (new.step for outcome in outcomes for new in outcome.bindings),
        key=lambda step: (step.member_id, step.sequence),
    )
    together = [
        *((out.decisions[0].distributor_id, out.decisions[0].source) for out in outcomes),
        *(
            (step.member_id, step.distributor_id, step.bound_at, step.valid_until, step.sequence)
            for step in steps
        ),
    ]
    assert together == one_by_one(cases)


@given(batches())
def test_bindings_of_a_member_follow_each_other_without_a_gap(cases: list[Case]) -> None:
    outcomes = play(cases, {}, standing_at, count(1))
    last: dict[int, tuple[int, datetime]] = {}
    rows = sorted(
        (new for outcome in outcomes for new in outcome.bindings),
        key=lambda new: (new.step.member_id, new.step.sequence),
    )
    ids: dict[tuple[int, int], int] = {}
    for new in rows:
        step = new.step
        sequence, bound_at = last.get(step.member_id, (0, START - DAY))
        assert step.sequence == sequence + 1
        assert step.bound_at > bound_at
        assert new.previous_id == ids.get((step.member_id, sequence))
        last[step.member_id] = (step.sequence, step.bound_at)
        ids[step.member_id, step.sequence] = step.id


def test_a_binding_that_was_taken_off_leads_nobody_and_is_not_overwritten_by_the_past() -> None:
    off = BindingStep(9, 1, 3, None, START)
    order = OrderFacts(1, START - DAY, (LineFact(1, 100),), 1)
    code = TouchFact(5, Source.CODE, order.placed_at, 1, 11, order_id=1)
    late = Case(order, "", AttributionPolicy(), order.placed_at, (), (code,), None)
    (outcome,) = play([late], {1: off}, standing_at, count(1))
    assert outcome.bindings == ()
    new_order = replace(order, placed_at=START + DAY)
    bare = Case(new_order, "", AttributionPolicy(), new_order.placed_at, (), (), off)
    (outcome,) = play([bare], {1: off}, standing_at, count(1))
    assert outcome.decisions[0].winner is None
    coded = replace(bare, made=(replace(code, at=new_order.placed_at),))
    (outcome,) = play([coded], {1: off}, standing_at, count(1))
    (new,) = outcome.bindings
    assert (new.kind, new.previous_id, new.step.sequence) == ("bound", 9, 4)
