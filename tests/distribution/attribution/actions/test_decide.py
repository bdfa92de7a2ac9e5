"""Deciding captured orders, from the events to the rows."""

from __future__ import annotations

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
    open_link,
    pay,
    reasons,
    winner,
)
from tests.distribution.attribution.conftest import World
from yipan.distribution.attribution.actions import (
    bind_paid,
    register_coupons,
)
from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.models import Binding, Decision, Touch
from yipan.distribution.attribution.queries import decisions_of
from yipan.distribution.distributors.models import DistributorStatus
from yipan.group.organisations.actions import switch_distribution
from yipan.kernel import events
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import current_tenant_id, tenant_context
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.events import OrderCaptured

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def test_an_order_without_any_touch_is_credited_to_nobody(world: World) -> None:
    order = make_order(world.store, member_id=world.member)
    capture(order)
    (decision,) = decisions(order)
    assert decision.distributor_id is None
    assert decision.source == ""
    assert decision.line_ids == [line.id for line in order.lines]
    assert decision.evidence["losers"] == []


def test_a_code_typed_at_the_till_wins_and_is_written_down_as_a_touch(world: World) -> None:
    order = make_order(world.store, distributor_code=" wang ")
    capture(order)
    assert winner(order) == (world.wang.id, "code")
    touch = Touch.objects.get()
    assert (touch.source, touch.code, touch.order_id) == ("code", "WANG", order.id)
    assert touch.touched_at == PLACED
    assert decisions(order)[0].touch_id == touch.id


def test_a_code_that_nobody_has_is_named_in_the_evidence(world: World) -> None:
    order = make_order(world.store, distributor_code="NOBODY", coupon_code="spring")
    capture(order)
    (decision,) = decisions(order)
    assert decision.distributor_id is None
    assert decision.evidence["unowned_code"] == "NOBODY"
    assert decision.evidence["unowned_coupon"] == "SPRING"
    assert not Touch.objects.exists()


def test_a_coupon_credits_its_owner_in_its_order_only(world: World) -> None:
    register_coupons(distributor="LI", coupons=["spring-10"], by=SYSTEM)
    used = make_order(world.store, member_id=world.member, coupon_code="Spring-10")
    later = make_order(world.store, member_id=world.member, placed_at=PLACED + HOUR)
    capture(used)
    capture(later)
    assert winner(used) == (world.li.id, "coupon")
    assert winner(later) == (None, "")


def test_what_a_visitor_opened_before_signing_in_counts_for_the_member(world: World) -> None:
    open_link(world.wang, at=PLACED - DAY, visitor="browser-1")
    order = make_order(world.store, member_id=world.member, visitor="browser-1")
    capture(order)
    assert winner(order) == (world.wang.id, "link")


def test_what_another_member_opened_in_the_same_browser_does_not_count(world: World) -> None:
    open_link(world.wang, at=PLACED - DAY, visitor="browser-1", member_id=make_member())
    order = make_order(world.store, member_id=world.member, visitor="browser-1")
    capture(order)
    assert winner(order) == (None, "")


def test_what_a_member_opened_counts_in_any_browser(world: World) -> None:
    open_link(world.wang, at=PLACED - DAY, visitor="phone", member_id=world.member)
    order = make_order(world.store, member_id=world.member, visitor="desktop")
    capture(order)
    assert winner(order) == (world.wang.id, "link")


def test_a_buyer_who_is_not_known_at_all_has_no_touches(world: World) -> None:
    open_link(world.wang, at=PLACED - DAY, visitor="", member_id=world.member)
    order = make_order(world.store)
    capture(order)
    assert winner(order) == (None, "")


def test_a_link_opened_a_hundred_times_is_evidence_of_two(world: World) -> None:
    for minutes in range(100):
        open_link(world.wang, at=PLACED - timedelta(minutes=minutes + 1), visitor="v")
    order = make_order(world.store, visitor="v")
    capture(order)
    assert winner(order) == (world.wang.id, "link")
    assert reasons(order) == ["NOT_LAST"]


def test_who_may_not_be_credited_makes_room_for_the_next(world: World) -> None:
    make_distributor(world.store, "OUT", status=DistributorStatus.SUSPENDED)
    make_distributor(world.store, "LATE", qualified_until=PLACED)
    make_distributor(world.store, "EARLY", qualified_from=PLACED + MOMENT)
    off = make_distributor(world.tree["F1-B"], "OFF")
    switch_distribution(organisation=world.tree["FOOD"], on=False, by=SYSTEM)
    open_link(off, at=PLACED - HOUR, member_id=world.member)
    bind(world.member, world.li, PLACED - 9 * DAY)
    for code, reason in (
        ("OUT", "DISTRIBUTOR_INACTIVE"),
        ("LATE", "NOT_QUALIFIED"),
        ("EARLY", "NOT_QUALIFIED"),
    ):
        member = world.member if code == "OUT" else None
        order = make_order(world.store, member_id=member, distributor_code=code)
        capture(order)
        expected = (world.li.id, "binding") if member else (None, "")
        assert winner(order) == expected
        assert reason in reasons(order)
        if member:
            assert "DISTRIBUTION_OFF" in reasons(order)


def test_who_left_later_is_credited_with_what_was_sold_before(world: World) -> None:
    make_distributor(world.store, "GONE", status=DistributorStatus.LEFT, left_at=PLACED)
    before = make_order(world.store, distributor_code="GONE", placed_at=PLACED - MOMENT)
    after = make_order(world.store, distributor_code="GONE")
    capture(before, after)
    assert winner(before)[1] == "code"
    assert winner(after) == (None, "")


def test_the_binding_counts_as_it_was_when_the_order_was_placed(world: World) -> None:
    """An order that is recorded late is credited by the binding of its own time."""
    first = make_order(world.store, member_id=world.member, distributor_code="LI", paid_at=PLACED)
    capture(first)
    renewal = make_order(
        world.store,
        member_id=world.member,
        placed_at=PLACED + 60 * DAY,
        paid_at=PLACED + 60 * DAY,
    )
    capture(renewal)
    late = make_order(world.store, member_id=world.member, placed_at=PLACED + 30 * DAY)
    capture(late)
    assert winner(late) == (world.li.id, "binding")
    assert decisions(late)[0].binding_id == Binding.objects.get(sequence=1).id
    assert history(world.member) == [("bound", world.li.id), ("renewed", world.li.id)]


def test_orders_at_once_come_out_as_one_after_the_other(world: World) -> None:
    """The first binds the buyer and leaves a code behind; both lead the orders behind it."""
    batch = [
        make_order(
            world.store,
            member_id=world.member,
            distributor_code="LI" if day == 0 else "",
            placed_at=PLACED + day * DAY,
            paid_at=PLACED + day * DAY + HOUR,
        )
        for day in (20, 0, 10)
    ]
    capture(*batch)
    sources = {order.placed_at: winner(order) for order in batch}
    assert [sources[moment] for moment in sorted(sources)] == [
        (world.li.id, "code"),
        (world.li.id, "code"),
        (world.li.id, "binding"),
    ]
    assert history(world.member) == [
        ("bound", world.li.id),
        ("renewed", world.li.id),
        ("renewed", world.li.id),
    ]


def test_a_purchase_binds_when_it_is_paid_later(world: World) -> None:
    order = make_order(world.store, member_id=world.member, distributor_code="LI")
    capture(order)
    assert history(world.member) == []
    pay(order, PLACED + HOUR)
    binding = Binding.objects.get()
    assert (binding.distributor_id, binding.bound_at) == (world.li.id, PLACED + HOUR)
    assert binding.valid_until == PLACED + HOUR + 365 * DAY
    assert binding.protected_until == PLACED + HOUR + 30 * DAY
    assert (binding.order_id, binding.reason) == (order.id, "first_purchase")
    assert binding.touch_id == decisions(order)[0].touch_id


def test_an_order_captured_and_paid_in_one_unit_of_work_binds_once(world: World) -> None:
    order = make_order(world.store, member_id=world.member, distributor_code="LI")
    with unit_of_work():
        capture(order)
        pay(order, PLACED + HOUR)
    assert history(world.member) == [("bound", world.li.id)]


def test_what_was_decided_is_known_in_the_same_unit_of_work_without_a_statement(
    world: World,
) -> None:
    order = make_order(world.store, distributor_code="LI")
    with unit_of_work():
        events.announce(OrderCaptured(order))
        with CaptureQueriesContext(connection) as queries:
            (credit,) = decisions_of([order.id])[order.id]
        assert len(queries) == 0
    assert credit.distributor_id == world.li.id
    assert credit.line_ids == tuple(line.id for line in order.lines)
    assert decisions_of([order.id]) == {order.id: (credit,)}
    assert decisions_of([1]) == {}


def test_a_decision_says_which_policy_and_what_was_known(world: World) -> None:
    open_link(world.wang, at=PLACED - HOUR, member_id=world.member)
    order = make_order(world.store, member_id=world.member, distributor_code="LI")
    capture(order)
    evidence = decisions(order)[0].evidence
    assert evidence["rule"] == "code.last"
    assert evidence["winner"]["distributor_id"] == world.li.id
    assert evidence["policy"]["window_days"] == 15
    assert evidence["distributors"][str(world.wang.id)]["active"] is True
    assert [loser["reason"] for loser in evidence["losers"]] == ["LOWER_PRECEDENCE"]


def test_touches_of_orders_are_announced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[TouchRecorded] = []
    monkeypatch.setitem(events._handlers, TouchRecorded, [("attribution", heard.extend)])
    capture(make_order(world.store, distributor_code="LI", campaign="spring"))
    (touch,) = heard
    assert (touch.source, touch.distributor_id, touch.channel) == ("code", world.li.id, "pos")
    assert (touch.campaign, touch.organisation_id) == ("spring", world.store.id)


@pytest.mark.parametrize("number", [1, 10, 100, 500])
def test_deciding_takes_one_statement_however_many_orders(world: World, number: int) -> None:
    members = [make_member() for _ in range(number)]
    open_link(world.wang, at=PLACED - HOUR, member_id=members[0])
    orders = [
        make_order(world.store, member_id=member, distributor_code="LI", paid_at=PLACED)
        for member in members
    ]
    with tenant_context(current_tenant_id()):
        capture(make_order(world.store))  # the tree and the policies are in the cache now
        with unit_of_work():
            with CaptureQueriesContext(connection) as queries:
                events.announce(*[OrderCaptured(order) for order in orders])
            ours = [each for each in queries if "attribution_" in each["sql"]]
        assert len(ours) == 1  # whoever hears of the touches has their own
    assert Decision.objects.filter(distributor_id=world.li.id).count() == number
    assert Binding.objects.count() == number


@pytest.mark.parametrize("number", [1, 10, 100, 500])
def test_binding_those_who_pay_later_takes_one_statement(world: World, number: int) -> None:
    orders = [
        make_order(world.store, member_id=make_member(), distributor_code="LI")
        for _ in range(number)
    ]
    with tenant_context(current_tenant_id()):
        capture(*orders)
        paid = [order._replace(paid_at=PLACED + HOUR) for order in orders]
        with unit_of_work():
            with CaptureQueriesContext(connection) as queries:
                bind_paid(orders=paid)
                decisions_of([order.id for order in orders])
            assert len(queries) == 1
    assert Binding.objects.count() == number
