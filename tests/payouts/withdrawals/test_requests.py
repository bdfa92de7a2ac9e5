"""Asking for a payout: limits, reservation, four eyes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.payouts.settlement.builders import purse
from tests.payouts.withdrawals.builders import BOSS, CLERK, NAME, ready_to_withdraw
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM, Actor, ActorKind
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.errors import InsufficientBalance
from yipan.ledger.queries import journals
from yipan.payouts.withdrawals.actions import (
    approve_withdrawal,
    cancel_withdrawal,
    quote_withdrawal,
    reject_withdrawal,
    set_withdrawal_policy,
    submit_approved,
)
from yipan.payouts.withdrawals.errors import (
    AboveMaximum,
    BelowMinimum,
    NotASecondPerson,
    ProviderUnknown,
    ReasonMissing,
    TooManyToday,
    WrongState,
)
from yipan.payouts.withdrawals.models import Withdrawal
from yipan.payouts.withdrawals.queries import steps_of

Run = Callable[[Callable[[int], object], int], list[object]]


def states(withdrawal: Withdrawal) -> list[str]:
    return [step.to_state for step in steps_of(withdrawal)]


def test_a_small_request_is_reserved_and_approved_at_once(tenant: Tenant) -> None:
    ready = ready_to_withdraw(150_000)
    withdrawal = ready.ask(100_000)
    assert withdrawal.state == "approved"
    assert (withdrawal.gross, withdrawal.tax, withdrawal.net) == (100_000, 0, 100_000)
    assert withdrawal.tax_method == "none/1"
    assert withdrawal.payer_id == ready.group.headquarters.id
    assert purse(ready.guide)["available"] == 50_000
    assert purse(ready.guide)["in_withdrawal"] == 100_000
    assert sorted(states(withdrawal)) == ["approved", "requested"]
    events = OutboxEvent.objects.order_by("id").values_list("name", flat=True)
    assert list(events) == ["withdrawal.requested", "withdrawal.approved"]


def test_what_is_paid_is_what_was_quoted(tenant: Tenant) -> None:
    ready = ready_to_withdraw(150_000)
    quote = quote_withdrawal(distributor=ready.guide, amount=120_000)
    withdrawal = ready.ask(120_000)
    assert (quote.gross, quote.tax, quote.net) == (120_000, 0, withdrawal.net)
    assert quote.needs_approval
    assert withdrawal.state == "requested"


def test_limits_hold(tenant: Tenant) -> None:
    ready = ready_to_withdraw(10_000_000)
    with pytest.raises(BelowMinimum):
        ready.ask(99)
    with pytest.raises(AboveMaximum):
        ready.ask(2_000_001)
    for _ in range(3):
        ready.ask(100)
    with pytest.raises(TooManyToday):
        ready.ask(100)


def test_a_new_business_day_begins_at_midnight_of_the_tenant(tenant: Tenant) -> None:
    with clock.at(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)):  # 23:59 in Shanghai
        ready = ready_to_withdraw(10_000)
        for _ in range(3):
            ready.ask(100)
        with pytest.raises(TooManyToday):
            ready.ask(100)
    with clock.at(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)):
        ready.ask(100)


def test_more_than_is_available_is_refused(committed_tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    with pytest.raises(InsufficientBalance):
        ready.ask(501)
    assert not Withdrawal.objects.exists()
    assert purse(ready.guide)["available"] == 500


def test_eight_requests_at_once_for_the_whole_balance_give_one(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready = ready_to_withdraw(50_000)
    set_withdrawal_policy(
        organisation_id=ready.group.headquarters.id, data={"per_day": 100}, by=SYSTEM
    )

    def ask(_: int) -> object:
        with tenant_context(committed_tenant.id):
            return ready.ask(50_000)

    kinds = Counter(type(answer) for answer in run_concurrently(ask, 8))
    assert kinds == {Withdrawal: 1, InsufficientBalance: 7}
    assert purse(ready.guide)["available"] == 0
    assert purse(ready.guide)["in_withdrawal"] == 50_000
    assert list(verification.problems()) == []


def test_eight_small_requests_at_once_do_not_exceed_the_number_per_day(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready = ready_to_withdraw(50_000)

    def ask(_: int) -> object:
        with tenant_context(committed_tenant.id):
            return ready.ask(100)

    kinds = Counter(type(answer) for answer in run_concurrently(ask, 8))
    assert kinds == {Withdrawal: 3, TooManyToday: 5}
    assert purse(ready.guide)["in_withdrawal"] == 300


def test_above_the_limit_a_second_person_decides(tenant: Tenant) -> None:
    ready = ready_to_withdraw(300_000)
    withdrawal = ready.ask(150_000, by=CLERK)
    for one in (CLERK, ready.me, Actor(ActorKind.DISTRIBUTOR, ready.guide.id, NAME), SYSTEM):
        with pytest.raises(NotASecondPerson):
            approve_withdrawal(withdrawal_id=withdrawal.id, by=one)
        with pytest.raises(NotASecondPerson):
            reject_withdrawal(withdrawal_id=withdrawal.id, by=one, reason="no")
    approved = approve_withdrawal(withdrawal_id=withdrawal.id, by=BOSS, reason="checked")
    assert approved.state == "approved"
    assert approved.approved_by == str(BOSS)
    with pytest.raises(WrongState):
        approve_withdrawal(withdrawal_id=withdrawal.id, by=BOSS)


def test_a_rejection_says_why_and_gives_the_money_back(tenant: Tenant) -> None:
    ready = ready_to_withdraw(300_000)
    withdrawal = ready.ask(150_000)
    with pytest.raises(ReasonMissing):
        reject_withdrawal(withdrawal_id=withdrawal.id, by=BOSS, reason=" ")
    rejected = reject_withdrawal(withdrawal_id=withdrawal.id, by=BOSS, reason="wrong month")
    assert (rejected.state, rejected.reason) == ("rejected", "wrong month")
    assert purse(ready.guide)["available"] == 300_000
    (ending,) = journals(keys=[f"withdrawal:{withdrawal.id}:outcome"])
    assert ending.reverses is not None
    assert ending.reverses.key == f"withdrawal:{withdrawal.id}:request"


def test_a_request_is_taken_back_until_it_is_handed_over(tenant: Tenant) -> None:
    ready = ready_to_withdraw(1_000)
    first, second = ready.ask(300), ready.ask(200)
    cancel_withdrawal(withdrawal_id=first.id, by=ready.me, reason="changed my mind")
    assert purse(ready.guide)["available"] == 800
    submit_approved()
    for done in (first, second):
        with pytest.raises(WrongState):
            cancel_withdrawal(withdrawal_id=done.id, by=ready.me)
    assert purse(ready.guide)["available"] == 800
    assert list(verification.problems()) == []


def test_cancelling_and_handing_over_at_once_end_in_one_of_the_two(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready = ready_to_withdraw(1_000)
    for _ in range(3):
        withdrawal = ready.ask(300)

        def race(number: int, id_: int = withdrawal.id) -> None:
            with tenant_context(committed_tenant.id):
                if number % 2:
                    cancel_withdrawal(withdrawal_id=id_, by=ready.me)
                else:
                    submit_approved()

        run_concurrently(race, 4)
        withdrawal.refresh_from_db()
        assert withdrawal.state in {"cancelled", "succeeded"}
    paid = Withdrawal.objects.filter(state="succeeded").count()
    assert purse(ready.guide)["available"] == 1_000 - 300 * paid
    assert purse(ready.guide)["in_withdrawal"] == 0
    assert list(verification.problems()) == []


def test_the_company_pays_where_the_policy_says_so(tenant: Tenant) -> None:
    ready = ready_to_withdraw(1_000)
    set_withdrawal_policy(
        organisation_id=ready.group.headquarters.id, data={"payer": "company"}, by=SYSTEM
    )
    assert ready.ask(300).payer_id == ready.group.company.id


def test_a_policy_with_a_provider_that_is_not_there_is_refused(tenant: Tenant) -> None:
    ready = ready_to_withdraw(1_000)
    with pytest.raises(ProviderUnknown):
        set_withdrawal_policy(
            organisation_id=ready.group.headquarters.id, data={"provider": "moon"}, by=SYSTEM
        )
