"""Taking a provider's word: money is counted once, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trade.orders.builders import Shop, open_shop
from tests.trade.payments.builders import intent_of, paid_word, unpaid_order
from yipan.distribution.commissions.models import Entry
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.actions import cancel_order, pay_orders
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.payments.actions import Settlement, SettlementKind, settle
from yipan.trade.payments.models import IntentState, Payment, Repayment
from yipan.trade.payments.providers.registry import Outcome, Settled


def test_a_paid_intent_pays_its_order_with_goods_and_freight(shop: Shop) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    outcome = settle(provider="sandbox", settled=paid_word(intent, transaction="T-1"))
    assert outcome == Settlement(SettlementKind.PAID, order.id)
    order.refresh_from_db()
    intent.refresh_from_db()
    payment = Payment.objects.get()
    assert (order.state, intent.state) == ("paid", "paid")
    assert (payment.amount, payment.reference, payment.provider) == (10_800, "T-1", "sandbox")
    assert Entry.objects.count() == 1


def test_the_moment_of_payment_is_the_providers_but_within_the_orders_life(shop: Shop) -> None:
    order = unpaid_order(shop)
    early = order.placed_at - timedelta(hours=1)
    settle(provider="sandbox", settled=paid_word(intent_of(order), paid_at=early))
    order.refresh_from_db()
    assert order.paid_at == order.placed_at


def test_the_same_word_again_changes_nothing(shop: Shop) -> None:
    order = unpaid_order(shop)
    word = paid_word(intent_of(order))
    kinds = [settle(provider="sandbox", settled=word).kind for _ in range(3)]
    assert kinds == [SettlementKind.PAID, SettlementKind.REPEATED, SettlementKind.REPEATED]
    assert Payment.objects.count() == 1


def test_the_same_word_eight_times_at_once_pays_once(
    committed_tenant: Tenant,
    run_concurrently: Callable[..., list[object]],
) -> None:
    order = unpaid_order(open_shop())
    word = paid_word(intent_of(order))

    def hear(number: int) -> SettlementKind:
        with tenant_context(committed_tenant.id):
            return settle(provider="sandbox", settled=word).kind

    kinds = run_concurrently(hear, 8)
    assert sorted(map(str, kinds)) == ["paid", *["repeated"] * 7]
    assert (Payment.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 10_799}, {"amount": 10_801}, {"amount": 0}, {"currency": "USD"}],
)
def test_another_amount_or_currency_is_refused_and_audited(
    wrong: dict[str, object], shop: Shop
) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    word = paid_word(intent, **wrong)  # type: ignore[arg-type]
    assert settle(provider="sandbox", settled=word).kind is SettlementKind.REFUSED
    order.refresh_from_db()
    intent.refresh_from_db()
    assert (order.state, intent.state) == ("captured", "created")
    assert Payment.objects.count() == 0
    entry = AuditEntry.objects.get(action="payments.refuse_notification")
    assert entry.subject_id == intent.id


def test_a_second_transaction_for_a_paid_intent_is_refused_and_audited(shop: Shop) -> None:
    intent = intent_of(unpaid_order(shop))
    settle(provider="sandbox", settled=paid_word(intent, transaction="T-1"))
    second = settle(provider="sandbox", settled=paid_word(intent, transaction="T-2"))
    assert second.kind is SettlementKind.REFUSED
    assert AuditEntry.objects.filter(action="payments.refuse_notification").count() == 1


def test_one_transaction_cannot_pay_two_orders(shop: Shop) -> None:
    first, second = intent_of(unpaid_order(shop)), intent_of(unpaid_order(shop))
    settle(provider="sandbox", settled=paid_word(first, transaction="T-1"))
    word = paid_word(second, transaction="T-1")
    assert settle(provider="sandbox", settled=word).kind is SettlementKind.REFUSED
    assert Payment.objects.count() == 1


def test_money_for_a_cancelled_order_is_recorded_and_given_back(shop: Shop) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    cancel_order(order_id=order.id, reason="", by=SYSTEM)
    intent.refresh_from_db()
    assert intent.state == IntentState.EXPIRED
    word = paid_word(intent)
    assert settle(provider="sandbox", settled=word).kind is SettlementKind.STRAY
    assert settle(provider="sandbox", settled=word).kind is SettlementKind.REPEATED
    intent.refresh_from_db()
    assert (intent.state, intent.is_stray) == (IntentState.PAID, True)
    repayment = Repayment.objects.get()
    assert (repayment.amount, repayment.state) == (10_800, "due")
    assert AuditEntry.objects.filter(action="payments.record_stray").count() == 1
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_money_for_an_order_that_was_paid_otherwise_is_given_back(shop: Shop) -> None:
    order = unpaid_order(shop)
    intent = intent_of(order)
    pay_orders(payments=[PaymentRequest(order.id, clock.now(), "cash", "till-1")])
    assert settle(provider="sandbox", settled=paid_word(intent)).kind is SettlementKind.STRAY
    assert Repayment.objects.get().amount == 10_800
    assert Payment.objects.get().provider == "cash"


def test_a_payment_and_a_cancellation_at_once_end_as_one_or_the_other(
    committed_tenant: Tenant,
    run_concurrently: Callable[..., list[object]],
) -> None:
    shop = open_shop()
    orders = [unpaid_order(shop) for _ in range(4)]
    words = [paid_word(intent_of(order)) for order in orders]

    def act(number: int) -> str:
        with tenant_context(committed_tenant.id):
            if number % 2:
                return str(settle(provider="sandbox", settled=words[number // 2]).kind)
            cancel_order(order_id=orders[number // 2].id, reason="", by=SYSTEM)
            return "cancelled"

    answers = run_concurrently(act, 8)
    for number, order in enumerate(orders):
        order.refresh_from_db()
        stray = Repayment.objects.filter(intent__order_id=order.id).count()
        assert (order.state, stray) in {("paid", 0), ("cancelled", 1)}, answers
        assert str(answers[2 * number + 1]) == ("paid" if order.state == "paid" else "stray")


def test_a_failed_payment_leaves_the_order_to_be_paid_again(shop: Shop) -> None:
    order = unpaid_order(shop)
    first = intent_of(order)
    failed = Settled(first.reference, Outcome.FAILED, reason="no money")
    assert settle(provider="sandbox", settled=failed).kind is SettlementKind.FAILED
    order.refresh_from_db()
    assert order.state == "captured"
    second = intent_of(order)
    assert settle(provider="sandbox", settled=paid_word(second)).kind is SettlementKind.PAID


def test_money_that_came_after_all_counts_though_the_payment_was_called_failed(shop: Shop) -> None:
    intent = intent_of(unpaid_order(shop))
    settle(provider="sandbox", settled=Settled(intent.reference, Outcome.FAILED))
    assert settle(provider="sandbox", settled=paid_word(intent)).kind is SettlementKind.PAID


def test_a_word_of_another_provider_or_of_nothing_known_changes_nothing(shop: Shop) -> None:
    intent = intent_of(unpaid_order(shop))
    assert settle(provider="other", settled=paid_word(intent)).kind is SettlementKind.UNKNOWN
    unknown = Settled("Y1_00000001", Outcome.PAID, 10_800, "CNY", "T-1")
    assert settle(provider="sandbox", settled=unknown).kind is SettlementKind.UNKNOWN
    assert Payment.objects.count() == 0


def test_the_statements_are_as_many_for_one_line_as_for_40(shop: Shop) -> None:
    settle(provider="sandbox", settled=paid_word(intent_of(unpaid_order(shop))))
    counts = {}
    for lines in (1, 10, 40):
        intent = intent_of(unpaid_order(shop, lines=lines))
        with CaptureQueriesContext(connection) as captured:
            settle(provider="sandbox", settled=paid_word(intent))
        counts[lines] = len([q for q in captured if "SAVEPOINT" not in str(q["sql"])])
    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 20, counts


_WORDS = st.lists(
    st.tuples(st.sampled_from(["paid", "failed", "cancel", "less"]), st.integers(0, 1)),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=_WORDS)
def test_whatever_is_said_in_whatever_order_each_fen_taken_is_in_the_order_or_given_back(
    words: list[tuple[str, int]], shop: Shop
) -> None:
    order = unpaid_order(shop)
    intents = [intent_of(order, "sandbox")]
    taken: dict[int, int] = {}
    for what, number in words:
        intent = intents[0] if number == 0 or len(intents) == 1 else intents[1]
        if what == "cancel":
            if order.state == "captured":
                cancel_order(order_id=order.id, reason="", by=SYSTEM)
        elif what == "failed":
            settle(provider="sandbox", settled=Settled(intent.reference, Outcome.FAILED))
            intent.refresh_from_db()
            if intent.state == IntentState.FAILED and len(intents) == 1:
                intents.append(intent_of(order))
        else:
            word = paid_word(
                intent,
                transaction=f"T-{intent.id}",
                amount=intent.amount - 1 if what == "less" else None,
            )
            outcome = settle(provider="sandbox", settled=word)
            if outcome.kind in {SettlementKind.PAID, SettlementKind.STRAY}:
                assert intent.id not in taken
                taken[intent.id] = intent.amount
        order.refresh_from_db()
    kept = sum(Payment.objects.filter(order_id=order.id).values_list("amount", flat=True))
    back = sum(Repayment.objects.filter(intent__order_id=order.id).values_list("amount", flat=True))
    assert sum(taken.values()) == kept + back
