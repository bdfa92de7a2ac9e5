"""What happens at once: many buyers, two browsers, a payment and a change of mind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Sum

from tests.goods.stock.builders import make_stock, quantity_of
from tests.trade.checkout.builders import Mall, address_of, open_mall
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.checkout.actions import ask_refund, cancel_purchase
from yipan.trade.checkout.errors import QuoteChanged
from yipan.trade.checkout.requests import Choice, Placed
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import State
from yipan.trade.orders.errors import OrderStateRefused, RequestOpenAlready
from yipan.trade.orders.models import Order, OrderLine, RefundRequest
from yipan.trade.payments.actions import begin_payment, settle
from yipan.trade.payments.errors import OrderNotPayable
from yipan.trade.payments.models import IntentState, Payment, PaymentIntent, Repayment
from yipan.trade.payments.providers.registry import Outcome, Settled

Together = Callable[..., list[object]]


@pytest.fixture(autouse=True)
def _sandbox(settings: Any) -> None:
    settings.YIPAN_SANDBOX_PAYMENTS = True


def word_of(intent: PaymentIntent) -> Settled:
    return Settled(intent.reference, Outcome.PAID, intent.amount, "CNY", f"T-{intent.id}")


def last_units(mall: Mall, units: int) -> None:
    """The first SKU has as many left, all in the shop."""
    make_stock(mall.shop.location, mall.skus[0], units)
    make_stock(mall.warehouse, mall.skus[0], 0)


def unpaid(mall: Mall) -> tuple[Placed, int]:
    owner = mall.buyer()
    assert owner.member_id is not None
    return mall.buy(owner, (mall.skus[0], 1)), owner.member_id


def test_fifty_buyers_at_once_for_the_last_ten_buy_ten(
    committed_tenant: Tenant, run_concurrently: Together
) -> None:
    mall = open_mall(stock=0)
    last_units(mall, 10)
    owners = [mall.buyer() for _ in range(50)]
    addresses = [address_of(owner) for owner in owners]
    quoted = mall.quote((mall.skus[0], 1))

    def buy(number: int) -> str:
        with tenant_context(committed_tenant.id):
            try:
                mall.place(
                    owners[number], quoted, choice=Choice("delivery", address_id=addresses[number])
                )
            except QuoteChanged as changed:
                return changed.changes[0].what
            return "bought"

    answers = sorted(map(str, run_concurrently(buy, 50)))
    assert answers == ["bought"] * 10 + ["sold_out"] * 40
    assert OrderLine.objects.aggregate(sum=Sum("quantity"))["sum"] == 10
    assert Fulfilment.objects.count() == PaymentIntent.objects.count() == 10
    assert quantity_of(mall.shop.location, mall.skus[0]) == 0


def test_two_browsers_at_the_cashier_of_one_order_pay_it_once(
    committed_tenant: Tenant, run_concurrently: Together
) -> None:
    placed, member_id = unpaid(open_mall())

    def pay(number: int) -> str:
        with tenant_context(committed_tenant.id):
            try:
                begun = begin_payment(
                    order_id=placed.order_id, member_id=member_id, provider="sandbox"
                )
            except OrderNotPayable:
                return "too late"
            for intent in PaymentIntent.objects.filter(order_id=placed.order_id):
                settle(provider="sandbox", settled=word_of(intent))
            return begun.url

    urls = {url for url in run_concurrently(pay, 6) if url != "too late"}
    assert len(urls) == 1, urls
    assert Order.objects.get().state == "paid"
    assert (Payment.objects.count(), Repayment.objects.count()) == (1, 0)


def test_paid_in_two_ways_at_once_the_second_goes_back(
    committed_tenant: Tenant, run_concurrently: Together
) -> None:
    placed, _ = unpaid(open_mall())
    first = PaymentIntent.objects.get()
    # Another provider's attempt, which was begun in another browser.
    second = PaymentIntent.objects.get()
    second.pk = second.id + 1
    second.provider, second.reference, second.token = "other", f"{first.reference}x", "other"
    second.save(force_insert=True)

    def hear(number: int) -> str:
        intent = (first, second)[number % 2]
        with tenant_context(committed_tenant.id):
            return str(settle(provider=intent.provider, settled=word_of(intent)).kind)

    answers = sorted(map(str, run_concurrently(hear, 4)))
    assert answers == ["paid", "repeated", "repeated", "stray"]
    assert Payment.objects.get().amount == placed.total
    back = Repayment.objects.get()
    assert (back.amount, back.state) == (placed.total, "due")
    assert PaymentIntent.objects.filter(state=IntentState.PAID).count() == 2


def test_a_payment_and_its_buyers_cancellation_at_once_lose_neither_money_nor_goods(
    committed_tenant: Tenant, run_concurrently: Together
) -> None:
    mall = open_mall()
    bought = [unpaid(mall) for _ in range(5)]
    intents = [PaymentIntent.objects.get(id=placed.intent_id) for placed, _ in bought]

    def act(number: int) -> str:
        placed, member_id = bought[number // 2]
        with tenant_context(committed_tenant.id):
            if number % 2:
                return str(settle(provider="sandbox", settled=word_of(intents[number // 2])).kind)
            try:
                cancel_purchase(order_id=placed.order_id, member_id=member_id)
            except OrderStateRefused:
                return "refused"
            return "cancelled"

    answers = list(map(str, run_concurrently(act, 10)))
    sold = 0
    for number, (placed, _) in enumerate(bought):
        order = Order.objects.get(id=placed.order_id)
        way = Fulfilment.objects.get(order_id=placed.order_id)
        back = Repayment.objects.filter(intent__order_id=placed.order_id)
        pair = (answers[2 * number], answers[2 * number + 1])
        if order.state == "paid":
            sold += 1
            assert (pair, back.count()) == (("refused", "paid"), 0)
            assert way.state != State.CANCELLED
        else:
            assert (pair, order.state) == (("cancelled", "stray"), "cancelled")
            assert [each.amount for each in back] == [placed.total]
            assert way.state == State.CANCELLED
    assert quantity_of(mall.shop.location, mall.skus[0]) == 100 - sold


def test_a_refund_asked_for_twice_at_once_is_asked_for_once(
    committed_tenant: Tenant, run_concurrently: Together
) -> None:
    placed, member_id = unpaid(open_mall())
    settle(provider="sandbox", settled=word_of(PaymentIntent.objects.get()))
    line_id = OrderLine.objects.get().id

    def ask(number: int) -> str:
        with tenant_context(committed_tenant.id):
            try:
                ask_refund(
                    order_id=placed.order_id,
                    line_id=line_id,
                    member_id=member_id,
                    quantity=1,
                    reason="不合适",
                )
            except RequestOpenAlready:
                return "open already"
            return "asked"

    answers = sorted(map(str, run_concurrently(ask, 6)))
    assert answers == ["asked"] + ["open already"] * 5
    assert RefundRequest.objects.count() == 1
