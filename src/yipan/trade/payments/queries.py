"""Reads of payments."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise

from yipan.trade.orders.models import Order
from yipan.trade.payments.models import Payment, PaymentIntent
from yipan.trade.payments.providers.registry import providers


class ProviderCard(NamedTuple):
    """A way to pay, as buyers choose it."""

    code: str
    title: str | Promise
    icon: str


def offered_providers() -> list[ProviderCard]:
    """The ways to pay that there are at present."""
    return [
        ProviderCard(each.code, each.title, each.icon) for each in providers() if each.is_offered()
    ]


def payment_of(order_id: int) -> Payment | None:
    """How an order was paid, if it is (index: payment_of_order)."""
    found: Payment | None = Payment.objects.filter(order_id=order_id).first()
    return found


def intent_by_token(token: str) -> PaymentIntent | None:
    """The attempt behind a cashier's address (index: intent_token)."""
    found: PaymentIntent | None = PaymentIntent.objects.filter(token=token).first()
    return found


def payments(*, within: str, provider: str = "", reference: str = "") -> QuerySet[Payment]:
    """Payments of a subtree's orders (index: payment_reference), with `order_number`."""
    reach = Order.objects.filter(organisation__path__startswith=within)
    number = Subquery(Order.objects.filter(id=OuterRef("order_id")).values("number")[:1])
    found: QuerySet[Payment] = Payment.objects.filter(order_id__in=reach.values("id")).annotate(
        order_number=number
    )
    if provider:
        found = found.filter(provider=provider)
    if reference:
        found = found.filter(reference=reference)
    return found
