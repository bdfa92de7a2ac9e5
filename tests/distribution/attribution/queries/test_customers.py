"""A distributor sees who looked and who belongs to them, and of nobody more than a masked name."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.attribution.builders import PLACED, bind, make_member, open_link
from tests.distribution.attribution.conftest import World
from yipan.customers.members.rules import masked_name
from yipan.distribution.attribution.queries import bound_count, bound_to, looks_of


def test_looks_are_the_latest_first_and_names_are_masked(world: World) -> None:
    open_link(world.wang, at=PLACED, visitor="v1")
    open_link(world.wang, at=PLACED + timedelta(hours=1), member_id=world.member, visitor="v2")
    open_link(world.li, at=PLACED, visitor="v3")
    first, second = looks_of(world.wang.id)
    assert (first.customer, second.customer) == ("李**", "")
    assert (first.source, first.channel, first.goods) == ("link", "wechat", "")


def test_only_bindings_that_hold_are_told(world: World) -> None:
    bind(world.member, world.wang, PLACED)
    bind(make_member(), world.li, PLACED)
    bind(make_member(), world.wang, PLACED, valid_until=PLACED + timedelta(days=1))
    later = PLACED + timedelta(days=2)
    (bound,) = bound_to(world.wang.id, at=later).items
    assert (bound.customer, bound.bound_at) == ("李**", PLACED)
    assert bound_count(world.wang.id, at=later) == 1
    assert bound_count(world.wang.id, at=PLACED) == 2


def test_every_binding_is_on_one_page_and_each_page_takes_one_statement(world: World) -> None:
    for _ in range(5):
        bind(make_member(), world.wang, PLACED)
    seen: list[int] = []
    cursor = None
    while True:
        with CaptureQueriesContext(connection) as captured:
            page = bound_to(world.wang.id, at=PLACED, cursor=cursor, limit=2)
        assert len(captured) == 1
        seen += [each.binding_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_masked_name_keeps_its_first_character_only() -> None:
    assert [masked_name(each) for each in ("王小明", " 李 ", "")] == ["王**", "李**", ""]
