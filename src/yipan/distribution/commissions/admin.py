"""Commission entries in the console, each with the sentence why it is what it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.exports import KIND, PERMISSION
from yipan.distribution.commissions.keys import accrual_key, reversal_key
from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind
from yipan.distribution.commissions.queries.filtering import (
    FILTERS,
    SPANS,
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
from yipan.group.people.columns import badge, pretty
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
from yipan.ledger.queries import with_moved

STANDINGS = {
    EntryStanding.PENDING: _("pending"),
    EntryStanding.DUE: _("due"),
    EntryStanding.HELD: _("held"),
    EntryStanding.RELEASED: _("released"),
}


def entry_badge(kind: str, label: object) -> SafeString:
    """Whether an entry was earned or taken back."""
    return badge(label, "bad" if kind == EntryKind.REVERSAL else "good")


_SUMS = "entries-total"
"""The element of the page that shows them."""


@admin.register(Entry)
class EntryAdmin(ListPage):
    """Commission earned and taken back, newest payment first (index: entry_newest).

    A reversal stands at the payment that it takes back from, above what was earned there.
    """

    permission = "commissions"
    organisation_lookup = "organisation_id"
    columns = (
        Column(_("paid at")), Column(_("order")), Column(_("product")), Column(_("distributor")),
        Column(_("amount"), "end"), Column(_("state")),
    )  # fmt: skip
    rows_template = "console/list/rows/entry.html"
    change_form_template = "console/entry.html"
    sums_template = "console/list/entries_total.html"
    lead = _("What each paid line earned whom, and what refunds took back. Nothing is ever edited.")
    empty_text = _("Entries appear once an order that a distributor led to is paid.")
    list_filter = (
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("paid", _("paid at"), "paid_at"),
        span_filter("booked", _("booked at"), "recorded_at"),
        text_filter("product", _("product"), by_product),
        text_filter("order", _("order number"), by_order),
        choice_filter("state", _("state"), STANDINGS.items, by_standing),
        choice_filter("kind", _("kind"), lambda: EntryKind.choices),
        choice_filter("role", _("role"), lambda: BeneficiaryRole.choices),
    )
    search_fields = ("line_id",)  # see get_search_results
    search_help_text = _("order number, or a distributor's code")
    ordering = ("-paid_at", "-id")
    sortable_by = ()
    fields = ("kind",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [self.route("export/", self.export, "export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file of what the list shows; it is done in the background."""
        paths = scope_of_request(request).paths(PERMISSION)
        kind = request.POST.get("format", "")
        if request.method != "POST" or not paths or kind not in KINDS:
            raise Http404
        names = (*FILTERS, *SPANS)
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
        """The sums of more than a list counts come by a request of their own, after the page."""
        is_long = getattr(changes.paginator, "is_capped", False)
        later = is_long and request.headers.get("HX-Target") != _SUMS
        return {
            "totals": None if later else totals_of(changes.queryset),
            "once": f"export-{next_id()}",
        }

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

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Why it is what it is, what took it back, how it was booked: three statements."""
        others = Entry.objects.filter(line_id=row.line_id, role=row.role).exclude(pk=row.pk)
        keys = [
            reversal_key(row.line_id, row.role, row.sequence)
            if row.sequence
            else accrual_key(row.line_id, row.role),
            f"release:{row.pk}",
            f"offset:{row.pk}",
        ]
        may_see_books = scope_of_request(request).holds("ledger.read")
        found = with_moved(Journal.objects.filter(key__in=keys)).order_by("occurred_at", "id")
        return {
            "why": entry_sentence(row, get_language() or "zh-hans"),
            "others": list(others.order_by("sequence")),
            "journals": list(found) if may_see_books else [],
            "explanation": pretty(row.explanation),
        }

    @admin.display(description=_("kind"))
    def kind_badge(self, entry: Entry) -> SafeString:
        """For other pages."""
        return entry_badge(entry.kind, entry.get_kind_display())
