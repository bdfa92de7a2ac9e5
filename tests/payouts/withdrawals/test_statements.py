"""A statement adds up to the ledger, to the fen, whatever happened."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.payouts.settlement.builders import earn, purse, refund
from tests.payouts.withdrawals.builders import BOSS, Payout, ready_to_withdraw
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.ledger.errors import InsufficientBalance
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.withdrawals.actions import cancel_withdrawal, reject_withdrawal
from yipan.payouts.withdrawals.actions.transfers import record_answer, submit_approved
from yipan.payouts.withdrawals.rules.outcome import Answer, AnswerKind
from yipan.payouts.withdrawals.statements import (
    PLACES,
    Movement,
    Standing,
    Statement,
    statements,
    statements_of,
)

JANUARY = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)


def checked(found: list[Statement]) -> list[Statement]:
    """Every statement adds up and begins where the one before ended."""
    before = Standing()
    for each in found[::-1]:
        assert each.opening == before
        change = each.accrued - each.reversed - each.paid + each.other
        assert each.closing.total == each.opening.total + change
        before = each.closing
    return found


def at_month(number: int) -> datetime:
    return JANUARY + timedelta(days=31 * number)


def lived_through(payout: Payout) -> None:
    """January: earned. February: released, asked. March: refused, asked again, paid, refunded."""
    with clock.at(at_month(0)):
        entry = earn(payout.guide, 10_000, due_at=at_month(0) + timedelta(days=7))
    with clock.at(at_month(1)):
        release_due()
        first = payout.ask(4_000)
    with clock.at(at_month(2)):
        cancel_withdrawal(withdrawal_id=first.id, by=payout.me)
        second = payout.ask(9_000)
        submit_approved()
        paid = Answer(AnswerKind.PAID, amount=9_000)
        record_answer(withdrawal_id=second.id, answer=paid)
        refund(entry, so_far=50_000)


def test_a_statement_tells_where_commission_came_from_and_went(tenant: Tenant) -> None:
    with clock.at(at_month(0)):
        payout = ready_to_withdraw(500)
    lived_through(payout)
    with clock.at(at_month(3)):
        april, march, february, january = checked(statements_of(payout.guide.id))
    assert (january.month, january.accrued, january.other) == (date(2026, 1, 1), 10_000, 500)
    assert january.closing == Standing(pending=10_000, available=500)
    assert (february.released, february.requested) == (10_000, 4_000)
    assert february.closing == Standing(available=6_500, in_withdrawal=4_000)
    assert (march.requested, march.paid, march.reversed) == (5_000, 9_000, 5_000)
    assert march.closing == Standing(available=0, clawback=3_500)
    assert april.closing == april.opening == march.closing


def test_the_last_closing_is_what_the_ledger_says(tenant: Tenant) -> None:
    with clock.at(at_month(0)):
        payout = ready_to_withdraw(500)
    lived_through(payout)
    with clock.at(at_month(2)):
        closing = statements_of(payout.guide.id)[0].closing
    assert {
        "pending": closing.pending,
        "available": closing.available,
        "in_withdrawal": closing.in_withdrawal,
        "clawback_receivable": closing.clawback,
    } == purse(payout.guide)


@pytest.mark.parametrize("seed", range(6))
def test_statements_add_up_to_the_ledger_after_any_history(tenant: Tenant, seed: int) -> None:
    dice = random.Random(seed)
    with clock.at(at_month(0)):
        payout = ready_to_withdraw(dice.randint(0, 20_000) + 1)
    entries = []
    for step in range(25):
        with clock.at(JANUARY + timedelta(days=5 * step)):
            act = dice.randrange(5)
            if act <= 1:
                due = clock.now() + timedelta(days=dice.randrange(20))
                entries.append(earn(payout.guide, dice.randint(1, 30_000), due_at=due))
            elif act == 2 and entries:
                entry = entries.pop(dice.randrange(len(entries)))
                refund(entry, so_far=dice.randint(1, entry.amount * 10))
            elif act == 3:
                release_due()
            else:
                _try_to_withdraw(payout, dice)
    with clock.at(JANUARY + timedelta(days=130)):
        found = checked(statements_of(payout.guide.id))
    closing = found[0].closing
    held = purse(payout.guide)
    assert (closing.pending, closing.available) == (held["pending"], held["available"])
    assert (closing.in_withdrawal, closing.clawback) == (
        held["in_withdrawal"],
        held["clawback_receivable"],
    )


def _try_to_withdraw(payout: Payout, dice: random.Random) -> None:
    try:
        asked = payout.ask(dice.randint(100, 5_000))
    except InsufficientBalance:
        return
    if dice.randrange(3):
        submit_approved()
        answer = Answer(AnswerKind.PAID, amount=asked.net)
        record_answer(withdrawal_id=asked.id, answer=answer)
    else:
        reject_withdrawal(withdrawal_id=asked.id, by=BOSS, reason="核对不符")


@given(
    st.lists(
        st.builds(
            Movement,
            st.dates(date(2025, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1)),
            st.sampled_from(PLACES),
            st.sampled_from(
                ["accrual", "reversal", "release", "offset", "withdrawal_request",
                 "withdrawal_ending", "withdrawal_success", "correction"]
            ),
            st.integers(-(10**12), 10**12),
        ),
        max_size=40,
    )
)  # fmt: skip
def test_statements_hold_every_movement_once(movements: list[Movement]) -> None:
    found = checked(statements(movements, until=date(2027, 1, 1)))
    total = sum(movement.amount for movement in movements)
    assert (found[0].closing.total if found else 0) == total
    assert [each.month for each in found] == sorted({each.month for each in found}, reverse=True)


def test_who_never_earned_has_no_statement(tenant: Tenant) -> None:
    assert statements_of(1) == []


def test_statements_take_one_statement(tenant: Tenant) -> None:
    payout = ready_to_withdraw(500)
    statements_of(payout.guide.id)
    with CaptureQueriesContext(connection) as captured:
        statements_of(payout.guide.id)
    assert len(captured) == 1
