"""Commission to the fen, booked in the transaction of the payment or refund."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.distribution.distributors.builders import hang, make_distributor
from tests.distribution.pool.builders import make_offer, make_rule
from tests.trade.orders.builders import PAID, RULES, Shop, amounts, give_back, open_shop
from yipan.distribution.commissions.models import Entry, EntryState, PeriodProgress
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.models import Journal
from yipan.ledger.queries import balances
from yipan.payouts.settlement.actions import release_due
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.errors import RefundExceedsPayment, RefundExists
from yipan.trade.orders.models import Order
from yipan.trade.orders.requests import PaymentRequest


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def test_a_paid_line_earns_its_seller_and_the_upline(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("LINE", 2))
    assert amounts(line) == [("seller", 1_300), ("upline_1", 200)]
    assert shop.balances()["pending"] == 1_300
    assert shop.balances(shop.leader)["pending"] == 200
    company = shop.tree["R1"].id
    expense = balances([company], ["commission_expense"])[company]["commission_expense"]
    assert expense == 1_500
    assert list(verification.problems()) == []


def test_what_is_not_in_the_pool_earns_nothing(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("NONE"))
    assert amounts(line) == []


def test_nobody_credited_means_nothing_earned(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"), distributor_code="")
    assert amounts(line) == []


def test_an_order_earns_when_it_is_paid_not_before(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"), paid_at=None)
    assert amounts(line) == []
    pay_orders(payments=[PaymentRequest(line.order_id, PAID + timedelta(hours=1))])
    assert amounts(line) == [("seller", 350)]
    assert Order.objects.get(id=line.order_id).state == "paid"


def test_lines_of_one_order_see_each_other_s_progress(shop: Shop) -> None:
    lines = shop.sell(shop.line("MONTH", 1, 6_000), shop.line("MONTH", 1, 6_000))
    assert [amounts(line) for line in lines] == [[("seller", 300)], [("seller", 480)]]
    progress = PeriodProgress.objects.get()
    assert (progress.units, progress.amount) == (2, 12_000)
    assert progress.month.isoformat() == "2026-03-01"


def test_the_month_is_the_organisation_s_own(shop: Shop) -> None:
    """23:30 UTC on 31 March is already April in Shanghai."""
    late = PAID.replace(month=3, day=31, hour=23, minute=30)
    shop.sell(shop.line("MONTH"), placed_at=late, paid_at=late)
    assert PeriodProgress.objects.get().month.isoformat() == "2026-04-01"


def test_a_refund_takes_its_part_off_the_month_and_re_rates_nothing(shop: Shop) -> None:
    first, second = shop.sell(shop.line("MONTH", 2, 5_000), shop.line("MONTH", 1, 6_000))
    give_back(first, 1, 5_000)
    progress = PeriodProgress.objects.get()
    assert (progress.units, progress.amount) == (2, 11_000)
    assert amounts(first) == [("seller", 800), ("seller", -400)]
    assert amounts(second) == [("seller", 480)]


def test_a_line_stopped_by_a_gate_neither_adds_to_progress_nor_takes_off(shop: Shop) -> None:
    terms = {**RULES["MONTH"], "floor_price": 9_000}
    make_offer(shop.skus["NONE"], shop.tree.headquarters, make_rule(terms))
    (line,) = shop.sell(shop.line("NONE", 1, 8_999))
    assert amounts(line) == [("seller", 0)]
    assert Entry.objects.get(line_id=line.id).explanation["gates"]["closed"] == "BELOW_FLOOR_PRICE"
    give_back(line, 1, 8_999)
    progress = PeriodProgress.objects.get()
    assert (progress.units, progress.amount) == (0, 0)


def test_a_full_refund_in_three_steps_leaves_no_commission(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 3, 8_990))
    for amount in (8_990, 8_990, 8_990):
        give_back(line, 1, amount)
    assert amounts(line) == [("seller", 1_050)] + [("seller", -350)] * 3
    assert shop.balances()["pending"] == 0
    assert EntryState.objects.get().remaining == 0
    assert list(verification.problems()) == []


def test_a_reversal_points_at_what_it_takes_back(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("LINE"))
    give_back(line, 1, 10_000)
    for entry in Entry.objects.filter(kind="reversal"):
        assert entry.reverses is not None
        assert entry.reverses.role == entry.role
    for journal in Journal.objects.filter(kind="reversal"):
        assert journal.reverses is not None
        assert journal.reverses.kind == "accrual"


def test_refunds_never_exceed_the_payment_and_count_once(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 2))
    give_back(line, 1, 15_000, number="A")
    with pytest.raises(RefundExists):
        give_back(line, 1, 15_000, number="A")
    with pytest.raises(RefundExceedsPayment):
        give_back(line, 1, 5_001, number="B")
    assert shop.balances()["pending"] == 700 - 525


def test_a_refund_after_release_takes_from_available_and_then_is_owed(shop: Shop) -> None:
    (first,) = shop.sell(shop.line("FIXED", 2))
    assert release_due() is not None
    assert shop.balances()["available"] == 700
    give_back(first, 2, 20_000)
    assert shop.balances() == {
        "pending": 0,
        "available": 0,
        "in_withdrawal": 0,
        "clawback_owed": 0,
    }
    assert list(verification.problems()) == []


def test_the_seller_must_be_allowed_to_distribute_there(shop: Shop) -> None:
    """A guide of another industry group earns nothing on this company's own offer."""
    make_offer(shop.skus["NONE"], shop.tree["R1"], make_rule(RULES["FIXED"]))
    stranger = make_distributor(shop.tree["F1-A"], "STRANGER")
    own, everyone = shop.sell(shop.line("NONE"), shop.line("FIXED"), distributor_code=stranger.code)
    assert amounts(own) == []
    assert amounts(everyone) == [("seller", 350)]


def test_an_upline_out_of_qualification_earns_nothing_and_passes_nothing_on(shop: Shop) -> None:
    top = make_distributor(shop.tree["R1-A"], "TOP")
    leader = make_distributor(shop.tree["R1-A"], "LATE", qualified_until=PAID, upline=top)
    hang(shop.guide, leader)
    (line,) = shop.sell(shop.line("LINE"))
    assert amounts(line) == [("seller", 500), ("upline_1", 0)]
    upline = Entry.objects.get(role="upline_1")
    assert upline.distributor_id == leader.id
    assert shop.balances(top)["pending"] == 0


def test_two_refunds_at_once_never_exceed_the_payment(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    shop = open_shop()
    (line,) = shop.sell(shop.line("LINE", 3))

    def back(number: int) -> None:
        with tenant_context(committed_tenant.id):
            give_back(line, 1, 10_000, number=f"C-{number}")

    answers = run_concurrently(back, 6)
    assert answers.count(None) == 3
    assert shop.balances()["pending"] == 0
    assert shop.balances(shop.leader)["pending"] == 0
    assert list(verification.problems()) == []


def test_payments_recorded_at_once_see_each_other_s_progress(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    shop = open_shop()

    def buy(_: int) -> None:
        with tenant_context(committed_tenant.id):
            shop.sell(shop.line("MONTH", 1, 4_000))

    assert run_concurrently(buy, 8) == [None] * 8
    earned = sorted(Entry.objects.values_list("amount", flat=True))
    assert earned == [200, 200, 320, 320, 320, 320, 320, 320]
    assert PeriodProgress.objects.get().amount == 32_000
