"""Orders waiting for their payment, and what providers say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from django.http import HttpResponse
from django.test import override_settings

from tests.customers.members.builders import make_member
from tests.trade.orders.builders import Shop
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.trade.orders.actions import cancel_order
from yipan.trade.orders.models import Order
from yipan.trade.payments.actions import open_intent, settle
from yipan.trade.payments.models import PaymentIntent
from yipan.trade.payments.providers.registry import (
    Begun,
    Charge,
    Notice,
    Outcome,
    Payer,
    Repaid,
    RepaidState,
    Repaying,
    Settled,
)

_numbers = count(1)


def unpaid_order(
    shop: Shop, *, quantity: int = 1, member_id: int | None = None, lines: int = 1
) -> Order:
    """An order of the mall that nobody has paid yet; 100 yuan a unit and 8 yuan freight."""
    member_id = member_id or make_member().id
    request = shop.request(
        [shop.line("FIXED", quantity)] * lines,
        channel="mall",
        placed_at=clock.now(),
        paid_at=None,
        member_id=member_id,
        freight=800,
    )
    (captured,) = shop.capture(request)
    assert captured.order_id is not None, captured.error
    order: Order = Order.objects.get(id=captured.order_id)
    return order


def intent_of(order: Order, provider: str = "sandbox") -> PaymentIntent:
    """An attempt to pay it."""
    return open_intent(
        order_id=order.id,
        number=order.number,
        organisation_id=order.organisation_id,
        amount=order.net_amount + order.freight_amount,
        currency=order.currency,
        placed_at=order.placed_at,
        provider=provider,
        return_url="/m/acme/orders/",
    )


def paid_word(
    intent: PaymentIntent,
    *,
    amount: int | None = None,
    transaction: str = "",
    paid_at: datetime | None = None,
    currency: str = "CNY",
) -> Settled:
    """A provider says that an intent was paid."""
    return Settled(
        reference=intent.reference,
        outcome=Outcome.PAID,
        amount=intent.amount if amount is None else amount,
        currency=currency,
        provider_reference=transaction or f"T{next(_numbers)}",
        paid_at=paid_at,
    )


@dataclass
class FakeProvider:
    """A provider that says what it is told to say."""

    code: str = "fake"
    title: str = "Fake"
    icon: str = "wallet"
    says: dict[str, Settled] = field(default_factory=dict)
    """By reference."""
    is_down: bool = False
    repaid: list[Repaying] = field(default_factory=list)
    repaying: Repaid = field(default_factory=lambda: Repaid(RepaidState.DONE))
    closed: list[str] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    """Whom it was told of."""

    def is_offered(self) -> bool:
        return True

    def begin(self, charge: Charge, payer: Payer) -> Begun:
        self._check()
        self.payers.append(payer)
        return Begun(url=f"https://pay.example/{charge.reference}")

    def verify(self, notice: Notice) -> Settled | None:
        """Genuine, whatever it is, and about no payment."""
        return None

    def answer(self, *, heard: bool) -> HttpResponse:
        return HttpResponse("success" if heard else "fail")

    def query(self, charge: Charge) -> Settled:
        self._check()
        return self.says.get(charge.reference, Settled(charge.reference, Outcome.PENDING))

    def close(self, charge: Charge) -> None:
        self._check()
        self.closed.append(charge.reference)

    def refund(self, repaying: Repaying) -> Repaid:
        self.repaid.append(repaying)
        self._check()
        return self.repaying

    def _check(self) -> None:
        if self.is_down:
            raise TimeoutError


def stray_payment(shop: Shop) -> PaymentIntent:
    """Money that came for a cancelled order, and is to be given back."""
    order = unpaid_order(shop)
    with override_settings(YIPAN_SANDBOX_PAYMENTS=True):
        intent = intent_of(order)
    cancel_order(order_id=order.id, reason="", by=SYSTEM)
    settle(provider="sandbox", settled=paid_word(intent))
    intent.refresh_from_db()
    return intent
