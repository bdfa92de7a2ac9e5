"""The audit trail: searchable, in one's reach only, and the proof that the chain is whole."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.trade.orders.builders import Shop, open_shop
from yipan.group.organisations.actions import describe_organisation, switch_distribution
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.ledger.models import Seal

PAGE = "audit/"


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@pytest.fixture
def group(shop: Shop) -> GroupTree:
    return shop.tree


@pytest.fixture
def boss(group: GroupTree) -> Console:
    return Console.of(make_person("boss", group.headquarters, Role.ADMINISTRATOR))


def lines(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return list(answer.context["lines"])


def test_entries_are_found_by_action_person_number_place_and_day(
    boss: Console, group: GroupTree
) -> None:
    store = group["R1-A"]
    switch_distribution(organisation=store, on=False, by=SYSTEM, reason="盘点")
    describe_organisation(organisation=group["F1"], city="成都", by=SYSTEM)
    (found,) = lines(boss.get(f"{PAGE}?q=organisations.switch"))
    assert (found.organisation, found.reason) == (store.name, "盘点")
    assert found.changes == [{"label": "distribution_on", "before": "yes", "after": "no"}]
    assert found.link == f"/console/organisations/?node={store.id}"
    assert {each.action for each in lines(boss.get(f"{PAGE}?q={store.id}"))} == {
        "organisations.create", "organisations.switch_distribution",
    }  # fmt: skip
    places = {
        each.organisation for each in lines(boss.get(f"{PAGE}?organisation={group['FOOD'].id}"))
    }
    assert group["F1"].name in places
    assert store.name not in places
    assert lines(boss.get(f"{PAGE}?q=boss&until=2000-01-01")) == []
    today = f"{clock.now():%Y-%m-%d}"
    assert lines(boss.get(f"{PAGE}?q=organisations.switch&from=2000-01-01&until=2100-01-01"))
    assert lines(boss.get(f"{PAGE}?from=nonsense&until={today}&page=x&organisation=abc"))


def test_others_entries_are_not_there(group: GroupTree) -> None:
    describe_organisation(organisation=group["F1"], city="成都", by=SYSTEM)
    switch_distribution(organisation=group["R1-A"], on=False, by=SYSTEM)
    part = Console.of(make_person("part", group["R1"], Role.AUDITOR))
    names = {each.organisation for each in lines(part.get(PAGE))}
    assert group["R1-A"].name in names
    assert group["F1"].name not in names
    assert "" not in names  # what is of the whole group
    outside = part.get(f"{PAGE}?organisation={group['F1'].id}")
    assert lines(outside) == []
    manager = Console.of(make_person("manager", group["R1-A"], Role.STORE_MANAGER))
    assert manager.get(PAGE).status_code == 404
    assert manager.get(f"{PAGE}chain/").status_code == 404


def seal(sequence: int, previous: str) -> Seal:
    """A seal over no journal."""
    made: Seal = Seal.objects.create(
        sequence=sequence, from_xact=0, until_xact=1, journals=0, previous=previous,
        hash=sha256(previous.encode()).hexdigest(), sealed_at=clock.now(),
    )  # fmt: skip
    return made


def test_a_chain_without_a_seal_says_so(boss: Console) -> None:
    assert "Nothing is sealed yet" in boss.get(f"{PAGE}chain/").content.decode()
    assert boss.get(PAGE).context["chain"].seals == 0


def test_a_whole_chain_is_proved(boss: Console) -> None:
    seal(1, "")
    answer = boss.get(f"{PAGE}chain/").content.decode()
    assert "The chain is whole" in answer
    assert "1 seals over 0 journals" in answer


def test_a_broken_chain_is_told_link_by_link(boss: Console) -> None:
    seal(2, "not the one before")
    answer = boss.get(f"{PAGE}chain/").content.decode()
    assert "The chain is broken" in answer
    assert "seal 2 does not follow the one before" in answer


def test_statements_do_not_grow_with_the_trail(boss: Console, group: GroupTree) -> None:
    def statements() -> int:
        boss.get(PAGE)
        with CaptureQueriesContext(connection) as run:
            boss.get(PAGE)
        return len(run)

    before = statements()
    for number in range(8):
        describe_organisation(organisation=group["R1-A"], city=f"城{number}", by=SYSTEM)
    assert statements() == before
    assert before <= 10
