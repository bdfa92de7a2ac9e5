"""Attribution in the console: touches, bindings, decisions, coupons; all to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.models import Binding, Coupon, Decision, Touch
from yipan.distribution.attribution.queries import reachable_distributors, with_distributor
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.columns import link_to, pretty
from yipan.group.people.screens import ScopedAdmin
from yipan.trade.orders.models import Order


class _OfDistributors(ScopedAdmin):
    """Rows that are seen where their distributor is at home."""

    permission = "attribution"

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(distributor_id__in=reachable_distributors(paths))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_distributor(super().get_queryset(request))

    @admin.display(description=_("distributor"))
    def distributor(self, row: Model) -> str:
        return str(getattr(row, "distributor_name", None) or "—")


@admin.register(Touch)
class TouchAdmin(_OfDistributors):
    """Links opened, codes typed, coupons used."""

    list_display = (
        "touched_at", "source", "distributor", "member_id", "visitor", "channel", "campaign",
        "order_id",
    )  # fmt: skip
    list_filter = ("source", "touched_at")
    search_fields = ("=member_id", "=visitor", "=order_id", "=code")
    ordering = ("-id",)


@admin.register(Binding)
class BindingAdmin(_OfDistributors):
    """Who belonged to whom, and why it changed; the last row of a member counts."""

    list_display = (
        "member_id", "sequence", "kind", "distributor", "bound_at", "valid_until",
        "protected_until", "reason", "changed_by",
    )  # fmt: skip
    list_filter = ("kind", "bound_at")
    search_fields = ("=member_id", "=order_id", "=distributor_id")
    ordering = ("-id",)


@admin.register(Coupon)
class CouponAdmin(_OfDistributors):
    """Coupons that belong to distributors."""

    list_display = ("code", "distributor", "created_at", "created_by")
    search_fields = ("=code",)
    ordering = ("code",)


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
