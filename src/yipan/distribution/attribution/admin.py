"""Attribution in the console: touches, bindings, decisions, coupons; all to be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.models import Binding, Coupon, Decision, Touch
from yipan.distribution.attribution.queries import reachable_distributors, with_distributor
from yipan.group.people.screens import ScopedAdmin


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
    list_filter = ("source", "touched_at", "channel")
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
    list_display = ("order_id", "sequence", "distributor", "source", "policy_version", "decided_at")
    list_filter = ("source", "decided_at")
    search_fields = ("=order_id", "=distributor_id")
    ordering = ("-id",)
    fields = (
        "order_id", "sequence", "line_ids", "distributor", "source", "touch_id", "binding_id",
        "policy_id", "policy_version", "why", "decided_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_distributor(super().get_queryset(request))

    @admin.display(description=_("distributor"))
    def distributor(self, row: Model) -> str:
        return str(getattr(row, "distributor_name", None) or _("nobody"))

    @admin.display(description=_("why"))
    def why(self, row: Decision) -> str:
        text = json.dumps(row.evidence, ensure_ascii=False, indent=2)
        return format_html("<pre>{}</pre>", text)
