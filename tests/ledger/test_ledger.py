"""Double entry that cannot be bent."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from yipan.kernel import clock, sql
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.uow import unit_of_work
from yipan.ledger import upkeep, verification
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.ledger.errors import InsufficientBalance, JournalExists, UnbalancedJournal
from yipan.ledger.kinds import AccountKind, Side, register_kind
from yipan.ledger.models import Account, Journal, Posting, Seal
from yipan.ledger.queries import balances, journals

register_kind(AccountKind("test_purse", Side.CREDIT, keeps_balance=True))
register_kind(AccountKind("test_till", Side.DEBIT, keeps_balance=False))

PURSE, TILL = 7, 1


def move(key: str, amount: int, purse: int = PURSE, reverses: str | None = None) -> JournalDraft:
    """Put an amount into the purse (or take it out, negative)."""
    postings = (PostingDraft("test_till", TILL, amount), PostingDraft("test_purse", purse, -amount))
    return JournalDraft(key, "test", clock.now(), postings, reverses)


def purse(owner: int = PURSE) -> int:
    return balances([owner], ["test_purse"])[owner]["test_purse"]


def test_postings_move_balances_on_their_normal_side(tenant: Tenant) -> None:
    post([move("a", 500), move("b", 200)])
    post([move("c", -100, reverses="b")])
    assert purse() == 600
    assert balances([TILL], ["test_till"])[TILL]["test_till"] == 600
    assert [j.reverses.key for j in journals(keys=["c"]) if j.reverses] == ["b"]
    assert list(verification.problems()) == []


def test_a_balance_never_goes_below_zero(tenant: Tenant) -> None:
    post([move("a", 500)])
    with pytest.raises(InsufficientBalance), transaction.atomic():
        post([move("b", -501)])
    assert purse() == 500


def test_the_same_fact_is_booked_once(tenant: Tenant) -> None:
    post([move("a", 500)])
    with pytest.raises(JournalExists), transaction.atomic():
        post([move("a", 500)])
    assert purse() == 500


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (PostingDraft("test_purse", 1, 5),),
        (PostingDraft("test_purse", 1, 5), PostingDraft("test_till", 1, -4)),
        (PostingDraft("test_purse", 1, 0), PostingDraft("test_till", 1, 0)),
        (PostingDraft("test_purse", 1, 5), PostingDraft("test_till", 1, -5, "USD")),
    ],
)
def test_a_draft_that_does_not_add_up_is_refused(
    postings: tuple[PostingDraft, ...], tenant: Tenant
) -> None:
    with pytest.raises(UnbalancedJournal):
        post([JournalDraft("x", "test", clock.now(), postings)])


def test_the_database_refuses_what_does_not_add_up(tenant: Tenant) -> None:
    post([move("a", 500)])
    now = clock.now()
    account = Account.objects.get(kind="test_purse")
    with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
        journal = Journal.objects.create(key="x", kind="test", occurred_at=now, recorded_at=now)
        Posting.objects.create(journal=journal, account=account, amount=5, currency="CNY")


def test_an_old_journal_cannot_grow(committed_tenant: Tenant) -> None:
    post([move("a", 500)])
    journal, account = Journal.objects.get(key="a"), Account.objects.get(kind="test_purse")
    more = [Posting(journal=journal, account=account, amount=a, currency="CNY") for a in (5, -5)]
    with pytest.raises(IntegrityError, match="cannot grow"):
        Posting.objects.bulk_create(more)


def test_an_empty_journal_is_found(tenant: Tenant) -> None:
    now = clock.now()
    Journal.objects.create(key="x", kind="test", occurred_at=now, recorded_at=now)
    assert list(verification.problems()) == ["journal x has no postings"]


@pytest.mark.parametrize("table", ["ledger_journal", "ledger_posting", "ledger_account"])
def test_even_the_owner_cannot_change_what_is_booked(table: str, committed_tenant: Tenant) -> None:
    post([move("a", 500)])
    for change in (
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(change)


def test_many_at_once_over_the_same_accounts_neither_lose_nor_lock_up(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    owners = [11, 12, 13, 14]

    def book(number: int) -> None:
        with tenant_context(committed_tenant.id):
            for round_ in range(15):
                ring = owners if (number + round_) % 2 else owners[::-1]
                post([move(f"{number}-{round_}-{owner}", 1, owner) for owner in ring])

    assert run_concurrently(book, 8) == [None] * 8
    assert {owner: purse(owner) for owner in owners} == dict.fromkeys(owners, 120)
    assert list(verification.problems()) == []


def test_eight_at_once_for_the_whole_balance_give_one_success(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    post([move("a", 500)])

    def take(number: int) -> str:
        with tenant_context(committed_tenant.id):
            post([move(f"take-{number}", -500)])
        return "taken"

    answers = run_concurrently(take, 8)
    assert answers.count("taken") == 1
    assert sum(isinstance(answer, InsufficientBalance) for answer in answers) == 7
    assert purse() == 0


def test_folding_leaves_out_what_may_still_commit(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    post([move("a", 500)])

    def fold(_: int) -> None:
        with tenant_context(committed_tenant.id):
            upkeep.fold_balances()

    with transaction.atomic():
        post([move("b", 70)])  # booked, not committed, while others book and fold
        run_concurrently(lambda n: _book_elsewhere(committed_tenant, f"c{n}"), 2)
        run_concurrently(fold, 2)
    assert balances([TILL], ["test_till"])[TILL]["test_till"] == 590
    run_concurrently(fold, 2)
    assert balances([TILL], ["test_till"])[TILL]["test_till"] == 590
    assert list(verification.problems()) == []


def _book_elsewhere(tenant: Tenant, key: str) -> None:
    with tenant_context(tenant.id):
        post([move(key, 10, purse=99)])


def _wait_until_settled() -> None:
    """Wait until no older transaction of the server is open, in whatever database it is."""
    statement = """
SELECT pg_snapshot_xmin(pg_current_snapshot()) > (SELECT max(xact) FROM ledger_journal)
"""
    for _ in range(3_000):
        if sql.fetch(statement)[0][0]:
            return
        time.sleep(0.02)
    message = "an older transaction stayed open"
    raise TimeoutError(message)


def test_the_seal_finds_an_edit_behind_our_back(committed_tenant: Tenant) -> None:
    post([move("a", 500), move("b", 200)])
    _wait_until_settled()
    assert upkeep.seal_journals() is not None
    assert upkeep.seal_journals() is None
    post([move("c", 1)])
    _wait_until_settled()
    upkeep.seal_journals()
    assert Seal.objects.count() == 2
    assert list(verification.problems()) == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_posting SET amount = amount * 2")
        cursor.execute("SET session_replication_role = DEFAULT")
    found = list(verification.problems())
    assert "seal 1: the journals under it were changed" in found
    assert any("the balance says" in problem for problem in found)


def test_booking_costs_one_statement_however_many(
    tenant: Tenant, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    post([move("warm", 5)])
    for count in (1, 10, 500):
        with unit_of_work(), django_assert_num_queries(2):  # the accounts, then everything
            post([move(f"{count}-{n}", 5) for n in range(count)])
