"""Commission entries in the console, each with the sentence why it is what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.exports import KIND, PERMISSION
from yipan.distribution.commissions.keys import accrual_key, reversal_key
from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind
from yipan.distribution.commissions.queries.filtering import (
    FILTERS,
    EntryStanding,
    by_distributor,
    by_order,
    by_product,
    by_standing,
    by_word,
    totals_of,
    with_names,
)
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.pool.models import Offer
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.queries import tree
from yipan.group.people.columns import badge, link_to, money, pretty, when
from yipan.group.people.list_filters import (
    StoreFilter,
    choice_filter,
    span_filter,
    text_filter,
)
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.kernel import long_work
from yipan.kernel.ids import next_id
from yipan.kernel.sheets import KINDS
from yipan.ledger.models import Journal
from yipan.trade.orders.models import Order

STANDINGS = {
    EntryStanding.PENDING: _("pending"),
    EntryStanding.DUE: _("due"),
    EntryStanding.HELD: _("held"),
    EntryStanding.RELEASED: _("released"),
}


def entry_badge(kind: str, label: object) -> SafeString:
    """Whether an entry was earned or taken back."""
    return badge(label, "bad" if kind == EntryKind.REVERSAL else "good")


@admin.register(Entry)
class EntryAdmin(ListPage):
    """Commission earned and taken back, newest first by their ids."""

    permission = "commissions"
    organisation_lookup = "organisation_id"
    columns = (
        Column(_("paid at")), Column(_("order")), Column(_("product")), Column(_("distributor")),
        Column(_("kind")), Column(_("amount"), "end"), Column(_("state")),
    )  # fmt: skip
    rows_template = "console/list/rows/entry.html"
    sums_template = "console/list/entries_total.html"
    lead = _("What each paid line earned whom, and what refunds took back. Nothing is ever edited.")
    empty_text = _("Entries appear once an order that a distributor led to is paid.")
    list_filter = (
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("paid", _("paid at"), "paid_at"),
        text_filter("product", _("product"), by_product),
        text_filter("order", _("order number"), by_order),
        choice_filter("state", _("state"), STANDINGS.items, by_standing),
        choice_filter("kind", _("kind"), lambda: EntryKind.choices),
        choice_filter("role", _("role"), lambda: BeneficiaryRole.choices),
    )
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

    def get_urls(self) -> list[URLPattern]:
        export = path(
            "export/", self.admin_site.admin_view(self.export), name="commissions_entry_export"
        )
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file of what the list shows; it is done in the background."""
        paths = scope_of_request(request).paths(PERMISSION)
        kind = request.POST.get("format", "")
        if request.method != "POST" or not paths or kind not in KINDS:
            raise Http404
        names = (*FILTERS, "paid_from", "paid_to")
        given = {name: request.GET[name] for name in names if request.GET.get(name)}
        work = long_work.ask(
            KIND,
            title=_now("Export of commission entries ({format})").format(format=kind),
            by=actor_of(request),
            arguments={"paths": list(paths), "filters": given, "format": kind},
            once=f"{request.POST.get('once', '')}-{kind}",
        )
        return redirect("console-work-one", work.id)

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {"totals": totals_of(changes.queryset), "once": f"export-{next_id()}"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_names(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Whole words only (indexes: entry_of_order, entry_of_distributor)."""
        word = search_term.strip()
        return (queryset.filter(by_word(word)) if word else queryset), False

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
