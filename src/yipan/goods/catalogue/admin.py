"""Goods in the console that are looked up; products have pages of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue import actions
from yipan.goods.catalogue.models import Category, Price, Product, Sku
from yipan.goods.catalogue.queries import terms_of
from yipan.group.organisations.queries import within
from yipan.group.people.screens import (
    ElsewhereAdmin,
    ReadOnlyInline,
    ScopedAdmin,
    actor_of,
    scope_of_request,
)
from yipan.kernel.money import yuan


class GoodsAdmin(ScopedAdmin):
    """Goods belong to the whole group."""

    permission = "catalogue"
    organisation_lookup = None


class PriceInline(ReadOnlyInline):
    """The dated prices of a SKU."""

    model = Price
    fields = ("kind", "amount_in_yuan", "organisation", "valid_from", "valid_until")
    readonly_fields = ("amount_in_yuan",)
    ordering = ("-valid_from",)

    @admin.display(description=_("amount"))
    def amount_in_yuan(self, obj: Price) -> str:
        return yuan(obj.amount)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(_in_sight(request)).select_related("organisation")


@admin.register(Category)
class CategoryAdmin(GoodsAdmin):
    """The category tree."""

    can_add = True
    can_change = True
    list_display = ("name", "code", "parent")
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    ordering = ("path",)
    fields = ("parent", "code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by = actor_of(request)
        if not change:
            made = actions.create_category(
                code=obj.code, name=obj.name, parent_id=obj.parent_id, by=by
            )
            obj.pk = made.pk
            return
        actions.rename_category(category_id=obj.pk, name=obj.name, by=by)
        actions.move_category(category_id=obj.pk, parent_id=obj.parent_id, by=by)


@admin.register(Product)
class ProductAdmin(ElsewhereAdmin):
    """What buyers see as one thing."""

    permission = "catalogue"
    list_page = "console-goods"
    row_page = "console-goods-one"


@admin.register(Sku)
class SkuAdmin(GoodsAdmin):
    """The units of sale."""

    list_display = ("name", "code", "product", "price", "units_sold", "oversell", "on_sale")
    list_select_related = ("product",)
    list_filter = ("on_sale", "oversell")
    search_fields = ("words",)
    search_help_text = _("Name, code, specification or tag, as buyers search")
    ordering = ("-created_at", "-id")
    fields = (
        "product", "code", "name", "features", "price", "units_sold", "oversell", "is_active",
        "on_sale", "created_at",
    )  # fmt: skip
    readonly_fields = fields
    inlines: ClassVar = [PriceInline]

    @admin.display(description=_("specification"))
    def features(self, obj: Sku) -> str:
        return ", ".join(f"{name}: {value}" for name, value in obj.specification.items())

    @admin.display(description=_("list price"), ordering="list_price")
    def price(self, obj: Sku) -> str:
        return yuan(obj.list_price)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        terms = terms_of(search_term)
        if terms.impossible:
            return queryset.none(), False
        for prefix in terms.prefixes:
            queryset = queryset.filter(words__contains=f" {prefix}")
        return queryset, False


@admin.register(Price)
class PriceAdmin(GoodsAdmin):
    """Prices, past and coming; one that holds everywhere is seen by all."""

    list_display = ("sku", "kind", "amount_in_yuan", "organisation", "valid_from", "valid_until")
    list_select_related = ("sku", "organisation")
    list_filter = ("kind",)
    search_fields = ("sku__code",)
    ordering = ("-valid_from", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(_in_sight(request))

    @admin.display(description=_("amount"), ordering="amount")
    def amount_in_yuan(self, obj: Price) -> str:
        return yuan(obj.amount)


def _in_sight(request: HttpRequest) -> Q:
    """Prices that hold everywhere or in the person's subtrees."""
    paths = scope_of_request(request).paths("catalogue.read")
    return Q(organisation=None) | within(paths, "organisation__path")
