"""Changing by hand to whom members belong."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    bind,
    capture,
    decisions,
    history,
    make_distributor,
    make_member,
    make_order,
    winner,
)
from tests.distribution.attribution.conftest import World
from yipan.distribution.attribution.actions import (
    bind_member,
    hand_over_bindings,
    set_attribution_policy,
    unbind_member,
)
from yipan.distribution.attribution.errors import BindingChanged, NotBound
from yipan.distribution.attribution.models import Binding
from yipan.distribution.attribution.rules import BindingStep
from yipan.distribution.distributors.actions import leave
from yipan.distribution.distributors.errors import DistributorNotActive
from yipan.distribution.distributors.models import DistributorStatus
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context

Run = Callable[[Callable[[int], object], int], list[object]]


def test_an_operator_gives_a_member_to_a_distributor_whoever_had_them(world: World) -> None:
    bind(world.member, world.li, PLACED - DAY, protected_until=PLACED + DAY)
    with clock.at(PLACED):
        step = bind_member(
            member_id=world.member, distributor=" wang ", reason="moved house", by=SYSTEM
        )
    assert history(world.member) == [("bound", world.li.id), ("assigned", world.wang.id)]
    assert step.valid_until == PLACED + 365 * DAY
    assert step.protected_until == PLACED + 30 * DAY
    entry = AuditEntry.objects.get(action="attribution.assigned")
    assert (entry.before, entry.after) == (
        {"distributor_id": world.li.id},
        {"distributor_id": world.wang.id},
    )
    assert entry.reason == "moved house"
    order = make_order(world.store, member_id=world.member, placed_at=PLACED)
    capture(order)
    assert winner(order) == (world.wang.id, "binding")


def test_the_terms_are_those_of_the_policy_or_as_said(world: World) -> None:
    with clock.at(PLACED - DAY):
        settings = {"binding_days": 0, "protection_days": 0}
        set_attribution_policy(organisation_id=world.tree["R1"].id, data=settings, by=SYSTEM)
    with clock.at(PLACED):
        for_ever = bind_member(member_id=world.member, distributor="LI", reason="x", by=SYSTEM)
        until = bind_member(
            member_id=world.member,
            distributor="LI",
            reason="x",
            by=SYSTEM,
            valid_until=PLACED + DAY,
        )
    assert (for_ever.valid_until, for_ever.protected_until) == (None, None)
    assert until.valid_until == PLACED + DAY


def test_a_binding_taken_off_credits_nobody_until_something_binds_again(world: World) -> None:
    bind(world.member, world.li, PLACED - DAY)
    with clock.at(PLACED):
        unbind_member(member_id=world.member, reason="asked for it", by=SYSTEM)
        with pytest.raises(NotBound):
            unbind_member(member_id=world.member, reason="asked for it", by=SYSTEM)
    bare = make_order(world.store, member_id=world.member, placed_at=PLACED + DAY)
    coded = make_order(
        world.store,
        member_id=world.member,
        placed_at=PLACED + DAY,
        paid_at=PLACED + DAY,
        distributor_code="WANG",
    )
    capture(bare, coded)
    assert winner(bare) == (None, "")
    assert history(world.member) == [
        ("bound", world.li.id),
        ("taken_off", None),
        ("bound", world.wang.id),
    ]


def test_a_change_by_hand_needs_a_reason_a_member_and_an_active_distributor(world: World) -> None:
    make_distributor(world.store, "OUT", status=DistributorStatus.SUSPENDED)
    with pytest.raises(InvalidField) as refused:
        bind_member(member_id=world.member, distributor="LI", reason=" ", by=SYSTEM)
    assert refused.value.data["field"] == "reason"
    with pytest.raises(InvalidField) as refused:
        bind_member(
            member_id=world.member,
            distributor="LI",
            reason="x",
            by=SYSTEM,
            valid_until=PLACED - 9000 * DAY,
        )
    assert refused.value.data["field"] == "valid_until"
    with pytest.raises(NotFound):
        bind_member(member_id=1, distributor="LI", reason="x", by=SYSTEM)
    with pytest.raises(NotFound):
        bind_member(member_id=world.member, distributor="NOBODY", reason="x", by=SYSTEM)
    with pytest.raises(DistributorNotActive):
        bind_member(member_id=world.member, distributor="OUT", reason="x", by=SYSTEM)
    assert history(world.member) == []


def test_a_subtree_neither_gives_to_nor_takes_from_another(world: World) -> None:
    bind(world.member, world.chen, PLACED - DAY, valid_until=None)
    within = world.tree["RETAIL"].path
    for member_id, distributor in ((world.member, "LI"), (make_member(), "CHEN")):
        with pytest.raises(NotFound):
            bind_member(
                member_id=member_id, distributor=distributor, reason="x", by=SYSTEM, within=within
            )
    with pytest.raises(NotFound):
        unbind_member(member_id=world.member, reason="x", by=SYSTEM, within=within)
    assert history(world.member) == [("bound", world.chen.id)]


def test_a_hand_over_moves_live_bindings_with_their_terms_and_no_others(world: World) -> None:
    live, expired, moved_on = make_member(), make_member(), make_member()
    terms = {"valid_until": PLACED + 7 * DAY, "protected_until": PLACED + DAY}
    bind(live, world.li, PLACED - DAY, **terms)
    bind(expired, world.li, PLACED - DAY, valid_until=PLACED)
    bind(moved_on, world.li, PLACED - DAY)
    with clock.at(PLACED):
        bind_member(member_id=moved_on, distributor="CHEN", reason="x", by=SYSTEM)
        moved = hand_over_bindings(
            from_id=world.li.id, to_id=world.wang.id, reason="left", by=SYSTEM
        )
    assert moved == 1
    assert history(live) == [("bound", world.li.id), ("handed_over", world.wang.id)]
    assert history(expired) == [("bound", world.li.id)]
    assert history(moved_on)[-1] == ("assigned", world.chen.id)
    row = Binding.objects.get(member_id=live, sequence=2)
    assert (row.valid_until, row.protected_until) == tuple(terms.values())
    assert AuditEntry.objects.get(action="attribution.hand_over").after["members"] == 1


def test_a_hand_over_costs_the_same_for_one_and_for_a_thousand(world: World) -> None:
    costs = []
    for number in (1, 1000):
        for _ in range(number):
            bind(make_member(), world.li, PLACED - DAY, valid_until=None)
        with CaptureQueriesContext(connection) as queries:
            moved = hand_over_bindings(
                from_id=world.li.id, to_id=world.wang.id, reason="left", by=SYSTEM
            )
        assert moved == number
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("has_successor", [True, False])
def test_who_leaves_hands_over_or_lets_go(world: World, has_successor: bool) -> None:
    bind(world.member, world.li, PLACED - DAY, valid_until=None)
    successor = world.wang if has_successor else None
    leave(distributor=world.li, successor=successor, by=SYSTEM, reason="moved away")
    assert history(world.member) == [
        ("bound", world.li.id),
        ("handed_over", world.wang.id) if has_successor else ("taken_off", None),
    ]
    assert Binding.objects.get(sequence=2).reason == "moved away"


def test_a_hand_over_to_oneself_is_refused(world: World) -> None:
    with pytest.raises(InvalidField):
        hand_over_bindings(from_id=world.li.id, to_id=world.li.id, reason="x", by=SYSTEM)


def test_purchases_at_once_make_one_history_and_fail_no_order(
    committed_tenant: Tenant, committed_world: World, run_concurrently: Run
) -> None:
    """Each buys three times in one batch; whoever is first tells the whole of their own story."""
    world = committed_world
    codes = ["WANG", "LI", "CHEN"]
    batches = [
        [
            make_order(
                world.store,
                member_id=world.member,
                distributor_code=codes[number % 3],
                placed_at=PLACED + day * DAY,
                paid_at=PLACED + day * DAY,
            )
            for day in (0, 1, 2)
        ]
        for number in range(8)
    ]

    def buy(number: int) -> None:
        with tenant_context(committed_tenant.id):
            capture(*batches[number])

    assert run_concurrently(buy, 8) == [None] * 8
    rows = list(Binding.objects.filter(member_id=world.member).order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].previous_id is None
    for before, after in itertools.pairwise(rows):
        assert after.previous_id == before.id
        assert after.bound_at > before.bound_at
    for batch in batches:
        for order in batch:
            assert decisions(order)[0].distributor_id is not None


def test_one_of_two_operators_at_once_is_told_to_look_again(
    committed_tenant: Tenant,
    committed_world: World,
    run_concurrently: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = committed_world

    def change(number: int) -> BindingStep:
        with tenant_context(committed_tenant.id):
            return bind_member(
                member_id=world.member,
                distributor=("LI", "WANG")[number % 2],
                reason="x",
                by=SYSTEM,
            )

    answers = run_concurrently(change, 6)
    told = [answer for answer in answers if isinstance(answer, BindingChanged)]
    done = [answer for answer in answers if isinstance(answer, BindingStep)]
    assert len(told) + len(done) == 6
    rows = list(Binding.objects.filter(member_id=world.member).order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, len(done) + 1))
    assert AuditEntry.objects.filter(action="attribution.assigned").count() == len(done)


def test_members_bought_by_while_their_distributor_leaves_are_handed_over_or_taken_over(
    committed_tenant: Tenant, committed_world: World, run_concurrently: Run
) -> None:
    world = committed_world
    members = [make_member() for _ in range(20)]
    for member in members:
        bind(member, world.li, PLACED - DAY, valid_until=None)

    def go(number: int) -> None:
        with tenant_context(committed_tenant.id):
            if number == 0:
                hand_over_bindings(
                    from_id=world.li.id,
                    to_id=world.wang.id,
                    reason="left",
                    by=SYSTEM,
                    at=PLACED + timedelta(hours=1),
                )
                return
            orders = [
                make_order(world.store, member_id=member, distributor_code="CHEN", paid_at=PLACED)
                for member in members[number::4]
            ]
            capture(*orders)

    assert run_concurrently(go, 4) == [None] * 4
    for member in members:
        story = history(member)
        assert story[-1][1] in {world.wang.id, world.chen.id}
