"""Facts in the console: what reports are made of, row by row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from yipan.distribution.commissions.models import Entry
from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.queries import tree
from yipan.group.people.columns import link_to, money
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ScopedAdmin
from yipan.insight.facts.models import Fact
from yipan.trade.orders.models import Order


@admin.register(Fact)
class FactAdmin(ScopedAdmin):
    """Newest first by their ids."""

    permission = "facts"
    organisation_lookup = "organisation_id"
    list_display = (
        "at", "kind", "store", "distributor", "sku", "units", "net_money", "commission_money",
    )  # fmt: skip
    list_display_links = ("at",)
    list_filter = (("kind", ChoicesDropdownFilter), OrganisationFilter)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "kind", "at", "day", "store", "distributor", "role", "sku", "category_path", "channel",
        "price_kind", "campaign", "order", "entry", "count", "units", "list_money", "net_money",
        "commission_money", "tax_money",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        named: QuerySet[Any] = rows.annotate(
            order_number=_name(Order, "order_id", "number"),
            distributor_name=_name(Distributor, "distributor_id", "name"),
            sku_name=_name(Sku, "sku_id", "name"),
        )
        return named

    @admin.display(description=_("organisation"))
    def store(self, fact: Fact) -> str:
        node = tree().by_id.get(fact.organisation_id or 0)
        return node.name if node else "–"

    @admin.display(description=_("distributor"))
    def distributor(self, fact: Any) -> SafeString | str:
        return link_to(Distributor, fact.distributor_id, fact.distributor_name)

    @admin.display(description="SKU")
    def sku(self, fact: Any) -> SafeString | str:
        return link_to(Sku, fact.sku_id, fact.sku_name)

    @admin.display(description=_("order"))
    def order(self, fact: Any) -> SafeString | str:
        return link_to(Order, fact.order_id, fact.order_number)

    @admin.display(description=_("commission entry"))
    def entry(self, fact: Fact) -> SafeString | str:
        return link_to(Entry, fact.entry_id, fact.entry_id)

    @admin.display(description=_("list amount"))
    def list_money(self, fact: Fact) -> SafeString:
        return money(fact.list_amount)

    @admin.display(description=_("net amount"))
    def net_money(self, fact: Fact) -> SafeString:
        return money(fact.net_amount)

    @admin.display(description=_("commission"))
    def commission_money(self, fact: Fact) -> SafeString:
        return money(fact.commission)

    @admin.display(description=_("tax"))
    def tax_money(self, fact: Fact) -> SafeString:
        return money(fact.tax)


def _name(model: Any, column: str, field: str) -> Subquery:
    return Subquery(model.objects.filter(id=OuterRef(column)).values(field))
