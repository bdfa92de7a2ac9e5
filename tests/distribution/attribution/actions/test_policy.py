"""Every setting of the policy, from the events to the rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    bind,
    capture,
    decisions,
    history,
    make_distributor,
    make_order,
    open_link,
    pay,
    reasons,
    winner,
)
from tests.distribution.attribution.conftest import World
from yipan.distribution.attribution.actions import (
    set_attribution_policy,
)
from yipan.distribution.attribution.models import Binding
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def set_policy(world: World, organisation: str = "HQ", **settings: Any) -> None:
    """In force since long before the orders of these tests."""
    with clock.at(PLACED - 200 * DAY):
        set_attribution_policy(
            organisation_id=world.tree[organisation].id, data=settings, by=SYSTEM
        )


def test_the_policy_says_how_old_a_touch_may_be(world: World) -> None:
    set_policy(world, window_days=3)
    open_link(world.li, at=PLACED - 3 * DAY - MOMENT, member_id=world.member, link_id=1)
    order = make_order(world.store, member_id=world.member)
    capture(order)
    assert winner(order) == (None, "")
    assert reasons(order) == ["OUTSIDE_WINDOW"]
    open_link(world.wang, at=PLACED - 3 * DAY, member_id=world.member, link_id=2)
    again = make_order(world.store, member_id=world.member)
    capture(again)
    assert winner(again) == (world.wang.id, "link")


def test_the_policy_says_which_source_comes_first(world: World) -> None:
    set_policy(world, order=["link", "code"])
    open_link(world.li, at=PLACED - DAY, member_id=world.member)
    order = make_order(world.store, member_id=world.member, distributor_code="WANG")
    capture(order)
    assert winner(order) == (world.li.id, "link")
    assert reasons(order) == ["LOWER_PRECEDENCE"]


@pytest.mark.parametrize(("model", "expected"), [("last", "LI"), ("first", "WANG")])
def test_the_policy_says_whether_the_last_or_the_first_link_wins(
    world: World, model: str, expected: str
) -> None:
    set_policy(world, link_model=model)
    open_link(world.wang, at=PLACED - 2 * DAY, member_id=world.member, link_id=1)
    open_link(world.chen, at=PLACED - 3 * HOUR, member_id=world.member, link_id=3)
    open_link(world.li, at=PLACED - 2 * HOUR, member_id=world.member, link_id=2)
    order = make_order(world.store, member_id=world.member)
    capture(order)
    assert winner(order)[0] == {"LI": world.li.id, "WANG": world.wang.id}[expected]


def test_the_first_link_inside_the_window_wins_though_the_same_link_was_opened_before_it(
    world: World,
) -> None:
    set_policy(world, link_model="first", window_days=10)
    open_link(world.wang, at=PLACED - 40 * DAY, member_id=world.member, link_id=1)
    open_link(world.li, at=PLACED - 5 * DAY, member_id=world.member, link_id=2)
    open_link(world.wang, at=PLACED - 6 * DAY, member_id=world.member, link_id=1)
    open_link(world.wang, at=PLACED - DAY, member_id=world.member, link_id=1)
    order = make_order(world.store, member_id=world.member)
    capture(order)
    assert winner(order) == (world.wang.id, "link")


def test_with_scope_sku_every_line_has_its_own_winner(world: World) -> None:
    set_policy(world, scope="sku")
    open_link(world.wang, at=PLACED - DAY, member_id=world.member, sku_id=100, link_id=1)
    open_link(world.li, at=PLACED - DAY, member_id=world.member, sku_id=200, link_id=2)
    order = make_order(world.store, member_id=world.member, skus=(100, 200, 300))
    capture(order)
    lines = [line.id for line in order.lines]
    found = [(each.line_ids, each.distributor_id, each.sequence) for each in decisions(order)]
    assert found == [
        ([lines[0]], world.wang.id, 1),
        ([lines[1]], world.li.id, 2),
        ([lines[2]], None, 3),
    ]


@pytest.mark.parametrize(("answer", "credited"), [("no", False), ("yes", True)])
def test_the_policy_says_whether_an_own_purchase_earns(
    world: World, answer: str, credited: bool
) -> None:
    set_policy(world, self_purchase=answer)
    own = make_distributor(world.store, "SUN", member_id=world.member)
    order = make_order(world.store, member_id=world.member, distributor_code="SUN")
    capture(order)
    assert winner(order)[0] == (own.id if credited else None)
    assert reasons(order) == ([] if credited else ["SELF_PURCHASE"])


def test_a_nearer_organisation_overrides_the_policy(world: World) -> None:
    set_policy(world, window_days=1)
    set_policy(world, "R1", window_days=30)
    open_link(world.li, at=PLACED - 9 * DAY, member_id=world.member)
    here = make_order(world.tree["R1-B"], member_id=world.member)
    there = make_order(world.tree["F1-A"], member_id=world.member)
    capture(here, there)
    assert winner(here)[0] == world.li.id
    assert winner(there)[0] is None
    assert decisions(here)[0].policy_version == 1
    assert decisions(here)[0].policy_id is not None


@pytest.mark.parametrize("paid_at", [PLACED, None])
def test_a_policy_that_never_binds_never_binds(world: World, paid_at: Any) -> None:
    set_policy(world, bind_on="never")
    order = make_order(world.store, member_id=world.member, distributor_code="LI", paid_at=paid_at)
    capture(order)
    if paid_at is None:
        pay(order, PLACED + HOUR)
    assert history(world.member) == []


def test_protection_keeps_a_member_and_its_end_lets_them_go(world: World) -> None:
    bind(world.member, world.li, PLACED - 10 * DAY, protected_until=PLACED)
    for placed_at in (PLACED - HOUR, PLACED):
        capture(
            make_order(
                world.store,
                member_id=world.member,
                distributor_code="WANG",
                placed_at=placed_at,
                paid_at=placed_at,
            )
        )
    assert history(world.member) == [("bound", world.li.id), ("taken_over", world.wang.id)]


def test_with_first_touch_a_code_at_the_till_binds_before_payment(world: World) -> None:
    set_policy(world, bind_on="first_touch")
    order = make_order(world.store, member_id=world.member, distributor_code="LI")
    capture(order)
    assert history(world.member) == [("bound", world.li.id)]
    assert Binding.objects.get().reason == "first_touch"
    pay(order, PLACED + HOUR)
    assert history(world.member) == [("bound", world.li.id)]
