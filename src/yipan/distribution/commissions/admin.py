"""Commission entries in the console, each with the sentence why it is what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from yipan.distribution.commissions.keys import accrual_key, reversal_key
from yipan.distribution.commissions.models import Entry, EntryKind, EntryState
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.pool.models import Offer
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.queries import tree
from yipan.group.people.columns import badge, link_to, money, pretty, when
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ScopedAdmin
from yipan.ledger.models import Journal
from yipan.trade.orders.models import Order


def entry_badge(kind: str, label: object) -> SafeString:
    """Whether an entry was earned or taken back."""
    return badge(label, "bad" if kind == EntryKind.REVERSAL else "good")


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    """Commission earned and taken back, newest first by their ids."""

    permission = "commissions"
    organisation_lookup = "organisation_id"
    list_display = (
        "paid_at", "order", "distributor", "role", "store", "kind_badge", "amount_money",
        "remaining_money", "state_badge",
    )  # fmt: skip
    list_filter = (("kind", ChoicesDropdownFilter), ("role", ChoicesDropdownFilter),
                   OrganisationFilter)  # fmt: skip
    search_fields = ("line_id",)  # see get_search_results
    search_help_text = _("order number, or a distributor's code")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "kind_badge", "order", "distributor", "role", "sequence", "store", "company", "sku",
        "offer", "amount_money", "remaining_money", "state_badge", "due_at", "released_at", "why",
        "reversed_entry", "journals", "paid_at", "recorded_at", "details",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        state = EntryState.objects.filter(id=OuterRef("id"))
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                order_number=_name(Order, "order_id", "number"),
                distributor_name=_name(Distributor, "distributor_id", "name"),
                sku_name=_name(Sku, "sku_id", "name"),
                due_at=Subquery(state.values("due_at")),
                released_at=Subquery(state.values("released_at")),
                remaining=Subquery(state.values("remaining")),
                held=Subquery(state.values("held")),
            )
        )
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Whole words only (indexes: entry_of_order, entry_of_distributor)."""
        word = search_term.strip()
        if not word:
            return queryset, False
        orders = Order.objects.filter(number=word).values("id")
        distributors = Distributor.objects.filter(code=word.upper()).values("id")
        wanted = Q(order_id__in=orders) | Q(distributor_id__in=distributors)
        return queryset.filter(wanted), False

    def row_title(self, entry: Any) -> str:
        """For the head of its page."""
        return f"{entry.order_number} · {entry.get_kind_display()}"

    @admin.display(description=_("order"))
    def order(self, entry: Any) -> SafeString | str:
        return link_to(Order, entry.order_id, entry.order_number)

    @admin.display(description=_("distributor"))
    def distributor(self, entry: Any) -> SafeString | str:
        return link_to(Distributor, entry.distributor_id, entry.distributor_name)

    @admin.display(description=_("organisation"))
    def store(self, entry: Entry) -> str:
        return tree().by_id[entry.organisation_id].name

    @admin.display(description=_("company that bears it"))
    def company(self, entry: Entry) -> str:
        return tree().by_id[entry.company_id].name

    @admin.display(description="SKU")
    def sku(self, entry: Any) -> SafeString | str:
        return link_to(Sku, entry.sku_id, entry.sku_name)

    @admin.display(description=_("offer"))
    def offer(self, entry: Entry) -> SafeString | str:
        return link_to(Offer, entry.offer_id, entry.offer_id)

    @admin.display(description=_("kind"))
    def kind_badge(self, entry: Entry) -> SafeString:
        return entry_badge(entry.kind, entry.get_kind_display())

    @admin.display(description=_("amount"))
    def amount_money(self, entry: Entry) -> SafeString:
        return money(entry.amount)

    @admin.display(description=_("left after reversals"))
    def remaining_money(self, entry: Any) -> SafeString:
        return money(entry.remaining)

    @admin.display(description=_("state"))
    def state_badge(self, entry: Any) -> SafeString | str:
        if entry.remaining is None:
            return "–"
        if entry.released_at:
            return badge(_("released"), "good")
        return badge(_("held"), "bad") if entry.held else badge(_("pending"), "wait")

    @admin.display(description=_("due at"))
    def due_at(self, entry: Any) -> str:
        return when(entry.due_at)

    @admin.display(description=_("released at"))
    def released_at(self, entry: Any) -> str:
        return when(entry.released_at)

    @admin.display(description=_("why"))
    def why(self, entry: Entry) -> str:
        return entry_sentence(entry, get_language() or "zh-hans")

    @admin.display(description=_("takes back"))
    def reversed_entry(self, entry: Entry) -> SafeString | str:
        return link_to(Entry, entry.reverses_id, entry.reverses_id)

    @admin.display(description=_("journals"))
    def journals(self, entry: Entry) -> SafeString | str:
        key = (
            reversal_key(entry.line_id, entry.role, entry.sequence)
            if entry.sequence
            else accrual_key(entry.line_id, entry.role)
        )
        found = Journal.objects.filter(key=key).values_list("id", "key")
        links = [(link_to(Journal, id_, name),) for id_, name in found]
        return format_html_join(", ", "{}", links) or "–"

    @admin.display(description=_("explanation"))
    def details(self, entry: Entry) -> SafeString:
        return pretty(entry.explanation)


def _name(model: Any, column: str, field: str) -> Subquery:
    return Subquery(model.objects.filter(id=OuterRef(column)).values(field))
