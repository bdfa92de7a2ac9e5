"""Release against itself, against refunds, and against a dying connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest
from django.db import Error, connection, connections

from tests.payouts.settlement.builders import (
    earn,
    make_distributor,
    plant_group,
    purse,
    refund,
)
from yipan.distribution.commissions.accounts import AVAILABLE
from yipan.distribution.commissions.models import EntryState
from yipan.kernel.clock import now
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.uow import unit_of_work
from yipan.ledger import verification
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.ledger.queries import journals
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.settlement.models import ReleaseBatch

Run = Callable[[Callable[[int], object], int], list[object]]


def release_everything() -> None:
    while release_due(limit=7):
        pass


def test_four_workers_at_once_release_every_entry_exactly_once(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    store = plant_group().store
    guides = [make_distributor(store) for _ in range(3)]
    for number in range(60):
        earn(guides[number % 3], 100 + number)

    def work(_: int) -> None:
        with tenant_context(committed_tenant.id):
            release_everything()

    assert run_concurrently(work, 4) == [None] * 4
    release_everything()  # what two workers skipped because of each other
    assert not EntryState.objects.filter(released_at=None).exists()
    assert sum(batch.entries for batch in ReleaseBatch.objects.all()) == 60
    assert sum(purse(guide)["available"] for guide in guides) == sum(range(100, 160))
    assert sum(purse(guide)["pending"] for guide in guides) == 0
    assert list(verification.problems()) == []


def test_a_refund_and_a_release_of_the_same_entry_see_each_other(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    guide = make_distributor(plant_group().store)
    entries = [earn(guide, 100) for _ in range(30)]

    def work(number: int) -> None:
        with tenant_context(committed_tenant.id):
            if number % 2:
                for entry in entries:
                    refund(entry, so_far=1_000)
            else:
                release_everything()

    assert run_concurrently(work, 4)[0] is None
    release_everything()
    # However each pair went, all was given back: nothing is left and nothing is owed.
    assert purse(guide) == {
        "pending": 0, "available": 0, "in_withdrawal": 0, "clawback_receivable": 0,
    }  # fmt: skip
    assert list(verification.problems()) == []


def test_two_workers_never_take_more_claw_back_than_is_owed(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    guide = make_distributor(plant_group().store)
    owed = earn(guide, 150)
    release_due()
    with unit_of_work():
        take_out(guide.id, 150)
    refund(owed, so_far=1_500)
    for _ in range(20):
        earn(guide, 10)

    def work(_: int) -> None:
        with tenant_context(committed_tenant.id):
            release_everything()

    assert run_concurrently(work, 4) == [None] * 4
    release_everything()
    assert purse(guide)["clawback_receivable"] == 0
    assert purse(guide)["available"] == 50
    assert list(verification.problems()) == []


def take_out(distributor_id: int, amount: int) -> None:
    from_available = PostingDraft(AVAILABLE.name, distributor_id, amount)
    post([JournalDraft("spent", "test", now(), (from_available, PostingDraft("bank", 1, -amount)))])


def test_a_release_whose_connection_dies_leaves_nothing_behind(committed_tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    for _ in range(5):
        earn(guide, 100)

    with suppress(Error), unit_of_work():
        assert release_due() is not None
        kill_own_connection()
        connection.ensure_connection()
    connections["default"].close()

    assert EntryState.objects.filter(released_at=None).count() == 5
    assert not journals(kind="release").exists()
    assert not ReleaseBatch.objects.exists()
    release_everything()
    assert purse(guide)["available"] == 500
    assert list(verification.problems()) == []


def kill_own_connection() -> None:
    """As the server's administrator would, from another connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(**connections["owner"].get_connection_params()) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
