"""Settlement in the console: what stands where and why, releasing by hand, batches by reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import (
    Group,
    earn,
    make_distributor,
    plant_group,
    purse,
    refund,
)
from tests.payouts.withdrawals.builders import CLERK
from yipan.distribution.commissions.models import EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Person
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.payouts.settlement.actions import release_by_hand, release_due
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import Part

LIST = "/console/commissions/entrystate/"
RELEASE = "/console/commissions/entrystate/release/"
BATCHES = "/console/settlement/releasebatch/"
Run = Callable[[Callable[[int], object], int], list[object]]


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return plant_group()


@pytest.fixture
def guide(group: Group) -> Distributor:
    return make_distributor(group.store)


@pytest.fixture
def clerk(group: Group) -> Person:
    return make_person("clerk", group.headquarters, "finance")


def console_of(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_each_entry_stands_under_its_tab_with_its_sum(guide: Distributor, clerk: Person) -> None:
    earn(guide, 100)
    held = earn(guide, 200)
    earn(guide, 400, due_at=clock.now() + timedelta(days=3))
    EntryState.objects.filter(id=held.id).update(held=True)
    undated = earn(guide, 800)
    EntryState.objects.filter(id=undated.id).update(due_at=None)
    console = console_of(clerk)
    shown = console.get(LIST).context
    assert shown["counts"] == {"held": 1, "due": 1, "waiting": 1, "undated": 1, "": 4}
    sums = {name: shown["sums"][f"{name}_sum"] for name in shown["counts"] if name}
    assert sums == {"held": 200, "due": 100, "waiting": 400, "undated": 800}
    assert shown["sums"]["all_sum"] == sum(sums.values()) == purse(guide)["pending"]
    assert shown["sums"]["soon_sum"] == 400
    for standing, amount in sums.items():
        (row,) = console.get(f"{LIST}?standing={standing}").context["cl"].result_list
        assert row.remaining == amount
    assert not console.get(f"{LIST}?standing=nonsense").context["cl"].result_list


def test_what_comes_first_stands_first_and_what_is_released_is_apart(
    guide: Distributor, clerk: Person
) -> None:
    console, now = console_of(clerk), clock.now()
    late, soon = earn(guide, 10), earn(guide, 20, due_at=now + timedelta(days=1))
    release_due()
    far, overdue = earn(guide, 30, due_at=now + timedelta(days=9)), earn(guide, 40)

    def listed(query: str) -> list[int]:
        return [row.pk for row in console.get(LIST + query).context["cl"].result_list]

    assert listed("") == [overdue.id, soon.id, far.id]
    assert listed("?standing=waiting") == [soon.id, far.id]
    assert listed("?standing=released") == [late.id]
    page = console.get(LIST).content.decode()
    assert "due in 1 day" in page
    assert "due in 9 days" in page


def test_the_sums_are_those_of_the_rows_that_are_chosen(
    group: Group, guide: Distributor, clerk: Person
) -> None:
    earn(guide, 100)
    other = make_distributor(group.company)
    earn(other, 900)
    console = console_of(clerk)
    for query, amount in (
        ("", 1_000),
        (f"?distributor={guide.code}", 100),
        (f"?organisation={group.store.id}", 100),
        (f"?organisation={group.company.id}&standing=held", 1_000),
        ("?distributor=nobody", 0),
    ):
        assert console.get(LIST + query).context["sums"]["all_sum"] == amount, query


def test_a_release_by_hand_releases_what_was_shown(guide: Distributor, clerk: Person) -> None:
    earn(guide, 12_300)
    console = console_of(clerk)
    shown = console.get(RELEASE)
    assert "Release ¥123.00" in shown.content.decode()
    until = shown.context["until"]
    earn(guide, 5_000, due_at=clock.now() - timedelta(seconds=1))
    EntryState.objects.filter(remaining=5_000).update(due_at=clock.now() + timedelta(hours=1))
    answer = console.post(RELEASE, {"until": until}, follow=True)
    assert "1 entries released: ¥123.00." in told(answer)
    assert purse(guide)["available"] == 12_300
    again = console.post(RELEASE, {"until": until}, follow=True)
    assert "Nothing of it was left" in told(again)
    (entry,) = AuditEntry.objects.filter(action="settlement.release")
    assert entry.actor == str(clerk.actor)
    assert "Nothing is due now" in console.get(RELEASE).content.decode()


def test_only_finance_of_headquarters_releases_by_hand(group: Group, guide: Distributor) -> None:
    earn(guide, 100)
    until = clock.now().isoformat()
    people = [
        make_person("approver", group.headquarters, "approver"),
        make_person("local", group.company, "finance"),
    ]
    for person in people:
        console = console_of(person)
        assert console.get(RELEASE).status_code == 404
        assert console.post(RELEASE, {"until": until}).status_code == 404
        assert 'data-test="release-run"' not in console.get(LIST).content.decode()
    assert purse(guide)["available"] == 0


def test_a_nonsense_moment_is_no_page(guide: Distributor, clerk: Person) -> None:
    for until in ("", "x", "2026-01-01"):
        assert console_of(clerk).post(RELEASE, {"until": until}).status_code == 404


def test_the_job_and_two_people_at_once_release_each_entry_once(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    guide = make_distributor(plant_group().store)
    for _ in range(5):
        earn(guide, 100)
    until = clock.now()

    def release(number: int) -> object:
        with tenant_context(committed_tenant.id):
            return release_by_hand(until=until, by=CLERK) if number % 2 else release_due()

    run_concurrently(release, 4)
    assert purse(guide)["available"] == 500
    assert sum(ReleaseBatch.objects.values_list("entries", flat=True)) == 5
    assert list(verification.problems()) == []


def test_a_batch_shows_its_entries_with_their_journals(guide: Distributor, clerk: Person) -> None:
    for _ in range(3):
        earn(guide, 100)
    release_due()
    batch = ReleaseBatch.objects.get()
    page = f"{BATCHES}{batch.id}/change/"
    console = console_of(clerk)
    shown = console.get(page).context["entries"]
    assert [len(each.journals) for each in shown] == [1, 1, 1]
    with CaptureQueriesContext(connection) as captured:
        console.get(page)
    few = len(captured)
    for _ in range(20):
        earn(guide, 100)
    release_due()
    newest = ReleaseBatch.objects.latest("released_at")
    with CaptureQueriesContext(connection) as captured:
        console.get(f"{BATCHES}{newest.id}/change/")
    assert len(captured) == few


def test_a_company_sees_its_own_part_of_a_batch_only(group: Group, guide: Distributor) -> None:
    earn(guide, 100)
    other = make_distributor(group.company)
    EntryState.objects.filter(id=earn(other, 900).id).update(organisation_id=group.company.id)
    release_due()
    batch = ReleaseBatch.objects.get()
    console = console_of(make_person("store", group.store, "finance"))
    assert console.get(BATCHES).context["own"] == {batch.id: Part(1, 100, 0)}
    shown = console.get(f"{BATCHES}{batch.id}/change/")
    assert [each.amount for each in shown.context["entries"]] == [100]
    assert "¥10.00" not in shown.content.decode()


def test_a_batch_says_what_it_released_whatever_was_refunded_since(
    group: Group, guide: Distributor, clerk: Person
) -> None:
    earned = earn(guide, 1_000)
    release_due()
    refund(earned, so_far=4_000)
    refund(earn(guide, 900), so_far=9_000)  # before its release: nothing of it becomes available
    release_due()
    later, first = ReleaseBatch.objects.order_by("-released_at")
    store = console_of(make_person("store", group.store, "finance"))
    assert store.get(BATCHES).context["own"] == {
        first.id: Part(1, 1_000, 0),
        later.id: Part(1, 0, 0),
    }
    for console in (console_of(clerk), store):
        for batch, amounts in ((first, [1_000]), (later, [0])):
            shown = console.get(f"{BATCHES}{batch.id}/change/").context["entries"]
            assert [each.amount for each in shown] == amounts
            assert sum(each.amount for each in shown) == batch.amount


def test_a_batch_is_called_by_the_time_on_the_wall(guide: Distributor, clerk: Person) -> None:
    earn(guide, 100)
    with clock.at(datetime(2027, 3, 1, 18, 30, tzinfo=UTC)):
        release_due()
    batch = ReleaseBatch.objects.get()
    shown = console_of(clerk).get(f"{BATCHES}{batch.id}/change/").context["title"]
    assert shown == "Release of 2027-03-02 02:30"


def test_the_list_takes_as_many_statements_for_many(guide: Distributor, clerk: Person) -> None:
    console = console_of(clerk)
    console.get(LIST)  # what is read once in a process
    counts = []
    for _ in range(2):
        earn(guide, 100)
        with CaptureQueriesContext(connection) as captured:
            console.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1]
