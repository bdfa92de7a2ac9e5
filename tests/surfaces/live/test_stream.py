"""Open pages are told at once what happened to their distributor, and nothing of others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from tests.conftest import make_tenant
from tests.distribution.attribution.builders import bind, make_distributor, make_member, open_link
from tests.goods.catalogue.builders import make_sku
from tests.goods.stock.builders import make_location
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import make_person
from tests.surfaces.live.harness import Browser, browser_of, listening
from yipan.customers.members.models import Member
from yipan.distribution.distributors.models import Distributor
from yipan.goods.stock.actions import StockRow, set_stock
from yipan.group.people.models import Person
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.events import Event, announce
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.uow import unit_of_work
from yipan.payouts.settlement.events import EntriesReleased, ReleasedEntry
from yipan.payouts.withdrawals.events import WithdrawalRejected, WithdrawalSnapshot
from yipan.surfaces.live import hub as hub_module
from yipan.surfaces.live import stream
from yipan.surfaces.live.hub import MOST_PER_PERSON


@dataclass
class World:
    """Wang and Li sell in one store."""

    tenant: Tenant
    tree: GroupTree
    wang: Distributor
    li: Distributor
    people: dict[str, Person]

    async def do(self, action: Any) -> Any:
        """Do something in the group, in a thread with a connection of its own."""

        def in_group() -> Any:
            with tenant_context(self.tenant.id):
                return action()

        return await sync_to_async(in_group, thread_sensitive=False)()

    async def announce(self, *events: Event) -> None:
        def tell() -> None:
            with unit_of_work():
                announce(*events)

        await self.do(tell)


def make_world(tenant: Tenant, phone: str) -> World:
    tree = make_tree()
    people = {name: make_person(name, phone=f"{phone}{n}") for n, name in enumerate(("wang", "li"))}
    wang, li = (
        make_distributor(tree["R1-A"], name.upper(), person=person)
        for name, person in people.items()
    )
    return World(tenant, tree, wang, li, people)


@pytest.fixture
def world(committed_tenant: Tenant) -> World:
    return make_world(committed_tenant, "1380013800")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "EVERY_SECONDS", 0.1)


def released(*pairs: tuple[Distributor, int]) -> EntriesReleased:
    entries = [
        ReleasedEntry(n, n, who.id, who.organisation_id, "CNY", amount, 0)
        for n, (who, amount) in enumerate(pairs)
    ]
    return EntriesReleased(1, clock.now(), tuple(entries))


def test_a_link_opened_is_told_to_whose_it_is_and_to_nobody_else(world: World) -> None:
    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        li = await world.do(lambda: browser_of(world.people["li"]))
        await wang.opened()
        await li.opened()
        await world.do(partial(open_link, world.wang, at=clock.now(), visitor="v"))
        await wang.until(lambda: "touch" in wang.kinds())
        (touch,) = wang.heard
        assert touch["text"] == "Somebody just opened your link"
        assert touch["link_id"] == 7
        assert "v" not in touch.values()
        await world.announce(released((world.li, 100)))
        await li.until(lambda: bool(li.heard))
        assert li.kinds() == ["release"]
        assert wang.kinds() == ["touch"]

    listening(scene)


def test_it_speaks_the_language_of_each_reader_and_masks_the_buyer(world: World) -> None:
    async def scene() -> None:
        english = await world.do(lambda: browser_of(world.people["wang"], "en"))
        chinese = await world.do(lambda: browser_of(world.people["wang"], "zh-hans"))
        await english.opened()
        await chinese.opened()
        member = await world.do(make_member)
        await world.do(partial(open_link, world.wang, at=clock.now(), member_id=member))
        await english.until(lambda: bool(english.heard))
        await chinese.until(lambda: bool(chinese.heard))
        assert english.heard[0]["text"] == "李** just opened your link"
        assert chinese.heard[0]["text"] == "李** 刚刚打开了您的分享链接"

    listening(scene)


def test_amounts_are_summed_for_each_distributor(world: World) -> None:
    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        await world.announce(released((world.wang, 1200), (world.li, 99), (world.wang, 30)))
        await wang.until(lambda: bool(wang.heard))
        (said,) = wang.heard
        assert (said["count"], said["amount"]) == (2, 1230)
        assert said["text"] == "¥12.30 of commission can be withdrawn now"

    listening(scene)


def test_stock_that_was_counted_is_told_to_everybody_of_the_group(world: World) -> None:
    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        place, sku = await world.do(lambda: (make_location(world.tree["R1-A"]), make_sku()))
        row = StockRow(place.code, sku.code, 3)
        await world.do(partial(set_stock, rows=[row], by=SYSTEM))
        await wang.until(lambda: bool(wang.heard))
        assert wang.kinds() == ["stock"]
        assert wang.heard[0]["sku_ids"] == [sku.id]

    listening(scene)


def test_a_withdrawal_is_told_with_its_state(world: World) -> None:
    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        home = world.wang.organisation_id
        snapshot = WithdrawalSnapshot(9, "W9", world.wang.id, home, home, "CNY", 5000, 0, 5000)
        await world.announce(WithdrawalRejected(snapshot, clock.now(), "no"))
        await wang.until(lambda: bool(wang.heard))
        (said,) = wang.heard
        assert (said["kind"], said["withdrawal_id"], said["state"]) == ("withdrawal", 9, "rejected")
        assert "¥50.00" in said["text"]

    listening(scene)


def test_a_binding_is_told_to_who_gains_and_to_who_loses(world: World) -> None:
    def take_over() -> None:
        member: Member = Member.objects.get(pk=make_member())
        first = bind(member.id, world.li, clock.now() - timedelta(days=3))
        touch_id = open_link(world.wang, at=clock.now(), member_id=member.id)
        type(first).objects.create(
            member_id=member.id,
            sequence=2,
            distributor_id=world.wang.id,
            kind="taken_over",
            bound_at=clock.now(),
            previous_id=first.id,
            touch_id=touch_id,
            changed_by="test",
            reason="first_touch",
            recorded_at=clock.now(),
        )

    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        li = await world.do(lambda: browser_of(world.people["li"]))
        await wang.opened()
        await li.opened()

        def in_one() -> None:
            with unit_of_work():
                take_over()

        await world.do(in_one)
        await wang.until(lambda: "binding" in wang.kinds())
        await li.until(lambda: "binding" in li.kinds())
        assert [each["gained"] for each in wang.heard if each["kind"] == "binding"] == [True]
        assert [each["gained"] for each in li.heard if each["kind"] == "binding"] == [False]

    listening(scene)


def test_nothing_is_heard_from_another_group(world: World) -> None:
    other_tenant = make_tenant("other", "Other")
    with tenant_context(other_tenant.id):
        other = make_world(other_tenant, "1390013900")

    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        stranger = await other.do(lambda: browser_of(other.people["wang"]))
        await wang.opened()
        await stranger.opened()
        await other.announce(released((world.wang, 1), (other.wang, 2)))
        await stranger.until(lambda: bool(stranger.heard))
        await world.announce(released((world.wang, 3)))
        await wang.until(lambda: bool(wang.heard))
        assert [each["amount"] for each in wang.heard] == [3]
        assert [each["amount"] for each in stranger.heard] == [2]

    listening(scene)


def test_what_commits_late_is_heard_and_nothing_twice(world: World) -> None:
    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        begun, go_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slowly() -> None:
            with unit_of_work():
                announce(released((world.wang, 1)))
                make_member()  # the transaction has its id now
                loop.call_soon_threadsafe(begun.set)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

        slow = asyncio.ensure_future(world.do(slowly))
        await begun.wait()
        await world.announce(released((world.wang, 2)))
        await wang.until(lambda: len(wang.heard) == 1)  # not held up by the slow one
        await asyncio.sleep(0.3)
        go_on.set()
        await slow
        await wang.until(lambda: len(wang.heard) == 2)
        await asyncio.sleep(0.3)
        assert [each["amount"] for each in wang.heard] == [2, 1]

    listening(scene)


def test_after_very_much_it_only_says_look_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yipan.surfaces.live.following.MOST", 3)

    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        await world.announce(*[released((world.li, n)) for n in range(5)])
        await wang.until(lambda: bool(wang.heard))
        assert wang.kinds() == ["sync"]

    listening(scene)


def test_one_look_serves_all_listeners_of_a_group(world: World) -> None:
    async def scene() -> None:
        browsers = [await world.do(lambda: browser_of(world.people["wang"])) for _ in range(5)]
        for each in browsers:
            await each.opened()
        before = stream.hub.looks
        await asyncio.sleep(1)
        assert stream.hub.looks - before <= 11

    listening(scene)


def test_a_browser_that_is_not_signed_in_hears_nothing(world: World) -> None:
    async def scene() -> None:
        for cookies in ({}, {"sessionid": "nonsense"}):
            stranger = Browser(cookies)
            stranger.open()
            await stranger.done()
            assert stranger.status == 401
        poster = Browser({})
        poster.open("POST")
        await poster.done()
        assert poster.status == 405

    listening(scene)


def test_who_signs_out_or_is_let_go_hears_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "RECHECK_SECONDS", 0.1)

    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        li = await world.do(lambda: browser_of(world.people["li"]))
        await wang.opened()
        await li.opened()
        await world.do(lambda: Session.objects.filter(pk=wang.cookies["sessionid"]).delete())
        await wang.until(lambda: wang.is_over)
        assert not li.is_over

        def let_go() -> None:
            world.people["li"].is_active = False
            world.people["li"].save()

        await world.do(let_go)
        await li.until(lambda: li.is_over)

    listening(scene)


def test_one_person_opens_so_many_streams_and_no_more(world: World) -> None:
    async def scene() -> None:
        browsers = [
            await world.do(lambda: browser_of(world.people["wang"]))
            for _ in range(MOST_PER_PERSON + 1)
        ]
        for each in browsers:
            await each.opened()
        assert [each.status for each in browsers] == [200] * MOST_PER_PERSON + [429]
        browsers[0].close()
        await browsers[0].done()
        again = await world.do(lambda: browser_of(world.people["wang"]))
        await again.opened()
        assert again.status == 200

    listening(scene)


def test_a_stream_beats_and_ends_at_once_when_the_process_stops(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)

    async def scene() -> None:
        wang = await world.do(lambda: browser_of(world.people["wang"]))
        await wang.opened()
        await wang.until(lambda: b": \n\n" in wang.body)
        stream.hub.end()
        async with asyncio.timeout(1):
            await wang.done()
        assert wang.is_over

    listening(scene)
