"""Making, revoking and opening share links."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.conftest import make_tenant
from tests.distribution.attribution.builders import (
    capture,
    make_distributor,
    make_member,
    make_order,
    winner,
)
from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link, wish
from yipan.distribution.attribution.models import Touch
from yipan.distribution.distributors.models import DistributorGrant, DistributorStatus
from yipan.distribution.sharing.actions import (
    MadeLink,
    make_links,
    open_link,
    revoke_links,
    share,
)
from yipan.distribution.sharing.errors import DistributorMayNotShare, LinkGone
from yipan.distribution.sharing.models import ShareLink
from yipan.goods.catalogue.models import Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import current_tenant_id, tenant_context

DAY = timedelta(days=1)
Run = Callable[[Callable[[int], object], int], list[object]]


def test_a_link_has_a_token_of_32_characters_and_a_short_address(world: World, tea: Sku) -> None:
    link = make_link(sku="TEA")
    assert len(link.token) == 32
    assert link.url == f"http://localhost:8000/s/acme/{link.token}"
    assert ShareLink.objects.get().sku_id == tea.id


def test_the_same_wish_gives_the_same_link(world: World, tea: Sku) -> None:
    until = clock.now() + DAY
    wishes = [
        wish(),
        wish(sku="TEA"),
        wish(sku="TEA", channel="wechat"),
        wish(sku="TEA", channel="wechat", campaign="spring"),
        wish(sku="TEA", expires_at=until),
        wish("LI", sku="TEA"),
        wish(organisation="R1", sku="TEA"),
    ]
    first = make_links(wishes=wishes)
    again = make_links(wishes=[*reversed(wishes), *wishes])
    assert len({link.id for link in first}) == len(wishes)
    assert again == [*reversed(first), *first]
    assert ShareLink.objects.count() == len(wishes)


def test_the_same_wish_at_once_gives_the_same_link(
    committed_tenant: Tenant, committed_world: World, run_concurrently: Run
) -> None:
    wishes = [wish(campaign=f"c{number}") for number in range(50)]

    def make(number: int) -> list[MadeLink]:
        mine = wishes if number % 2 else list(reversed(wishes))
        with tenant_context(committed_tenant.id):
            made = make_links(wishes=mine)
        return made if number % 2 else list(reversed(made))

    answers = run_concurrently(make, 8)
    assert all(answer == answers[0] for answer in answers)
    assert ShareLink.objects.count() == 50


@pytest.mark.parametrize("number", [1, 100, 3000])
def test_thousands_of_links_cost_as_many_statements_as_one(
    world: World, tea: Sku, number: int
) -> None:
    with tenant_context(current_tenant_id()):
        make_link()
        wishes = [wish(sku="TEA", campaign=f"c{each}") for each in range(number)]
        with CaptureQueriesContext(connection) as queries:
            made = make_links(wishes=wishes)
    assert len({link.token for link in made}) == number
    assert len(queries) == 5  # SAVEPOINT and its RELEASE; distributors, SKUs, links


def test_a_wish_is_refused_by_field(world: World, tea: Sku) -> None:
    wrong = {
        "distributor": wish("NOBODY"),
        "organisation": wish(organisation="NOWHERE"),
        "sku": wish(sku="NOTHING"),
        "expires_at": wish(expires_at=clock.now()),
        "channel": wish(channel="c" * 31),
        "campaign": wish(campaign="c" * 61),
    }
    for field, faulty in wrong.items():
        with pytest.raises(InvalidField) as refused:
            make_links(wishes=[wish(), faulty])
        assert refused.value.data["field"] == f"links.1.{field}"
        with pytest.raises(InvalidField) as refused:
            share(wish=faulty)
        assert refused.value.data["field"] == field
    assert not ShareLink.objects.exists()


def test_a_caller_shares_for_distributors_of_their_own_subtree(world: World) -> None:
    with pytest.raises(InvalidField):
        share(wish=wish("CHEN", "F1-A"), within=world.tree["RETAIL"].path)


def test_who_may_not_distribute_may_not_share(world: World) -> None:
    make_distributor(world.store, "OUT", status=DistributorStatus.SUSPENDED)
    make_distributor(world.store, "LATE", qualified_until=clock.now())
    for distributor, shop in (("OUT", "R1-A"), ("LATE", "R1-A"), ("WANG", "R1-B")):
        with pytest.raises(DistributorMayNotShare):
            make_link(distributor, shop)
    DistributorGrant.objects.create(
        distributor=world.wang, organisation=world.tree["FOOD"], valid_from=clock.now()
    )
    for shop in ("HQ", "RETAIL", "R1", "R1-A", "F1-B"):
        make_link("WANG", shop)


def test_an_opened_link_is_a_touch_that_leads_to_the_sale(world: World, tea: Sku) -> None:
    link = make_link(sku="TEA", channel="wechat", campaign="spring")
    seen = open_link(token=link.token, visitor="browser-1")
    assert seen.goods is not None
    assert (seen.goods.sku, seen.goods.name) == ("TEA", "龙井茶")
    touch = Touch.objects.get()
    assert (touch.source, touch.link_id, touch.visitor) == ("link", link.id, "browser-1")
    assert (touch.distributor_id, touch.sku_id) == (world.wang.id, tea.id)
    assert (touch.channel, touch.campaign) == ("wechat", "spring")
    order = make_order(
        world.store, member_id=make_member(), visitor="browser-1", placed_at=clock.now()
    )
    capture(order)
    assert winner(order) == (world.wang.id, "link")


def test_a_visit_that_does_not_count_leaves_no_touch(world: World) -> None:
    link = make_link()
    assert open_link(token=link.token, visitor="v", counts=False).id == link.id
    assert not Touch.objects.exists()


def test_a_revoked_link_is_dead_and_the_wish_gives_a_new_one(world: World) -> None:
    link = make_link()
    assert revoke_links(link_ids=[link.id], reason="typo", by=SYSTEM) == 1
    assert revoke_links(link_ids=[link.id], reason="typo", by=SYSTEM) == 0
    with pytest.raises(LinkGone):
        open_link(token=link.token, visitor="v")
    assert make_link().token != link.token
    entry = AuditEntry.objects.filter(action="sharing.revoke_link").first()
    assert entry is not None
    assert (entry.subject_id, entry.reason) == (link.id, "typo")


def test_links_are_revoked_all_or_none_and_in_the_own_subtree_only(world: World) -> None:
    link = make_link()
    for ids, within in (([link.id, 17], "/"), ([link.id], world.tree["FOOD"].path)):
        with pytest.raises(NotFound):
            revoke_links(link_ids=ids, reason="x", by=SYSTEM, within=within)
    with pytest.raises(InvalidField):
        revoke_links(link_ids=[link.id], reason="", by=SYSTEM)
    assert open_link(token=link.token, visitor="v").id == link.id


def test_a_link_is_dead_from_the_moment_it_expires(world: World) -> None:
    until = clock.now() + DAY
    link = make_link(expires_at=until)
    with clock.at(until - timedelta(microseconds=1)):
        open_link(token=link.token, visitor="v")
    with clock.at(until), pytest.raises(LinkGone):
        open_link(token=link.token, visitor="v")


def test_a_token_of_another_tenant_opens_nothing(world: World) -> None:
    link = make_link()
    with tenant_context(make_tenant("other", "别家").id), pytest.raises(LinkGone):
        open_link(token=link.token, visitor="v")


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "é" * 32, "A" * 31 + "\n"])
def test_what_is_no_token_opens_nothing(world: World, token: str) -> None:
    with pytest.raises(LinkGone):
        open_link(token=token, visitor="v")


@pytest.mark.parametrize("column", ["distributor_id", "organisation_id", "sku_id"])
def test_a_link_changed_in_the_database_is_dead_and_the_auditors_are_told(
    committed_world: World, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    link = make_link()
    other = {
        "distributor_id": committed_world.li.id,
        "organisation_id": committed_world.tree["HQ"].id,
        "sku_id": None,
    }[column]
    with connections["owner"].cursor() as cursor:
        if column == "sku_id":
            cursor.execute("SET session_replication_role = replica")
            other = 17
        cursor.execute(f"UPDATE sharing_sharelink SET {column} = %s", [other])
        cursor.execute("RESET session_replication_role")
    with caplog.at_level(logging.WARNING), pytest.raises(LinkGone):
        open_link(token=link.token, visitor="v")
    assert "was changed in the database" in caplog.text
    assert AuditEntry.objects.filter(action="sharing.changed_link_opened").count() == 1
    assert not Touch.objects.exists()
