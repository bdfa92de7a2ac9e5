"""Deciding on several withdrawals: all or none, by a second person, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.payouts.settlement.builders import purse
from tests.payouts.withdrawals.builders import BOSS, CLERK, Payout, ready_to_withdraw
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import DomainError, NotFound
from yipan.kernel.models import AuditEntry, OutboxEvent, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.payouts.withdrawals.actions import (
    Shown,
    approve_withdrawal,
    approve_withdrawals,
    reject_withdrawals,
)
from yipan.payouts.withdrawals.errors import (
    NotASecondPerson,
    ReasonMissing,
    SumChanged,
    WrongState,
)
from yipan.payouts.withdrawals.models import Withdrawal
from yipan.payouts.withdrawals.queries import steps_of

Run = Callable[[Callable[[int], object], int], list[object]]


def asked(*amounts: int) -> tuple[Payout, list[Withdrawal]]:
    ready = ready_to_withdraw(sum(amounts) + 1)
    return ready, [ready.ask(amount) for amount in amounts]


def ids(found: list[Withdrawal]) -> list[int]:
    return [each.id for each in found]


def states() -> list[str]:
    return list(Withdrawal.objects.order_by("id").values_list("state", flat=True))


def test_several_are_approved_at_once(tenant: Tenant) -> None:
    _, found = asked(150_000, 160_000)
    approve_withdrawals(withdrawal_ids=ids(found), shown=Shown(2, 310_000), by=BOSS, reason="ok")
    assert states() == ["approved", "approved"]
    for each in Withdrawal.objects.all():
        assert each.approved_by == str(BOSS)
        assert [step.to_state for step in steps_of(each)] == ["requested", "approved"]
    assert OutboxEvent.objects.filter(name="withdrawal.approved").count() == 2
    assert AuditEntry.objects.filter(action="withdrawals.approve").count() == 2


def test_several_are_rejected_at_once_and_the_money_is_back(tenant: Tenant) -> None:
    ready, found = asked(150_000, 160_000)
    approve_withdrawal(withdrawal_id=found[0].id, by=BOSS)
    reject_withdrawals(withdrawal_ids=ids(found), shown=Shown(2, 310_000), by=BOSS, reason="no")
    assert states() == ["rejected", "rejected"]
    assert purse(ready.guide)["available"] == 310_001
    assert list(verification.problems()) == []


def test_a_rejection_says_why(tenant: Tenant) -> None:
    _, found = asked(150_000)
    with pytest.raises(ReasonMissing):
        reject_withdrawals(withdrawal_ids=ids(found), shown=Shown(1, 150_000), by=BOSS, reason=" ")


@pytest.mark.parametrize("shown", [Shown(1, 310_000), Shown(2, 310_001)])
def test_another_sum_than_was_shown_is_not_approved(committed_tenant: Tenant, shown: Shown) -> None:
    _, found = asked(150_000, 160_000)
    with pytest.raises(SumChanged):
        approve_withdrawals(withdrawal_ids=ids(found), shown=shown, by=BOSS)
    assert states() == ["requested", "requested"]


def test_one_that_may_not_be_approved_stops_all(committed_tenant: Tenant) -> None:
    _, found = asked(150_000, 160_000)
    approve_withdrawal(withdrawal_id=found[1].id, by=BOSS)
    with pytest.raises(WrongState):
        approve_withdrawals(withdrawal_ids=ids(found), shown=Shown(2, 310_000), by=BOSS)
    assert states() == ["requested", "approved"]
    with pytest.raises(NotFound):
        approve_withdrawals(withdrawal_ids=[found[0].id, 1], shown=Shown(2, 0), by=BOSS)


def test_neither_the_requester_nor_the_payee_approves(committed_tenant: Tenant) -> None:
    ready = ready_to_withdraw(400_000)
    by_clerk = ready.ask(150_000, by=CLERK)
    for by, withdrawal in ((CLERK, by_clerk), (ready.me, by_clerk)):
        with pytest.raises(NotASecondPerson):
            approve_withdrawals(withdrawal_ids=[withdrawal.id], shown=Shown(1, 150_000), by=by)
    assert states() == ["requested"]


def test_two_approvers_at_the_same_moment_approve_once(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    _, found = asked(150_000, 160_000)
    chosen = ids(found)

    def approve(number: int) -> object:
        with tenant_context(committed_tenant.id):
            by = Actor(ActorKind.PERSON, 1_000 + number, f"approver {number}")
            # In either order: rows are locked in one.
            order = chosen if number % 2 else chosen[::-1]
            try:
                return approve_withdrawals(withdrawal_ids=order, shown=Shown(2, 310_000), by=by)
            except DomainError as error:
                return error

    answers = run_concurrently(approve, 6)
    refused = [each for each in answers if isinstance(each, WrongState)]
    assert len(refused) == 5
    assert states() == ["approved", "approved"]
    assert len(set(Withdrawal.objects.values_list("approved_by", flat=True))) == 1
    assert OutboxEvent.objects.filter(name="withdrawal.approved").count() == 2


def test_an_approval_and_a_rejection_at_the_same_moment_exclude_each_other(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready, found = asked(150_000)
    approve_withdrawal(withdrawal_id=found[0].id, by=BOSS)

    def reject(number: int) -> object:
        with tenant_context(committed_tenant.id):
            by = Actor(ActorKind.PERSON, 1_000 + number, "x")
            try:
                return reject_withdrawals(
                    withdrawal_ids=ids(found), shown=Shown(1, 150_000), by=by, reason="no"
                )
            except DomainError as error:
                return error

    answers = run_concurrently(reject, 4)
    assert sum(isinstance(each, list) for each in answers) == 1
    assert purse(ready.guide)["available"] == 150_001
    assert list(verification.problems()) == []


def test_many_take_as_many_statements_as_few(tenant: Tenant) -> None:
    ready, found = asked(*[150_000] * 3)
    extra = ready_to_ask_more(ready)
    counts = []
    for chosen in (found[:1], [*found[1:], *extra]):
        shown = Shown(len(chosen), sum(each.gross for each in chosen))
        with CaptureQueriesContext(connection) as captured:
            approve_withdrawals(withdrawal_ids=ids(chosen), shown=shown, by=BOSS)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def ready_to_ask_more(ready: Payout) -> list[Withdrawal]:
    """Another distributor's, of the same group."""
    other = ready_to_withdraw(200_000, at=ready.group)
    return [other.ask(150_000)]
