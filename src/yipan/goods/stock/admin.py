"""Stock in the console, to be looked up."""

from __future__ import annotations

from django.contrib import admin

from yipan.goods.stock.models import Location, StockLevel
from yipan.group.people.screens import ScopedAdmin


@admin.register(Location)
class LocationAdmin(ScopedAdmin):
    """Places that hold stock."""

    permission = "stock"
    list_display = ("name", "code", "kind", "organisation", "is_default")
    list_select_related = ("organisation",)
    list_filter = ("kind",)
    search_fields = ("name", "code")
    ordering = ("code",)


@admin.register(StockLevel)
class StockLevelAdmin(ScopedAdmin):
    """How much there is, where."""

    permission = "stock"
    organisation_lookup = "location__organisation__path"
    list_page = "console-stock"
    list_display = ("sku", "location", "quantity", "oversell")
    list_select_related = ("sku", "location")
    list_filter = ("location",)
    search_fields = ("sku__code", "location__code")
    ordering = ("id",)
