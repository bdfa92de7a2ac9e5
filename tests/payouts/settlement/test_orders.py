"""Settlement of what real orders earn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.trade.orders.builders import PAID, Shop, open_shop
from yipan.distribution.commissions.models import EntryState
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.ledger import verification
from yipan.payouts.settlement.actions import correct_holds, date_undated, release_due
from yipan.payouts.settlement.jobs import catch_up, release_all_due
from yipan.trade.orders.actions import close_refund_request, complete_order, open_refund_request
from yipan.trade.orders.models import OrderLine


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def states(line: OrderLine) -> list[EntryState]:
    return list(EntryState.objects.filter(line_id=line.id).order_by("id"))


def release(days: float) -> None:
    """Run the job so many days after the payment."""
    with clock.at(PAID + timedelta(days=days)):
        release_all_due()


def test_without_a_word_it_is_released_seventeen_days_after_payment(shop: Shop) -> None:
    shop.sell(shop.line("FIXED"))
    release(16.99)
    assert shop.balances()["pending"] == 350
    release(17)
    assert shop.balances()["available"] == 350


def test_completed_goods_release_it_seven_days_later(shop: Shop) -> None:
    first, _ = shop.sell(shop.line("FIXED"), shop.line("LINE"))
    with clock.at(PAID + timedelta(days=2)):
        complete_order(order_id=first.order_id, completed_at=clock.now(), line_nos=[first.line_no])
    release(9)
    assert shop.balances()["available"] == 350
    release(17)
    assert shop.balances()["pending"] == 0
    assert shop.balances(shop.leader)["available"] == 100


def test_goods_handed_over_at_the_till_start_the_hold_at_once(shop: Shop) -> None:
    shop.sell(shop.line("FIXED"), completed_at=PAID)
    release(6.99)
    assert shop.balances()["available"] == 0
    release(7)
    assert shop.balances()["available"] == 350


@pytest.mark.parametrize(("outcome", "left"), [("granted", 350), ("refused", 700)])
def test_a_refund_request_holds_the_line_until_it_is_answered(
    shop: Shop, outcome: str, left: int
) -> None:
    (line,) = shop.sell(shop.line("FIXED", 2), completed_at=PAID)
    request = open_refund_request(line_id=line.id, quantity=1, amount=10_000, reason="broken")
    release(30)
    assert shop.balances()["available"] == 0
    close_refund_request(request_id=request.id, outcome=outcome, restock=True, by=SYSTEM)
    release(30)
    assert shop.balances() == {
        "pending": 0, "available": left, "in_withdrawal": 0, "clawback_owed": 0,
    }  # fmt: skip
    assert list(verification.problems()) == []


def test_what_was_earned_while_nothing_settled_is_dated_later(shop: Shop) -> None:
    (waiting,) = shop.sell(shop.line("FIXED"))
    (done,) = shop.sell(shop.line("FIXED"), completed_at=PAID + timedelta(days=1))
    EntryState.objects.update(due_at=None, hold_days=0)  # as if settlement had been off
    assert release_due() is None
    assert date_undated() == 2
    assert date_undated() == 0
    dates = [state.due_at for line in (waiting, done) for state in states(line)]
    assert dates == [PAID + timedelta(days=17), PAID + timedelta(days=8)]
    assert {state.hold_days for state in states(waiting)} == {7}


def test_holds_that_went_unheard_are_put_right(shop: Shop) -> None:
    disputed, settled = shop.sell(shop.line("FIXED"), shop.line("LINE"))
    open_refund_request(line_id=disputed.id, quantity=1, amount=10_000, reason="broken")
    EntryState.objects.filter(line_id=disputed.id).update(held=False)
    EntryState.objects.filter(line_id=settled.id).update(held=True)
    catch_up()
    assert all(state.held for state in states(disputed))
    assert not any(state.held for state in states(settled))
    assert correct_holds() == 0
