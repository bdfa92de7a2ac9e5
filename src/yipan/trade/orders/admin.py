"""Orders, refunds and refund requests in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from yipan.group.people.columns import badge, link_to, money
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin, actor_of
from yipan.trade.orders.actions import close_refund_request
from yipan.trade.orders.models import Order, OrderLine, Refund, RefundRequest, RequestState
from yipan.trade.orders.rules import OrderState

_TONES = {OrderState.CAPTURED.value: "wait", OrderState.COMPLETED.value: "good"}
_REQUEST_TONES = {
    RequestState.OPEN.value: "wait",
    RequestState.GRANTED.value: "good",
    RequestState.REFUSED.value: "bad",
}

if TYPE_CHECKING:
    _Form = forms.ModelForm[RefundRequest]
else:
    _Form = forms.ModelForm


class LineInline(ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = (
        "line_no", "sku", "quantity", "price_money", "price_kind", "discount_money", "net_money",
        "refunded_money", "completed_at",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("line_no",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lines: QuerySet[Any] = super().get_queryset(request)
        return lines.select_related("sku")

    @admin.display(description=_("unit price"))
    def price_money(self, line: OrderLine) -> SafeString:
        return money(line.unit_price)

    @admin.display(description=_("discount"))
    def discount_money(self, line: OrderLine) -> SafeString:
        return money(line.discount_amount)

    @admin.display(description=_("paid for it"))
    def net_money(self, line: OrderLine) -> SafeString:
        return money(line.net_amount)

    @admin.display(description=_("refunded"))
    def refunded_money(self, line: OrderLine) -> SafeString:
        return money(line.refunded_amount)


@admin.register(Order)
class OrderAdmin(ScopedAdmin):
    """Purchases, newest first (index: order_newest)."""

    permission = "orders"
    inlines: ClassVar[tuple[type[LineInline], ...]] = (LineInline,)
    list_display = (
        "number", "store", "channel", "state_badge", "net_money", "distributor_code", "placed_at",
        "paid_at",
    )  # fmt: skip
    list_display_links = ("number",)
    list_filter = (("state", ChoicesDropdownFilter), OrganisationFilter)
    list_select_related = ("organisation",)
    search_fields = ("number__startswith", "distributor_code__exact")
    search_help_text = _("order number from its beginning, or a distributor's code")
    date_hierarchy = "placed_at"
    ordering = ("-placed_at", "id")
    sortable_by = ("placed_at",)
    fields = (
        "number", "channel", "organisation", "state_badge", "goods_money", "discount_money",
        "freight_money", "net_money", "distributor_code", "coupon_code", "campaign", "placed_at",
        "paid_at", "completed_at", "cancelled_at", "recorded_at", "recorded_by",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("organisation"))
    def store(self, order: Order) -> str:
        return order.organisation.name

    @admin.display(description=_("state"))
    def state_badge(self, order: Order) -> SafeString:
        return badge(order.get_state_display(), _TONES.get(order.state, ""))

    @admin.display(description=_("goods"))
    def goods_money(self, order: Order) -> SafeString:
        return money(order.goods_amount)

    @admin.display(description=_("order discount"))
    def discount_money(self, order: Order) -> SafeString:
        return money(order.discount_amount)

    @admin.display(description=_("freight"))
    def freight_money(self, order: Order) -> SafeString:
        return money(order.freight_amount)

    @admin.display(description=_("net amount"))
    def net_money(self, order: Order) -> SafeString:
        return money(order.net_amount)


class _OfLine(ScopedAdmin):
    """Rows of an order line, newest first by their ids."""

    permission = "orders"
    organisation_lookup = "line__order__organisation__path"
    list_select_related = ("line__order__organisation", "line__sku")
    search_fields: ClassVar[tuple[str, ...]] = ("line__order__number__exact",)
    search_help_text = _("order number")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=_("order"))
    def order(self, row: Refund | RefundRequest) -> SafeString | str:
        return link_to(Order, row.line.order_id, row.line.order.number)

    @admin.display(description=_("organisation"))
    def store(self, row: Refund | RefundRequest) -> str:
        return row.line.order.organisation.name

    @admin.display(description="SKU")
    def sku(self, row: Refund | RefundRequest) -> str:
        return row.line.sku.name

    @admin.display(description=_("amount"))
    def amount_money(self, row: Refund | RefundRequest) -> SafeString:
        return money(row.amount)


@admin.register(Refund)
class RefundAdmin(_OfLine):
    """Money given back."""

    search_fields = ("number__exact", "line__order__number__exact")
    search_help_text = _("number of the refund or of the order")
    list_display = (
        "number", "order", "store", "sku", "quantity", "amount_money", "restocked", "refunded_at",
    )  # fmt: skip
    list_display_links = ("number",)
    list_filter = (OrganisationFilter, "restocked")
    fields = (
        "number", "order", "store", "sku", "sequence", "quantity", "amount_money", "restocked",
        "reason", "refunded_at", "recorded_at", "recorded_by",
    )  # fmt: skip
    readonly_fields = fields

    def row_title(self, refund: Refund) -> str:
        """For the head of its page."""
        return refund.number


class AnswerForm(_Form):
    """How a refund request is answered; giving money back asks for a second yes."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("refund request", "Decision"),
        choices=[
            ("", "—"),
            (RequestState.GRANTED.value, _("Grant: give the money back")),
            (RequestState.REFUSED.value, _("Refuse")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    told = forms.CharField(
        label=_("What the buyer is told"),
        help_text=_("Needed where you refuse"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    restock = forms.BooleanField(
        label=_("The goods go back into stock"),
        initial=True,
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    is_sure = forms.BooleanField(
        label=_("Yes, the money shall be given back; this cannot be undone"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    class Meta:
        model = RefundRequest
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        """A refusal says why; a grant is confirmed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        decision = given.get("decision")
        if decision == RequestState.REFUSED and not given.get("told", "").strip():
            self.add_error("told", _("Tell the buyer why."))
        if decision == RequestState.GRANTED and not given.get("is_sure"):
            self.add_error("is_sure", _("Confirm that the money shall be given back."))
        return given


@admin.register(RefundRequest)
class RefundRequestAdmin(_OfLine):
    """What buyers ask to get back; while one is open the commission of its line is held."""

    can_change = True
    form = AnswerForm
    list_display = (
        "opened_at", "order", "store", "sku", "quantity", "amount_money", "state_badge",
        "closed_at",
    )  # fmt: skip
    list_display_links = ("opened_at",)
    list_filter = (("state", ChoicesDropdownFilter), OrganisationFilter)
    readonly_fields = (
        "order", "store", "sku", "bought", "paid_money", "refunded_money", "quantity",
        "amount_money", "state_badge", "reason", "opened_at", "closed_at", "closed_by", "answer",
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: RefundRequest | None = None) -> Any:
        answer = ("decision", "told", "restock", "is_sure")
        may = self.has_change_permission(request, obj)
        return (*self.readonly_fields, *(answer if may else ()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_closed = isinstance(obj, RefundRequest) and obj.state != RequestState.OPEN
        return not is_closed and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action of the decision; `obj` itself is never written."""
        given = form.cleaned_data
        if given["decision"]:
            close_refund_request(
                request_id=obj.id,
                outcome=given["decision"],
                by=actor_of(request),
                restock=given["restock"],
                answer=given["told"],
            )

    def row_title(self, request: RefundRequest) -> str:
        """For the head of its page."""
        return f"{request.line.order.number} / {request.line.line_no}"

    @admin.display(description=_("state"))
    def state_badge(self, request: RefundRequest) -> SafeString:
        return badge(request.get_state_display(), _REQUEST_TONES.get(request.state, ""))

    @admin.display(description=_("units bought"))
    def bought(self, request: RefundRequest) -> int:
        return request.line.quantity

    @admin.display(description=_("paid for it"))
    def paid_money(self, request: RefundRequest) -> SafeString:
        return money(request.line.net_amount)

    @admin.display(description=_("refunded"))
    def refunded_money(self, request: RefundRequest) -> SafeString:
        return money(request.line.refunded_amount)
