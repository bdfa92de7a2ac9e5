"""The sandbox's cashier, and the door for notifications."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.conftest import make_tenant
from tests.trade.orders.builders import Shop
from tests.trade.payments.builders import FakeProvider, intent_of, unpaid_order
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.actions import cancel_order
from yipan.trade.orders.models import Order
from yipan.trade.payments.models import Payment, PaymentIntent
from yipan.trade.payments.providers.registry import Notice
from yipan.trade.payments.providers.sandbox import SandboxCashier, signed_notice
from yipan.trade.payments.references import (
    new_reference,
    new_token,
    tenant_of_reference,
    tenant_of_token,
)


@pytest.fixture
def intent(shop: Shop) -> PaymentIntent:
    return intent_of(unpaid_order(shop))


def visitor(**options: Any) -> Client:
    return Client(headers={"Accept-Language": "en"}, **options)


def page(intent: PaymentIntent) -> str:
    return f"/pay/sandbox/{intent.token}/"


def send(notice: Notice, provider: str = "sandbox") -> int:
    headers = {name.title(): value for name, value in notice.headers.items()}
    answer = visitor().post(
        f"/pay/{provider}/notify/", notice.body, content_type="application/json", headers=headers
    )
    return answer.status_code


def state_of(intent: PaymentIntent) -> tuple[str, str]:
    intent.refresh_from_db()
    return Order.objects.get(id=intent.order_id).state, intent.state


def test_the_cashier_shows_what_is_paid_to_whom(intent: PaymentIntent) -> None:
    answer = visitor().get(page(intent))
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "¥108.00" in told
    assert "上海一店" in told
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "<script" not in told
    assert "style=" not in told


def test_paying_pays_the_order_and_leads_back(intent: PaymentIntent) -> None:
    client = visitor()
    answer = client.post(page(intent), {"act": "pay"})
    assert (answer.status_code, answer["Location"]) == (302, "/m/acme/orders/")
    assert state_of(intent) == ("paid", "paid")
    again = client.post(page(intent), {"act": "pay"})
    assert again.status_code == 200
    assert Payment.objects.count() == 1
    assert "Payment received" in client.get(page(intent)).content.decode()


def test_a_payment_can_be_made_to_fail_and_be_left(intent: PaymentIntent) -> None:
    assert visitor().post(page(intent), {"act": "leave"}).status_code == 302
    assert state_of(intent) == ("captured", "created")
    assert visitor().post(page(intent), {"act": "fail"}).status_code == 302
    assert state_of(intent) == ("captured", "failed")


def test_nothing_is_taken_when_the_time_to_pay_is_over(intent: PaymentIntent) -> None:
    with clock.at(intent.expires_at + timedelta(seconds=1)):
        answer = visitor().post(page(intent), {"act": "pay"})
    assert answer.status_code == 200
    assert "time to pay is over" in answer.content.decode()
    assert state_of(intent) == ("captured", "created")


def test_the_cashier_needs_the_sandbox_and_its_token(intent: PaymentIntent, settings: Any) -> None:
    other = new_token(intent.tenant_id)
    assert visitor().get(f"/pay/sandbox/{other}/").status_code == 404
    assert visitor().get("/pay/sandbox/nonsense/").status_code == 404
    settings.YIPAN_SANDBOX_PAYMENTS = False
    assert visitor().get(page(intent)).status_code == 404
    assert visitor().post(page(intent), {"act": "pay"}).status_code == 404


def test_the_cashier_asks_for_the_forms_own_key(intent: PaymentIntent) -> None:
    strict = visitor(enforce_csrf_checks=True)
    assert strict.post(page(intent), {"act": "pay"}).status_code == 403


def test_a_notification_is_believed_with_its_signature_alone(intent: PaymentIntent) -> None:
    notice = SandboxCashier().take(reference=intent.reference, amount=intent.amount)
    forged = {**notice.headers, "sandbox-signature": "0" * 64}
    assert send(Notice(forged, notice.body)) == 400
    assert send(Notice({}, notice.body)) == 400
    assert send(notice._replace(body=notice.body + b" ")) == 400
    assert state_of(intent) == ("captured", "created")
    assert send(notice) == 204
    assert send(notice) == 204
    assert state_of(intent) == ("paid", "paid")
    assert Payment.objects.count() == 1


def test_an_old_notification_is_not_believed(intent: PaymentIntent) -> None:
    with clock.at(clock.now() - timedelta(minutes=6)):
        notice = SandboxCashier().take(reference=intent.reference, amount=intent.amount)
    assert send(notice) == 400
    assert state_of(intent) == ("captured", "created")


def test_a_signed_notification_of_nothing_known_is_not_heard(intent: PaymentIntent) -> None:
    word = {"outcome": "paid", "amount": 1, "currency": "CNY", "transaction": "T"}
    for reference in (
        "nonsense",
        new_reference(intent.tenant_id, 1),
        new_reference(intent.tenant_id + 1_000, intent.id),
    ):
        assert send(signed_notice({**word, "reference": reference})) == 400
    assert send(signed_notice(word), provider="nobody") == 404
    assert visitor().get("/pay/sandbox/notify/").status_code == 405


def test_a_genuine_notification_about_no_payment_is_heard_and_changes_nothing(
    intent: PaymentIntent, fake: FakeProvider
) -> None:
    assert send(Notice({}, b"a refund"), provider=fake.code) == 200
    assert state_of(intent) == ("captured", "created")


def test_a_notification_of_absurd_length_is_not_read(intent: PaymentIntent) -> None:
    assert send(Notice({}, b" " * 70_000)) == 413


def test_a_reference_and_a_token_name_their_tenant(intent: PaymentIntent) -> None:
    with tenant_context(make_tenant("other").id):
        assert tenant_of_reference(new_reference(2**63 - 1, 2**63 - 1)) == 2**63 - 1
    assert tenant_of_reference(intent.reference) == intent.tenant_id
    assert tenant_of_token(intent.token) == intent.tenant_id
    assert len(new_reference(2**63 - 1, 2**63 - 1)) <= 32
    assert len(new_token(2**63 - 1)) <= 64
    assert len({new_token(1) for _ in range(100)}) == 100
    for other in ("", "Y_00000001", "Y1_1", "yk", f"{intent.reference} ", "Y" + "z" * 13 + "_1"):
        assert tenant_of_reference(other) is None


def test_whose_order_was_cancelled_meanwhile_is_told_at_the_cashier(intent: PaymentIntent) -> None:
    cancel_order(order_id=intent.order_id, reason="", by=SYSTEM)
    visitor().post(page(intent), {"act": "pay"})
    shown = visitor().get(page(intent)).content.decode()
    assert "The order is closed" in shown
    assert 'data-test="pay-now"' not in shown
    assert Payment.objects.count() == 0
