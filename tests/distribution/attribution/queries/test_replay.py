"""The same facts give the same decision, as long as nobody changed them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from django.db import connections

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    bind,
    capture,
    decisions,
    make_distributor,
    make_order,
    open_link,
)
from tests.distribution.attribution.conftest import World
from tests.goods.catalogue.builders import make_sku
from yipan.distribution.attribution.actions import register_coupons, set_attribution_policy
from yipan.distribution.attribution.queries import replay
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.trade.orders.events import OrderSnapshot
from yipan.trade.orders.models import Order, OrderLine

_numbers = itertools.count(1)


def write(order: OrderSnapshot) -> OrderSnapshot:
    """The order's rows, as capturing would have written them, for a SKU that exists."""
    sku = make_sku()
    row = Order.objects.create(
        id=order.id,
        channel=order.channel,
        number=order.number,
        organisation_id=order.organisation_id,
        member_id=order.member_id,
        state="captured",
        goods_amount=order.net_amount,
        net_amount=order.net_amount,
        placed_at=order.placed_at,
        recorded_at=order.placed_at,
        recorded_by="test",
    )
    for line in order.lines:
        OrderLine.objects.create(
            id=line.id,
            order=row,
            line_no=line.line_no,
            sku=sku,
            quantity=1,
            unit_price=1000,
            price_kind="list",
            net_amount=1000,
        )
    lines = tuple(line._replace(sku_id=sku.id) for line in order.lines)
    return order._replace(lines=lines)


def contested(world: World) -> OrderSnapshot:
    """An order that everybody wants, under a policy of its own."""
    with clock.at(PLACED - 100 * DAY):
        set_attribution_policy(
            organisation_id=world.tree["R1"].id,
            data={"link_model": "first", "scope": "sku", "window_days": 20},
            by=SYSTEM,
        )
    register_coupons(distributor="CHEN", coupons=["C-1"], by=SYSTEM)
    out = make_distributor(world.store, "OUT", status=DistributorStatus.SUSPENDED)
    for days, distributor in ((40, world.wang), (3, world.li), (2, out), (1, world.wang)):
        open_link(distributor, at=PLACED - days * DAY, member_id=world.member, link_id=days)
    bind(world.member, world.li, PLACED - 9 * DAY)
    order = make_order(
        world.store, member_id=world.member, coupon_code="c-1", skus=(1, 1), distributor_code="OUT"
    )
    return write(order)


def test_a_replay_comes_to_the_same_decision(world: World) -> None:
    order = contested(world)
    capture(order)
    found = replay(order.id)
    assert found.same
    assert found.again == found.stored
    (decision,) = decisions(order)
    assert decision.source == "coupon"
    assert len(decision.evidence["losers"]) == 6


def test_a_replay_knows_what_was_known_then(world: World) -> None:
    """Distributors leave and policies change; decisions made before stay right."""
    order = contested(world)
    capture(order)
    Distributor.objects.update(status=DistributorStatus.LEFT, left_at=PLACED - DAY)
    set_attribution_policy(
        organisation_id=world.tree["R1"].id, data={"order": ["binding"]}, by=SYSTEM
    )
    open_link(world.li, at=PLACED, member_id=world.member)
    assert replay(order.id).same


def test_a_replay_of_an_order_without_facts_is_the_same(world: World) -> None:
    order = write(make_order(world.store))
    capture(order)
    assert replay(order.id).same


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE attribution_touch SET distributor_id = distributor_id + 1 WHERE source = 'coupon'",
        "UPDATE attribution_touch SET touched_at = touched_at + interval '40 days'",
        "UPDATE attribution_decision SET distributor_id = distributor_id + 1",
        "UPDATE attribution_decision SET line_ids = line_ids[1:1]",
        "UPDATE kernel_policyversion SET data = jsonb_set(data, '{order}', '[\"link\"]')",
        "DELETE FROM attribution_binding",
        "UPDATE orders_order SET placed_at = placed_at - interval '20 days'",
    ],
)
def test_a_replay_finds_facts_or_decisions_that_were_changed(
    committed_world: World, forgery: str, as_owner: Callable[[str], None]
) -> None:
    order = contested(committed_world)
    capture(order)
    assert replay(order.id).same
    as_owner(forgery)
    assert not replay(order.id).same


@pytest.fixture
def as_owner(committed_world: World) -> Callable[[str], None]:
    """Run a statement as somebody who can switch the triggers off."""

    def run(statement: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)
            assert cursor.rowcount > 0
            cursor.execute("RESET session_replication_role")

    return run


def test_of_an_order_that_was_never_decided_the_decisions_are_missing(world: World) -> None:
    found = replay(write(make_order(world.store)).id)
    assert not found.same
    assert found.missing == ("decisions",)
    with pytest.raises(NotFound):
        replay(17)
