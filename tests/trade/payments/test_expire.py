"""Unpaid orders end, and late money is not lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.customers.members.builders import make_member
from tests.trade.orders.builders import Shop, open_shop
from tests.trade.payments.builders import FakeProvider, intent_of, paid_word, unpaid_order
from yipan.customers.members.actions import add_identity
from yipan.goods.stock.models import StockLevel
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.payments.actions import (
    SettlementKind,
    ask_about_pending,
    begin_payment,
    expire_unpaid,
    settle,
)
from yipan.trade.payments.errors import OrderNotPayable, ProviderUnavailable, ProviderUnknown
from yipan.trade.payments.models import IntentState, Payment, PaymentIntent, Repayment
from yipan.trade.payments.providers.registry import Outcome, Payer, Settled

HALF_AN_HOUR = timedelta(minutes=30)


def stock_left(shop: Shop) -> int:
    level: StockLevel = StockLevel.objects.get(sku=shop.skus["FIXED"])
    return level.quantity


def test_an_order_that_nobody_paid_is_cancelled_at_its_end_and_its_goods_go_back(
    shop: Shop,
) -> None:
    order = unpaid_order(shop, quantity=3)
    intent = intent_of(order)
    assert stock_left(shop) == 997
    with clock.at(intent.expires_at - timedelta(seconds=1)):
        assert expire_unpaid() == 0
    with clock.at(intent.expires_at):
        assert expire_unpaid() == 1
        assert expire_unpaid() == 0
    order.refresh_from_db()
    intent.refresh_from_db()
    assert (order.state, intent.state) == ("cancelled", "expired")
    assert stock_left(shop) == 1_000
    assert AuditEntry.objects.get(action="orders.cancel").reason == "not paid in time"


def test_an_order_whose_payment_failed_ends_too(shop: Shop) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    settle(provider="sandbox", settled=Settled(intent.reference, Outcome.FAILED))
    with clock.at(intent.expires_at):
        assert expire_unpaid() == 1
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_a_paid_order_does_not_end(shop: Shop) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    settle(provider="sandbox", settled=paid_word(intent))
    elsewhere = unpaid_order(shop)
    intent_of(elsewhere)
    pay_orders(payments=[PaymentRequest(elsewhere.id, clock.now(), "cash", "1")])
    with clock.at(intent.expires_at + timedelta(hours=1)):
        assert expire_unpaid() == 0
    assert not PaymentIntent.objects.filter(holds_order=True).exists()


def test_the_provider_is_asked_a_last_time_and_told_to_take_nothing_more(
    shop: Shop, fake: FakeProvider
) -> None:
    paid, unpaid = unpaid_order(shop), unpaid_order(shop)
    for order in (paid, unpaid):
        begin_payment(order_id=order.id, member_id=order.member_id or 0, provider="fake")
    intents = {intent.order_id: intent for intent in PaymentIntent.objects.all()}
    fake.says[intents[paid.id].reference] = paid_word(intents[paid.id])
    with clock.at(paid.placed_at + HALF_AN_HOUR + timedelta(minutes=1)):
        assert expire_unpaid() == 1
    paid.refresh_from_db()
    unpaid.refresh_from_db()
    assert (paid.state, unpaid.state) == ("paid", "cancelled")
    assert fake.closed == [intents[unpaid.id].reference]


def test_a_provider_that_does_not_answer_delays_the_end_but_not_for_ever(
    shop: Shop, fake: FakeProvider
) -> None:
    order = unpaid_order(shop)
    begin_payment(order_id=order.id, member_id=order.member_id or 0, provider="fake")
    fake.is_down = True
    end = order.placed_at + HALF_AN_HOUR
    with clock.at(end):
        assert expire_unpaid() == 0
    with clock.at(end + timedelta(minutes=15)):
        assert expire_unpaid() == 1


def test_a_payment_of_which_no_word_came_is_asked_about(shop: Shop, fake: FakeProvider) -> None:
    order = unpaid_order(shop)
    begin_payment(order_id=order.id, member_id=order.member_id or 0, provider="fake")
    intent = PaymentIntent.objects.get()
    assert intent.state == IntentState.PENDING
    assert ask_about_pending() == 0  # too early
    fake.says[intent.reference] = paid_word(intent)
    with clock.at(order.placed_at + timedelta(minutes=2)):
        assert ask_about_pending() == 1
        assert ask_about_pending() == 0
    order.refresh_from_db()
    assert order.state == "paid"


def test_begun_again_it_is_the_same_payment(shop: Shop, fake: FakeProvider) -> None:
    order = unpaid_order(shop)
    member_id = order.member_id or 0
    first = begin_payment(order_id=order.id, member_id=member_id, provider="fake")
    second = begin_payment(
        order_id=order.id, member_id=member_id, provider="fake", return_url="/m/acme/"
    )
    assert first == second
    assert PaymentIntent.objects.get().return_url == "/m/acme/"
    begin_payment(order_id=order.id, member_id=member_id, provider="sandbox")
    assert PaymentIntent.objects.count() == 2


def test_a_payment_is_begun_only_by_the_buyer_in_time_and_back_to_a_page_of_ours(
    shop: Shop, fake: FakeProvider, settings: Any
) -> None:
    order = unpaid_order(shop)
    begin: dict[str, Any] = {"order_id": order.id, "member_id": order.member_id, "provider": "fake"}
    with pytest.raises(NotFound):
        begin_payment(**{**begin, "member_id": make_member().id})
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example", "m/acme"):
        with pytest.raises(InvalidField):
            begin_payment(**begin, return_url=elsewhere)
    with pytest.raises(ProviderUnknown):
        begin_payment(**{**begin, "provider": "nobody"})
    settings.YIPAN_SANDBOX_PAYMENTS = False
    with pytest.raises(ProviderUnknown):
        begin_payment(**{**begin, "provider": "sandbox"})
    fake.is_down = True
    with pytest.raises(ProviderUnavailable):
        begin_payment(**begin)
    with clock.at(order.placed_at + HALF_AN_HOUR), pytest.raises(OrderNotPayable):
        begin_payment(**begin)
    settle(provider="fake", settled=paid_word(PaymentIntent.objects.get()))
    with pytest.raises(OrderNotPayable):
        begin_payment(**begin)


def test_an_end_and_a_late_payment_at_once_lose_nothing(
    committed_tenant: Tenant,
    run_concurrently: Callable[..., list[object]],
) -> None:
    shop = open_shop()
    orders = [unpaid_order(shop) for _ in range(6)]
    words = [paid_word(intent_of(order)) for order in orders]
    late = orders[-1].placed_at + HALF_AN_HOUR

    def act(number: int) -> object:
        with tenant_context(committed_tenant.id), clock.at(late):
            if number < 2:
                return expire_unpaid()
            return settle(provider="sandbox", settled=words[number - 2]).kind

    answers = run_concurrently(act, 8)
    assert not [each for each in answers if isinstance(each, Exception)], answers
    for order, kind in zip(orders, answers[2:], strict=True):
        order.refresh_from_db()
        assert (order.state, kind) in {
            ("paid", SettlementKind.PAID),
            ("cancelled", SettlementKind.STRAY),
        }
    paid = sum(order.state == "paid" for order in orders)
    assert Payment.objects.count() == paid
    assert Repayment.objects.count() == 6 - paid
    assert stock_left(shop) == 1_000 - paid


def test_a_provider_is_told_who_pays_and_from_where(shop: Shop, fake: FakeProvider) -> None:
    order = unpaid_order(shop)
    member_id = order.member_id or 0
    for openid in ("oldopenid", "newopenid"):
        add_identity(member_id=member_id, scheme="wechat", value=openid, by=SYSTEM)
    seen = Payer(in_wechat=True, address="203.0.113.7")
    begin_payment(order_id=order.id, member_id=member_id, provider="fake", payer=seen)
    assert fake.payers == [Payer("newopenid", in_wechat=True, address="203.0.113.7")]
