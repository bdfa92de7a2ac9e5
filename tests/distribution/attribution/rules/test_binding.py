"""To whom a member belongs after a touch or a purchase."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.distribution.attribution.rules.facts import (
    DAY,
    MICROSECOND,
    NOW,
    bindings,
    ids,
    policies,
)
from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingChange,
    BindingChangeKind,
    BindingFact,
    BindingTrigger,
    BindOn,
    next_binding,
)

LI, WANG = 1, 2
PURCHASE, TOUCH = BindingTrigger.PURCHASE, BindingTrigger.TOUCH
POLICY = AttributionPolicy(binding_days=365, protection_days=30)


def held_by_li(
    *, until: datetime | None = NOW + 300 * DAY, protected: datetime | None = NOW + DAY
) -> BindingFact:
    return BindingFact(7, LI, NOW - 65 * DAY, until, protected)


def test_a_first_purchase_binds_the_buyer_to_who_won_it() -> None:
    assert next_binding(POLICY, None, PURCHASE, LI, NOW) == BindingChange(
        BindingChangeKind.BOUND, LI, NOW, NOW + 365 * DAY, NOW + 30 * DAY
    )


def test_a_purchase_nobody_won_binds_to_nobody() -> None:
    assert next_binding(POLICY, None, PURCHASE, None, NOW) is None
    assert next_binding(POLICY, held_by_li(), PURCHASE, None, NOW) is None


@pytest.mark.parametrize(
    ("bind_on", "trigger", "binds"),
    [
        (BindOn.NEVER, TOUCH, False),
        (BindOn.NEVER, PURCHASE, False),
        (BindOn.FIRST_TOUCH, TOUCH, True),
        (BindOn.FIRST_TOUCH, PURCHASE, False),
        (BindOn.FIRST_PURCHASE, TOUCH, False),
        (BindOn.FIRST_PURCHASE, PURCHASE, True),
    ],
)
def test_only_what_the_policy_binds_on_binds(
    bind_on: BindOn, trigger: BindingTrigger, binds: bool
) -> None:
    change = next_binding(AttributionPolicy(bind_on=bind_on), None, trigger, LI, NOW)

    assert (change is not None) is binds


def test_zero_binding_days_bind_for_ever_and_zero_protection_days_protect_never() -> None:
    policy = AttributionPolicy(binding_days=0, protection_days=0)
    change = next_binding(policy, None, PURCHASE, LI, NOW)

    assert change is not None
    assert (change.valid_until, change.protected_until) == (None, None)


@pytest.mark.parametrize(
    ("protected", "taken"),
    [
        (NOW + DAY, False),
        (NOW + MICROSECOND, False),
        (NOW, True),
        (NOW - MICROSECOND, True),
        (None, True),
    ],
)
def test_a_protected_member_is_not_taken_over(protected: datetime | None, taken: bool) -> None:
    change = next_binding(POLICY, held_by_li(protected=protected), PURCHASE, WANG, NOW)

    assert (change is not None) is taken
    if change is not None:
        assert change == BindingChange(
            BindingChangeKind.TAKEN_OVER, WANG, NOW, NOW + 365 * DAY, NOW + 30 * DAY, 7, LI
        )


@pytest.mark.parametrize(("until", "ended"), [(NOW, True), (NOW + MICROSECOND, False)])
def test_an_ended_binding_protects_nobody(until: datetime, ended: bool) -> None:
    current = held_by_li(until=until, protected=NOW + DAY)
    change = next_binding(POLICY, current, PURCHASE, WANG, NOW)

    assert (change is not None) is ended
    if change is not None:
        assert change.kind is BindingChangeKind.BOUND
        assert change.previous_binding_id is None


def test_the_holder_winning_again_renews_both_terms() -> None:
    assert next_binding(POLICY, held_by_li(), PURCHASE, LI, NOW) == BindingChange(
        BindingChangeKind.RENEWED, LI, NOW, NOW + 365 * DAY, NOW + 30 * DAY, 7, LI
    )


def test_a_renewal_never_shortens_a_term() -> None:
    longer = held_by_li(until=NOW + 500 * DAY, protected=NOW + DAY)
    for_ever = held_by_li(until=None, protected=NOW + 90 * DAY)

    renewed = next_binding(POLICY, longer, PURCHASE, LI, NOW)

    assert renewed is not None
    assert renewed.valid_until == NOW + 500 * DAY
    assert renewed.protected_until == NOW + 30 * DAY
    assert next_binding(POLICY, for_ever, PURCHASE, LI, NOW) is None


def test_a_trigger_from_before_the_binding_rewrites_no_history() -> None:
    """Old orders arrive late by import."""
    current = held_by_li()

    assert next_binding(POLICY, current, PURCHASE, WANG, current.bound_at - MICROSECOND) is None
    assert next_binding(POLICY, current, PURCHASE, LI, current.bound_at - MICROSECOND) is None


def test_two_winners_at_one_moment_bind_once() -> None:
    """Two lines of one order may credit two distributors; nobody is protected here."""
    bound_now = BindingFact(8, LI, NOW, NOW + DAY)

    assert next_binding(POLICY, bound_now, PURCHASE, WANG, NOW) is None
    assert next_binding(POLICY, bound_now, PURCHASE, LI, NOW) is None
    assert next_binding(POLICY, bound_now, PURCHASE, WANG, NOW + MICROSECOND) is not None


def test_a_binding_is_live_from_its_beginning_up_to_its_end() -> None:
    binding = BindingFact(8, LI, NOW, NOW + DAY, NOW + 2 * DAY)

    assert not binding.is_live(NOW - MICROSECOND)
    assert binding.is_live(NOW)
    assert binding.is_live(NOW + DAY - MICROSECOND)
    assert not binding.is_live(NOW + DAY)
    assert not binding.is_protected(NOW + DAY)
    assert BindingFact(8, LI, NOW).is_live(NOW + 99_999 * DAY)


def test_a_change_as_data_says_who_from_whom_and_when() -> None:
    change = next_binding(POLICY, held_by_li(protected=None), PURCHASE, WANG, NOW)

    assert change is not None
    assert change.to_data() == {
        "kind": "taken_over",
        "distributor_id": WANG,
        "bound_at": "2026-03-16T04:00:00+00:00",
        "valid_until": "2027-03-16T04:00:00+00:00",
        "protected_until": "2026-04-15T04:00:00+00:00",
        "previous_binding_id": 7,
        "previous_distributor_id": LI,
    }


@given(
    policy=policies,
    current=st.none() | bindings,
    trigger=st.sampled_from(BindingTrigger),
    winner=st.none() | ids,
)
@settings(max_examples=400)
def test_what_any_change_respects(
    policy: AttributionPolicy,
    current: BindingFact | None,
    trigger: BindingTrigger,
    winner: int | None,
) -> None:
    change = next_binding(policy, current, trigger, winner, NOW)

    assert next_binding(policy, current, trigger, winner, NOW) == change
    assert current is None or change is None or current.bound_at < NOW
    if change is None:
        return
    assert (change.distributor_id, change.bound_at) == (winner, NOW)
    assert str(policy.bind_on) == f"first_{trigger}"
    if current is not None and current.is_live(NOW):
        assert change.previous_binding_id == current.id
        if current.distributor_id != winner:
            assert not current.is_protected(NOW)
        elif change.valid_until is not None:
            assert current.valid_until is not None
            assert change.valid_until >= current.valid_until
    else:
        assert change.kind is BindingChangeKind.BOUND
    if policy.binding_days == 0:
        assert change.valid_until is None


@given(
    steps=st.lists(st.tuples(st.timedeltas(timedelta(0), 200 * DAY), ids), max_size=12),
    policy=policies.filter(lambda policy: policy.bind_on is BindOn.FIRST_PURCHASE),
)
def test_a_life_of_purchases_never_breaks_a_protection(
    steps: list[tuple[timedelta, int]], policy: AttributionPolicy
) -> None:
    current: BindingFact | None = None
    at = NOW
    for number, (pause, winner) in enumerate(steps, start=1):
        at += pause
        change = next_binding(policy, current, PURCHASE, winner, at)
        holder = current if current is not None and current.is_live(at) else None
        if holder is not None and holder.is_protected(at) and holder.distributor_id != winner:
            assert change is None
        if holder is None and (current is None or current.bound_at < at):
            assert change is not None
        if change is not None:
            current = BindingFact(
                number,
                change.distributor_id,
                change.bound_at,
                change.valid_until,
                change.protected_until,
            )
