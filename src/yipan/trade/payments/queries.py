"""Reads of payments."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from yipan.trade.orders.models import Order
from yipan.trade.payments.models import Payment


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
