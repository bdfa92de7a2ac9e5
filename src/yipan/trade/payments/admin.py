"""Payments in the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import within
from yipan.group.people.columns import link_to, money
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ScopedAdmin
from yipan.trade.orders.models import Order
from yipan.trade.payments.models import Payment


@admin.register(Payment)
class PaymentAdmin(ScopedAdmin):
    """Money received, newest first by their ids."""

    permission = "payments"
    list_display = ("reference", "order", "provider", "amount_money", "paid_at")
    list_display_links = ("reference",)
    list_filter = (OrganisationFilter,)
    search_fields = ("reference__exact",)
    search_help_text = _("the provider's transaction number, or an order number")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("order", "provider", "reference", "amount_money", "currency", "paid_at")
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(order_id__in=Order.objects.filter(within(paths)).values("id"))

    def paths_of(self, obj: Any) -> Sequence[str]:
        orders = Order.objects.filter(id=obj.order_id)
        return list(orders.values_list("organisation__path", flat=True))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        numbers = Order.objects.filter(id=OuterRef("order_id")).values("number")
        rows: QuerySet[Any] = super().get_queryset(request)
        numbered: QuerySet[Any] = rows.annotate(order_number=Subquery(numbers))
        return numbered

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, distinct = super().get_search_results(request, queryset, search_term)
        if search_term:
            orders = Order.objects.filter(number=search_term.strip())
            found |= queryset.filter(order_id__in=orders.values("id"))
        return found, distinct

    def row_title(self, payment: Payment) -> str:
        """For the head of its page."""
        return payment.reference or str(payment.pk)

    @admin.display(description=_("order"))
    def order(self, payment: Any) -> SafeString | str:
        return link_to(Order, payment.order_id, payment.order_number)

    @admin.display(description=_("amount"))
    def amount_money(self, payment: Payment) -> SafeString:
        return money(payment.amount)
