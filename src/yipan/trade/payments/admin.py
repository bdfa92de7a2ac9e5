"""Payments in the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.widgets import UnfoldBooleanSwitchWidget

from yipan.group.organisations.queries import within
from yipan.group.people.columns import badge, link_to, money
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ScopedAdmin, actor_of
from yipan.trade.orders.models import Order
from yipan.trade.payments.actions import retry_repayment
from yipan.trade.payments.models import (
    IntentState,
    Payment,
    PaymentIntent,
    Repayment,
    RepaymentState,
)

_STATE_TONES = {
    IntentState.CREATED: "wait",
    IntentState.PENDING: "wait",
    IntentState.PAID: "good",
    IntentState.FAILED: "bad",
}
_REPAYMENT_TONES = {
    RepaymentState.DUE: "wait",
    RepaymentState.UNKNOWN: "wait",
    RepaymentState.DONE: "good",
    RepaymentState.REFUSED: "bad",
}

if TYPE_CHECKING:
    _Form = forms.ModelForm[Repayment]
else:
    _Form = forms.ModelForm


class _OfOrder(ScopedAdmin):
    """Rows of an order, newest first by their ids."""

    permission = "payments"
    order_lookup: ClassVar[str] = "order_id"
    """Leads from a row to its order's id."""
    ordering = ("-id",)
    sortable_by = ()

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        orders = Order.objects.filter(within(paths)).values("id")
        return rows.filter(**{f"{self.order_lookup}__in": orders})

    def paths_of(self, obj: Any) -> Sequence[str]:
        orders = Order.objects.filter(id=self.order_id_of(obj))
        return list(orders.values_list("organisation__path", flat=True))

    def order_id_of(self, obj: Any) -> int:
        """The order of a row."""
        return int(obj.order_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        numbers = Order.objects.filter(id=OuterRef(self.order_lookup)).values("number")
        rows: QuerySet[Any] = super().get_queryset(request)
        numbered: QuerySet[Any] = rows.annotate(order_number=Subquery(numbers))
        return numbered

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, distinct = super().get_search_results(request, queryset, search_term)
        if search_term:
            orders = Order.objects.filter(number=search_term.strip()).values("id")
            found |= queryset.filter(**{f"{self.order_lookup}__in": orders})
        return found, distinct

    def row_title(self, row: Any) -> str:
        """For the head of its page."""
        return row.reference or str(row.pk)

    @admin.display(description=_("order"))
    def order(self, row: Any) -> SafeString | str:
        return link_to(Order, self.order_id_of(row), row.order_number)

    @admin.display(description=_("amount"))
    def amount_money(self, row: Any) -> SafeString:
        return money(row.amount)


@admin.register(Payment)
class PaymentAdmin(_OfOrder):
    """Money received."""

    list_display = ("reference", "order", "provider", "amount_money", "paid_at")
    list_display_links = ("reference",)
    list_filter = (OrganisationFilter,)
    search_fields = ("reference__exact",)
    search_help_text = _("the provider's transaction number, or an order number")
    fields = ("order", "provider", "reference", "amount_money", "currency", "paid_at")
    readonly_fields = fields


@admin.register(PaymentIntent)
class PaymentIntentAdmin(_OfOrder):
    """Attempts to pay, and what became of them."""

    list_display = (
        "reference", "order", "provider", "amount_money", "state_badge", "stray_badge",
        "created_at", "expires_at",
    )  # fmt: skip
    list_display_links = ("reference",)
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("is_stray", BooleanRadioFilter),
        OrganisationFilter,
    )
    search_fields = ("reference__exact", "provider_reference__exact")
    search_help_text = _("our number, the provider's, or the order's")
    fields = (
        "order", "provider", "amount_money", "currency", "state_badge", "stray_badge", "reference",
        "provider_reference", "subject", "merchant", "created_at", "expires_at", "asked_at",
        "paid_at", "settled_at", "reason",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("state"))
    def state_badge(self, intent: PaymentIntent) -> SafeString:
        tone = _STATE_TONES.get(IntentState(intent.state), "")
        return badge(intent.get_state_display(), tone)

    @admin.display(description=_("stray money"))
    def stray_badge(self, intent: PaymentIntent) -> SafeString | str:
        return badge(_("given back"), "bad") if intent.is_stray else "–"


class RetryForm(_Form):
    """Another try of what a provider refused."""

    retry = forms.BooleanField(
        label=_("Try again"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = Repayment
        fields: ClassVar[list[str]] = []


@admin.register(Repayment)
class RepaymentAdmin(_OfOrder):
    """Money that goes back through its provider; what was refused waits for people."""

    order_lookup = "intent__order_id"
    can_change = True
    form = RetryForm
    list_display = (
        "reference", "order", "amount_money", "state_badge", "attempts", "message", "created_at",
    )  # fmt: skip
    list_display_links = ("reference",)
    list_filter = (("state", ChoicesDropdownFilter), OrganisationFilter)
    list_select_related = ("intent",)
    search_fields = ("reference__exact",)
    search_help_text = _("our number, or the order's")
    readonly_fields = (
        "order", "provider", "amount_money", "reason", "state_badge", "reference", "attempts",
        "next_try_at", "message", "created_at", "ended_at",
    )  # fmt: skip

    def order_id_of(self, obj: Any) -> int:
        return int(obj.intent.order_id)

    def get_fields(self, request: HttpRequest, obj: Repayment | None = None) -> Any:
        may = self.has_change_permission(request, obj)
        return (*self.readonly_fields, *(("retry",) if may else ()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        waits = not isinstance(obj, Repayment) or obj.state == RepaymentState.REFUSED
        return waits and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action; `obj` itself is never written."""
        if form.cleaned_data["retry"]:
            retry_repayment(repayment_id=obj.id, by=actor_of(request))

    @admin.display(description=_("provider"))
    def provider(self, row: Repayment) -> str:
        return row.intent.provider

    @admin.display(description=_("state"))
    def state_badge(self, row: Repayment) -> SafeString:
        tone = _REPAYMENT_TONES.get(RepaymentState(row.state), "")
        return badge(row.get_state_display(), tone)
