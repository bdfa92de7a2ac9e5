"""The release job: what is due, once, whatever happens around it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.payouts.settlement.builders import (
    earn,
    make_distributor,
    plant_group,
    purse,
    put_available,
    refund,
)
from yipan.distribution.commissions.models import EntryState
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.ledger import verification
from yipan.ledger.queries import journals
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import lateness


def test_what_is_due_becomes_available_and_the_rest_stays_pending(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    earn(guide, 500)
    earn(guide, 300)
    earn(guide, 70, due_at=clock.now() + timedelta(seconds=5))
    batch = release_due()
    assert batch is not None
    assert (batch.entries, batch.amount, batch.offset_amount) == (2, 800, 0)
    assert purse(guide) == {
        "pending": 70, "available": 800, "in_withdrawal": 0, "clawback_receivable": 0,
    }  # fmt: skip
    assert list(verification.problems()) == []


def test_nothing_due_makes_no_batch(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    earn(guide, 500)
    assert release_due() is not None
    assert release_due() is None
    assert ReleaseBatch.objects.count() == 1


def test_a_chunk_takes_the_oldest_first(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    now = clock.now()
    for days in (1, 3, 2):
        earn(guide, days * 100, due_at=now - timedelta(days=days))
    first = release_due(limit=2)
    assert first is not None
    assert first.amount == 500
    assert EntryState.objects.filter(released_at=first.released_at).count() == 2


def test_what_a_refund_left_is_released_and_no_more(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    entry = earn(guide, 500)
    refund(entry, so_far=2_000)
    release_due()
    assert purse(guide)["available"] == 300
    assert purse(guide)["pending"] == 0


def test_an_entry_with_nothing_left_is_done_without_a_journal(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    entry = earn(guide, 500)
    refund(entry, so_far=5_000)
    batch = release_due()
    assert batch is not None
    assert (batch.entries, batch.amount) == (1, 0)
    assert not journals(kind="release").exists()
    assert release_due() is None


def test_claw_back_that_is_owed_is_taken_from_the_next_releases(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    owe(guide, 500)
    earn(guide, 300)
    release_due()
    assert (purse(guide)["available"], purse(guide)["clawback_receivable"]) == (0, 200)
    earn(guide, 300)
    release_due()
    assert (purse(guide)["available"], purse(guide)["clawback_receivable"]) == (100, 0)
    assert list(verification.problems()) == []


def test_the_policy_bounds_what_is_taken_for_claw_back(tenant: Tenant) -> None:
    group = plant_group()
    guide = make_distributor(group.store)
    set_settlement_policy(
        organisation_id=group.headquarters.id, data={"clawback_share": "0.4"}, by=SYSTEM
    )
    owe(guide, 500)
    entry = earn(guide, 1_000)
    batch = release_due()
    assert batch is not None
    assert (batch.amount, batch.offset_amount) == (1_000, 400)
    assert purse(guide)["available"] == 600
    assert purse(guide)["clawback_receivable"] == 100
    (offset,) = journals(keys=[f"offset:{entry.id}"])
    assert [posting.amount for posting in offset.postings.order_by("-amount")] == [400, -400]
    assert list(verification.problems()) == []


def owe(guide: Any, amount: int) -> None:
    """Make a guide owe: commission was released, taken, and its line given back."""
    before = purse(guide)
    entry = earn(guide, amount + before["clawback_receivable"])
    release_due()
    put_available(guide, -before["available"] - amount)
    refund(entry, so_far=entry.amount * 10)
    assert purse(guide)["clawback_receivable"] >= amount


@pytest.mark.parametrize("owing", [False, True])
def test_a_chunk_of_any_size_costs_the_same_number_of_statements(
    tenant: Tenant, owing: bool
) -> None:
    store = plant_group().store
    guides = [make_distributor(store) for _ in range(4)]
    counts = []
    for size in (1, 7, 40):
        if owing:
            for guide in guides:
                owe(guide, 100)
        for guide in guides:
            for _ in range(size):
                earn(guide, 100)
        with CaptureQueriesContext(connection) as captured:
            batch = release_due()
        assert batch is not None
        assert batch.entries == size * 4
        counts.append(len(captured))
    assert len(set(counts[1:])) == 1, counts
    assert counts[-1] <= 16


def test_the_gauge_tells_what_is_late(tenant: Tenant) -> None:
    group = plant_group()
    guide = make_distributor(group.store)
    now = clock.now()
    oldest = earn(guide, 500, due_at=now - timedelta(minutes=9))
    earn(guide, 300, due_at=now - timedelta(minutes=1))
    earn(guide, 200, due_at=now + timedelta(minutes=1))
    state = EntryState.objects.get(id=oldest.id)
    gauge = lateness(group.headquarters.path)
    assert (gauge.entries, gauge.amount, gauge.late) == (2, 800, 1)
    assert gauge.oldest_due_at == state.due_at
