"""Orders: the list, and one page with the whole chain from who led the buyer to who is paid."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.models import Entry
from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.group.people.columns import badge
from yipan.group.people.list_filters import (
    StoreFilter,
    choice_filter,
    span_filter,
    text_filter,
)
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import scope_of_request
from yipan.surfaces.console.chain import chain_of
from yipan.trade.orders.models import STATE_NAMES, Order, OrderLine
from yipan.trade.orders.rules import OrderState

admin.site.unregister(Order)


def by_distributor(word: str) -> Q:
    """Orders that earn a distributor something, or name the code (index: entry_of_distributor)."""
    wanted = Distributor.objects.filter(Q(code=word.upper()) | Q(name__contains=word))
    entries = Entry.objects.filter(distributor_id__in=wanted.values("id"))
    return Q(id__in=entries.values("order_id")) | Q(distributor_code=word.upper())


def by_product(word: str) -> Q:
    """Orders with an SKU, by its code as a whole or a part of its name."""
    skus = Sku.objects.filter(Q(code__iexact=word) | Q(name__icontains=word))
    return Q(id__in=OrderLine.objects.filter(sku__in=skus.values("id")).values("order_id"))


_LAST_CHARACTER: Final = "\U0010ffff"
_TONES: Final = {OrderState.CAPTURED.value: "wait", OrderState.COMPLETED.value: "good"}
_STATES: Final = [(state.value, name) for state, name in STATE_NAMES.items()]


@admin.register(Order)
class OrderChainAdmin(ListPage):
    """Purchases, newest first (index: order_newest)."""

    permission = "orders"
    change_form_template = "console/order.html"
    columns = (
        Column(_("placed at")), Column(_("order number")), Column(_("organisation")),
        Column(_("channel")), Column(_("distributor's code")), Column(_("net amount"), "end"),
        Column(_("state")), Column(_("paid at")),
    )  # fmt: skip
    rows_template = "console/list/rows/order.html"
    lead = _("Every order, with who led the buyer here, what it earns whom, and where that went.")
    empty_text = _("Orders come from the mall, from tills, over the API and from files.")
    list_filter = (
        choice_filter("state", _("state"), lambda: _STATES, tabs=True),
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("placed", _("placed at"), "placed_at"),
        text_filter("product", _("product"), by_product),
        text_filter("channel", _("channel"), lambda word: Q(channel=word)),
    )
    open_lookups = ("placed_at__",)
    list_select_related = ("organisation",)
    search_fields = ("number__startswith", "distributor_code__exact")
    search_help_text = _("order number from its beginning, or a distributor's code")
    date_hierarchy = "placed_at"
    ordering = ("-placed_at", "id")
    fields = ("number",)
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A range and a whole word only (indexes: order_number, order_of_code)."""
        word = search_term.strip()
        if not word:
            return queryset, False
        begins = Q(number__gte=word, number__lt=f"{word}{_LAST_CHARACTER}")
        return queryset.filter(begins | Q(distributor_code=word)), False

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        chain = chain_of(row, scope_of_request(request))
        return {"chain": chain, "order": row}

    @admin.display(description=_("state"))
    def state_badge(self, order: Order) -> SafeString:
        """For other pages."""
        return badge(order.get_state_display(), _TONES.get(order.state, ""))
