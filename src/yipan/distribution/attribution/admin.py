"""Attribution in the console: touches, bindings, decisions, coupons; all to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.customers.members.models import Member
from yipan.distribution.attribution.models import (
    Binding,
    BindingKind,
    Coupon,
    Decision,
    Source,
    Touch,
)
from yipan.distribution.attribution.queries import reachable_distributors, with_distributor
from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.group.people.columns import link_to, pretty
from yipan.group.people.list_filters import choice_filter, span_filter, text_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import ScopedAdmin
from yipan.trade.orders.models import Order


def by_distributor(word: str) -> Q:
    """A code as a whole, or a part of a name."""
    wanted = Q(code=word.upper()) | Q(name__contains=word)
    return Q(distributor_id__in=Distributor.objects.filter(wanted).values("id"))


def by_order(word: str) -> Q:
    """An order's whole number."""
    return Q(order_id__in=Order.objects.filter(number=word).values("id"))


class _OfDistributors(ListPage):
    """Rows that are seen where their distributor is at home, with the names of all they name."""

    permission = "attribution"
    change_form_template = "console/attribution/row.html"

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(distributor_id__in=reachable_distributors(paths))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = with_distributor(super().get_queryset(request))
        names = {field.name for field in self.model._meta.concrete_fields}
        wanted = {
            "member_id": ("member_name", Member, "name"),
            "order_id": ("order_number", Order, "number"),
            "sku_id": ("sku_name", Sku, "name"),
        }
        named: QuerySet[Any] = rows.annotate(
            **{
                shown: Subquery(_rows(model, column).values(field))
                for column, (shown, model, field) in wanted.items()
                if column in names
            }
        )
        return named

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Every column of a row in words; what it names as links."""
        hidden = {"id", "tenant_id", "distributor_id", "member_id", "order_id", "sku_id"}
        facts = []
        for field in self.model._meta.concrete_fields:
            shown = getattr(row, f"get_{field.name}_display", None)
            value = shown() if shown else getattr(row, field.name)
            if field.name not in hidden and value not in {None, ""}:
                facts.append((field.verbose_name, value))
        return {"facts": facts}

    @admin.display(description=_("distributor"))
    def distributor(self, row: Model) -> str:
        return str(getattr(row, "distributor_name", None) or "—")


def _rows(model: type[Model], column: str) -> QuerySet[Any]:
    found: QuerySet[Any] = model._default_manager.filter(pk=OuterRef(column))
    return found


@admin.register(Touch)
class TouchAdmin(_OfDistributors):
    """Links opened, codes typed, coupons used."""

    columns = (
        Column(_("time")), Column(_("touch")), Column(_("distributor")), Column(_("buyer")),
        Column(_("product")), Column(_("channel")), Column(_("order")),
    )  # fmt: skip
    rows_template = "console/list/rows/touch.html"
    lead = _("Who led which buyer here, by what, and when: the evidence of every decision.")
    empty_text = _("Touches appear once somebody opens a share link or scans a code.")
    list_filter = (
        choice_filter("source", _("touch"), lambda: Source.choices, tabs=True),
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("touched", _("time"), "touched_at"),
        text_filter("order", _("order number"), by_order),
    )
    search_fields = ("=visitor", "=code")
    search_help_text = _("a visitor, or a code as a whole")
    ordering = ("-id",)
    fields = ("touched_at",)
    readonly_fields = fields

    def row_title(self, row: Touch) -> str:
        """For the head of its page."""
        return f"{row.get_source_display()} · {row.distributor_name}"  # type: ignore[attr-defined]


@admin.register(Binding)
class BindingAdmin(_OfDistributors):
    """Who belonged to whom, and why it changed; the last row of a member counts."""

    columns = (
        Column(_("bound at")), Column(_("buyer")), Column(_("change")), Column(_("distributor")),
        Column(_("valid until")), Column(_("protected until")), Column(_("reason")),
        Column(_("by")),
    )  # fmt: skip
    rows_template = "console/list/rows/binding.html"
    lead = _("Which distributor a customer belongs to since when; the last row of each counts.")
    empty_text = _("A customer is bound by a first purchase or touch, as the policy says.")
    list_filter = (
        choice_filter("kind", _("change"), lambda: BindingKind.choices, tabs=True),
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("bound", _("bound at"), "bound_at"),
    )
    search_fields = ("=member_id",)
    search_help_text = _("number of a member")
    ordering = ("-id",)
    fields = ("bound_at",)
    readonly_fields = fields

    def row_title(self, row: Binding) -> str:
        """For the head of its page."""
        who = getattr(row, "member_name", "") or _now("a member without a name")
        return f"{row.get_kind_display()} · {who}"


@admin.register(Coupon)
class CouponAdmin(_OfDistributors):
    """Coupons that belong to distributors."""

    columns = (
        Column(_("code")), Column(_("distributor")), Column(_("created at")), Column(_("by")),
    )  # fmt: skip
    rows_template = "console/list/rows/coupon.html"
    lead = _("Who uses one of these in an order is credited to its distributor.")
    empty_text = _("Coupons are registered over the open API.")
    list_filter = (text_filter("distributor", _("distributor"), by_distributor),)
    search_fields = ("=code",)
    search_help_text = _("a code as a whole")
    ordering = ("code",)
    fields = ("code",)
    readonly_fields = fields

    def row_title(self, row: Coupon) -> str:
        """For the head of its page."""
        return row.code


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    """Who is credited with what, by which rule, and why nobody else is."""

    permission = "attribution"
    organisation_lookup = "organisation_id"
    list_display = ("order", "sequence", "distributor", "source", "policy_version", "decided_at")
    list_filter = ("source", "decided_at")
    search_fields = ("order_id",)  # see get_search_results
    search_help_text = _("order number, or a distributor's code")
    ordering = ("-id",)
    fields = (
        "order", "sequence", "line_ids", "distributor", "source", "touch_id", "binding_id",
        "policy_id", "policy_version", "why", "decided_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        numbers = Order.objects.filter(id=OuterRef("order_id")).values("number")
        rows = with_distributor(super().get_queryset(request))
        numbered: QuerySet[Any] = rows.annotate(order_number=Subquery(numbers))
        return numbered

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By order number or a distributor's code, as a whole."""
        word = search_term.strip()
        if not word:
            return queryset, False
        orders = Order.objects.filter(number=word).values("id")
        distributors = Distributor.objects.filter(code=word.upper()).values("id")
        wanted = Q(order_id__in=orders) | Q(distributor_id__in=distributors)
        return queryset.filter(wanted), False

    def row_title(self, row: Any) -> str:
        """For the head of its page."""
        return str(row.order_number)

    @admin.display(description=_("order"))
    def order(self, row: Any) -> str:
        return link_to(Order, row.order_id, row.order_number)

    @admin.display(description=_("distributor"))
    def distributor(self, row: Model) -> str:
        return str(getattr(row, "distributor_name", None) or _("nobody"))

    @admin.display(description=_("why"))
    def why(self, row: Decision) -> str:
        return pretty(row.evidence)
