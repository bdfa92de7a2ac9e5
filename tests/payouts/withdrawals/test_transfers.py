"""Handing over and finding out: nothing is paid twice, nothing is freed in doubt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from tests.payouts.settlement.builders import purse
from tests.payouts.withdrawals.builders import Payout, ready_to_withdraw
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.queries import balances, journals
from yipan.payouts.withdrawals.actions import (
    query_awaited,
    record_answer,
    set_withdrawal_policy,
    submit_approved,
)
from yipan.payouts.withdrawals.models import SandboxTransfer, Withdrawal
from yipan.payouts.withdrawals.providers.registry import Provider, Transfer, register_provider
from yipan.payouts.withdrawals.providers.sandbox import SandboxBank
from yipan.payouts.withdrawals.queries import steps_of, unsettled
from yipan.payouts.withdrawals.rules.outcome import Answer, AnswerKind

Run = Callable[[Callable[[int], object], int], list[object]]
AMOUNT = 5_000


def asked(last_four: str) -> tuple[Payout, Withdrawal]:
    ready = ready_to_withdraw(AMOUNT, last_four=last_four)
    return ready, ready.ask(AMOUNT)


def after(withdrawal: Withdrawal, seconds: int) -> Withdrawal:
    """The withdrawal when the provider has been asked again, so many seconds later."""
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        query_awaited()
    withdrawal.refresh_from_db()
    return withdrawal


def path(withdrawal: Withdrawal) -> list[str]:
    steps = sorted(steps_of(withdrawal), key=lambda step: step.id)
    return [step.to_state for step in steps]


def test_a_payment_moves_the_money_to_the_bank(tenant: Tenant) -> None:
    ready, withdrawal = asked("8888")
    assert submit_approved() == 1
    withdrawal.refresh_from_db()
    assert withdrawal.state == "succeeded"
    assert withdrawal.ended_at is not None
    assert path(withdrawal) == ["requested", "approved", "submitted", "succeeded"]
    assert purse(ready.guide) == {
        "pending": 0, "available": 0, "in_withdrawal": 0, "clawback_receivable": 0,
    }  # fmt: skip
    payer = ready.group.headquarters.id
    assert balances([payer], ["bank"])[payer]["bank"] == -AMOUNT
    assert OutboxEvent.objects.filter(name="withdrawal.succeeded").count() == 1
    assert submit_approved() == 0
    assert list(verification.problems()) == []


def test_a_refusal_frees_the_money_and_says_why(tenant: Tenant) -> None:
    ready, withdrawal = asked("0001")
    submit_approved()
    withdrawal.refresh_from_db()
    assert withdrawal.state == "failed"
    assert withdrawal.reason
    assert purse(ready.guide)["available"] == AMOUNT
    assert OutboxEvent.objects.filter(name="withdrawal.failed").count() == 1


@pytest.mark.parametrize(
    ("last_four", "in_between", "end", "freed"),
    [
        ("0002", "unknown", "succeeded", False),  # times out, though paid
        ("0003", "unknown", "failed", True),  # times out, and was not paid
        ("0004", "submitted", "succeeded", False),  # pays late
        ("0005", "submitted", "failed", True),  # refuses late
        ("0006", "unknown", "succeeded", False),  # gets lost on the way, is handed over again
    ],
)
def test_whatever_the_bank_does_the_outcome_is_found_out(
    tenant: Tenant, last_four: str, in_between: str, end: str, freed: bool
) -> None:
    ready, withdrawal = asked(last_four)
    submit_approved()
    withdrawal.refresh_from_db()
    assert withdrawal.state == in_between
    assert purse(ready.guide)["in_withdrawal"] == AMOUNT
    assert query_awaited() == 0  # too early to ask again
    assert after(withdrawal, 60).state == end
    assert purse(ready.guide)["available"] == (AMOUNT if freed else 0)
    assert purse(ready.guide)["in_withdrawal"] == 0
    assert SandboxTransfer.objects.count() == 1
    assert list(verification.problems()) == []


def test_a_wrong_amount_changes_nothing(tenant: Tenant) -> None:
    ready, withdrawal = asked("0007")
    submit_approved()
    withdrawal.refresh_from_db()
    assert withdrawal.state == "unknown"
    assert str(AMOUNT - 1) in withdrawal.reason
    assert after(withdrawal, 60).state == "unknown"
    assert purse(ready.guide)["in_withdrawal"] == AMOUNT
    assert unsettled().unknown == 1


def test_answers_after_the_outcome_change_nothing(tenant: Tenant) -> None:
    ready, withdrawal = asked("8888")
    submit_approved()
    for late in (
        Answer(AnswerKind.REFUSED, reason="late"),
        Answer(AnswerKind.PAID, amount=AMOUNT),
        Answer(AnswerKind.UNKNOWN),
    ):
        record_answer(withdrawal_id=withdrawal.id, answer=late)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "succeeded"
    assert purse(ready.guide)["available"] == 0
    assert journals(kind="withdrawal_success").count() == 1


class Killed(BaseException):
    """The process died here."""


class Watched(SandboxBank):
    """The sandbox, watched: counts submissions, checks transactions, dies where it is told to."""

    code = "watched"

    def __init__(self) -> None:
        self.references: list[str] = []
        self.dies = ""
        self.in_transaction: list[bool] = []

    def submit(self, transfer: Transfer) -> Answer:
        self.in_transaction.append(connection.in_atomic_block)
        if self.dies == "before the call":
            raise Killed
        assert Withdrawal.objects.filter(reference=transfer.reference).exists()
        self.references.append(transfer.reference)
        answer = super().submit(transfer)
        if self.dies == "before recording":
            raise Killed
        return answer

    def query(self, reference: str) -> Answer:
        self.in_transaction.append(connection.in_atomic_block)
        return super().query(reference)


@pytest.fixture
def bank() -> Watched:
    watched = Watched()
    register_provider(watched)
    return watched


def through(bank: Provider, ready: Payout) -> Withdrawal:
    set_withdrawal_policy(
        organisation_id=ready.group.headquarters.id, data={"provider": bank.code}, by=SYSTEM
    )
    return ready.ask(AMOUNT)


@pytest.mark.parametrize("where", ["before the call", "before recording"])
def test_a_process_that_dies_pays_once(committed_tenant: Tenant, bank: Watched, where: str) -> None:
    ready = ready_to_withdraw(AMOUNT)
    withdrawal = through(bank, ready)
    bank.dies = where
    with pytest.raises(Killed):
        submit_approved()
    withdrawal.refresh_from_db()
    assert withdrawal.state == "submitted"  # committed before the call
    assert purse(ready.guide)["in_withdrawal"] == AMOUNT
    bank.dies = ""
    assert submit_approved() == 0
    assert after(withdrawal, 240).state == "submitted"  # who claimed it may still be at it
    assert after(withdrawal, 360).state == "succeeded"
    assert bank.references == [withdrawal.reference]
    assert [row.state for row in SandboxTransfer.objects.all()] == ["paid"]
    assert purse(ready.guide)["in_withdrawal"] == 0
    assert list(verification.problems()) == []


def test_providers_are_called_outside_of_transactions(
    committed_tenant: Tenant, bank: Watched
) -> None:
    withdrawal = through(bank, ready_to_withdraw(AMOUNT, last_four="0002"))
    submit_approved()
    assert after(withdrawal, 60).state == "succeeded"
    assert bank.in_transaction == [False, False]


def test_four_workers_at_once_hand_over_each_payout_once(
    committed_tenant: Tenant, bank: Watched, run_concurrently: Run
) -> None:
    ready = ready_to_withdraw(10 * AMOUNT)
    set_withdrawal_policy(
        organisation_id=ready.group.headquarters.id,
        data={"provider": bank.code, "per_day": 10},
        by=SYSTEM,
    )
    for _ in range(10):
        ready.ask(AMOUNT)

    def work(_: int) -> None:
        with tenant_context(committed_tenant.id):
            while submit_approved(limit=2):
                pass

    assert run_concurrently(work, 4) == [None] * 4
    assert sorted(bank.references) == sorted(row.reference for row in Withdrawal.objects.all())
    assert not Withdrawal.objects.exclude(state="succeeded").exists()
    assert list(verification.problems()) == []


def test_what_the_sandbox_makes_up_is_not_told(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """The first start of the demo warned of a time-out that its sandbox bank makes up."""
    caplog.set_level("WARNING")
    made_up = through(SandboxBank(), ready_to_withdraw(AMOUNT, last_four="0002"))
    submit_approved()
    assert after(made_up, 0).state == "unknown"
    assert caplog.messages == []


class Forgetful(SandboxBank):
    """Never heard of anything."""

    code = "forgetful"

    def __init__(self) -> None:
        self.submissions = 0

    def submit(self, transfer: Transfer) -> Answer:
        self.submissions += 1
        raise TimeoutError

    def query(self, reference: str) -> Answer:
        return Answer(AnswerKind.NOT_FOUND)


def test_an_old_reference_that_the_provider_forgot_is_not_handed_over_again(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    bank = Forgetful()
    register_provider(bank)
    ready = ready_to_withdraw(AMOUNT)
    withdrawal = through(bank, ready)
    submit_approved()
    assert "provider forgetful" in caplog.text
    after(withdrawal, 60)
    assert bank.submissions == 2
    assert after(withdrawal, 25 * 3600).state == "unknown"
    assert bank.submissions == 2
    assert purse(ready.guide)["in_withdrawal"] == AMOUNT


def test_the_provider_is_asked_with_growing_pauses(tenant: Tenant) -> None:
    _, withdrawal = asked("0007")
    submit_approved()
    pauses = []
    for _ in range(4):
        withdrawal.refresh_from_db()
        assert withdrawal.next_query_at is not None
        pauses.append(withdrawal.next_query_at)
        with clock.at(withdrawal.next_query_at):
            assert query_awaited() == 1
    gaps = [round((b - a).total_seconds()) for a, b in pairwise(pauses)]
    assert gaps == [30, 60, 120]
