"""Writing touches down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    bind,
    capture,
    history,
    make_distributor,
    make_order,
    open_link,
    winner,
)
from tests.distribution.attribution.conftest import World
from yipan.distribution.attribution.actions import (
    CodeTouch,
    record_code_touches,
    register_coupons,
    set_attribution_policy,
)
from yipan.distribution.attribution.errors import CouponTaken
from yipan.distribution.attribution.models import Binding, Coupon, Touch
from yipan.distribution.attribution.rules import PolicyRefused
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry

HOUR = timedelta(hours=1)


def test_a_code_scanned_before_an_order_leads_to_it(world: World) -> None:
    with clock.at(PLACED):
        (touch,) = record_code_touches(
            touches=[CodeTouch("wang", PLACED - HOUR, member_id=world.member, channel="mini")]
        )
    row = Touch.objects.get()
    assert (row.id, row.code, row.channel, row.order_id) == (touch.touch_id, "WANG", "mini", None)
    order = make_order(world.store, member_id=world.member)
    capture(order)
    assert winner(order) == (world.wang.id, "code")


@pytest.mark.parametrize(
    ("touch", "field"),
    [
        (CodeTouch("WANG", PLACED), "touches.0.visitor"),
        (CodeTouch("WANG", PLACED + HOUR, visitor="v"), "touches.0.touched_at"),
        (CodeTouch("WANG", PLACED - 91 * DAY, visitor="v"), "touches.0.touched_at"),
        (CodeTouch("WANG", PLACED, visitor="v" * 65), "touches.0.visitor"),
        (CodeTouch("WANG", PLACED, visitor="v", channel="c" * 31), "touches.0.channel"),
    ],
)
def test_a_touch_that_cannot_be_is_refused_by_field(
    world: World, touch: CodeTouch, field: str
) -> None:
    with clock.at(PLACED), pytest.raises(InvalidField) as refused:
        record_code_touches(touches=[touch])
    assert refused.value.data["field"] == field


def test_a_code_nobody_has_or_that_is_out_of_reach_is_not_found(world: World) -> None:
    with clock.at(PLACED):
        for code, within in (("NOBODY", "/"), ("CHEN", world.tree["RETAIL"].path)):
            good = CodeTouch("WANG", PLACED, visitor="v")
            with pytest.raises(NotFound):
                record_code_touches(
                    touches=[good, CodeTouch(code, PLACED, visitor="v")], within=within
                )
    assert not Touch.objects.exists()


def test_with_first_touch_a_known_member_is_bound_once(world: World) -> None:
    with clock.at(PLACED - 9 * DAY):
        set_attribution_policy(
            organisation_id=world.tree["RETAIL"].id,
            data={"bind_on": "first_touch"},
            by=SYSTEM,
        )
    touch_id = open_link(world.wang, at=PLACED, member_id=world.member)
    open_link(world.li, at=PLACED + HOUR, member_id=world.member)
    open_link(world.wang, at=PLACED + HOUR, visitor="nobody knows")
    binding = Binding.objects.get()
    assert (binding.distributor_id, binding.touch_id) == (world.wang.id, touch_id)
    assert (binding.bound_at, binding.reason) == (PLACED, "first_touch")


def test_with_first_touch_who_may_not_be_credited_binds_nobody(world: World) -> None:
    with clock.at(PLACED - 9 * DAY):
        set_attribution_policy(
            organisation_id=world.tree["HQ"].id, data={"bind_on": "first_touch"}, by=SYSTEM
        )
    own = make_distributor(world.store, "SUN", member_id=world.member)
    open_link(own, at=PLACED, member_id=world.member)
    assert history(world.member) == []


def test_the_default_policy_binds_nobody_by_a_touch(world: World) -> None:
    open_link(world.wang, at=PLACED, member_id=world.member)
    assert history(world.member) == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET member_id = 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["touch", "binding", "decision", "coupon"])
def test_what_was_written_down_cannot_be_changed(world: World, statement: str, table: str) -> None:
    open_link(world.wang, at=PLACED, member_id=world.member)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(f"attribution_{table}").replace("member_id", "tenant_id"))


def test_a_coupon_has_one_owner_for_good(world: World) -> None:
    assert register_coupons(distributor="LI", coupons=["a-1", "A-2 "], by=SYSTEM) == ["A-1", "A-2"]
    register_coupons(distributor="li", coupons=["A-1"], by=SYSTEM)
    with pytest.raises(CouponTaken) as refused:
        register_coupons(distributor="WANG", coupons=["A-3", "A-1"], by=SYSTEM)
    assert refused.value.data["coupons"] == "A-1"
    assert AuditEntry.objects.filter(action="attribution.register_coupons").count() == 1


def test_coupons_are_checked_and_scoped(world: World) -> None:
    for coupons in ([], ["a b"], [""], ["x"] * 1001):
        with pytest.raises(InvalidField):
            register_coupons(distributor="LI", coupons=coupons, by=SYSTEM)
    with pytest.raises(NotFound):
        register_coupons(distributor="CHEN", coupons=["A"], by=SYSTEM, within=world.tree["R1"].path)
    assert not Coupon.objects.exists()


def test_a_policy_is_refused_with_every_problem_by_field(world: World) -> None:
    with pytest.raises(PolicyRefused) as refused:
        set_attribution_policy(
            organisation_id=world.store.id,
            data={"window_days": 0, "scope": "basket", "colour": "red"},
            by=SYSTEM,
        )
    assert [each.field for each in refused.value.problems] == ["window_days", "scope", "colour"]


def test_a_policy_of_another_subtree_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        set_attribution_policy(
            organisation_id=world.tree["FOOD"].id,
            data={},
            by=SYSTEM,
            within=world.tree["RETAIL"].path,
        )


def test_a_new_policy_changes_no_decision_made_before(world: World) -> None:
    bind(world.member, world.li, PLACED - DAY)
    order = make_order(world.store, member_id=world.member)
    capture(order)
    set_attribution_policy(organisation_id=world.tree["HQ"].id, data={"order": ["code"]}, by=SYSTEM)
    assert winner(order) == (world.li.id, "binding")
