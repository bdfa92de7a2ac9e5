"""What a browser touched binds its owner at the sign-in, where the policy says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    capture,
    history,
    make_order,
    open_link,
    winner,
)
from tests.distribution.attribution.conftest import World
from yipan.customers.members.events import MemberSignedIn
from yipan.distribution.attribution.actions import join_touches, set_attribution_policy
from yipan.distribution.attribution.models import Binding, Touch
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work

HOUR = timedelta(hours=1)
BROWSER = "v" * 22


@pytest.fixture
def binding(world: World) -> World:
    """A group that binds on the first touch."""
    with clock.at(PLACED - 50 * DAY):
        set_attribution_policy(
            organisation_id=world.tree["HQ"].id,
            data={"bind_on": "first_touch"},
            by=SYSTEM,
        )
    return world


def sign_in(world: World) -> None:
    with clock.at(PLACED), unit_of_work():
        announce(MemberSignedIn(world.member, BROWSER, world.store.id, PLACED))


def test_the_first_touch_of_the_browser_binds_its_owner(binding: World) -> None:
    open_link(binding.li, at=PLACED - 2 * HOUR, visitor=BROWSER)
    open_link(binding.wang, at=PLACED - HOUR, visitor=BROWSER)
    sign_in(binding)
    assert history(binding.member)[0] == ("bound", binding.li.id)
    bound_at = Binding.objects.get(member_id=binding.member, sequence=1).bound_at
    assert PLACED - timedelta(seconds=1) < bound_at < PLACED


def test_touches_of_others_and_old_ones_bind_nobody(binding: World) -> None:
    open_link(binding.li, at=PLACED - HOUR, visitor="w" * 22)
    open_link(binding.li, at=PLACED - 16 * DAY, visitor=BROWSER)
    sign_in(binding)
    assert history(binding.member) == []


def test_where_a_purchase_binds_the_touches_wait_for_it(world: World) -> None:
    open_link(world.li, at=PLACED - HOUR, visitor=BROWSER)
    sign_in(world)
    assert history(world.member) == []
    order = make_order(world.store, member_id=world.member, visitor=BROWSER)
    capture(order)
    assert winner(order) == (world.li.id, "link")


def test_the_touches_themselves_stay_as_they_were(binding: World) -> None:
    open_link(binding.li, at=PLACED - HOUR, visitor=BROWSER)
    sign_in(binding)
    sign_in(binding)
    assert Touch.objects.get().member_id is None
    assert len(history(binding.member)) == 1


def test_a_browser_without_a_name_touched_nothing(binding: World) -> None:
    join_touches(sign_ins=[MemberSignedIn(binding.member, "", binding.store.id, PLACED)])
    assert history(binding.member) == []
