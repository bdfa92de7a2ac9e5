"""The ledger: journals with their postings, accounts with their balances, the seals.

An account belongs to an organisation or to a distributor; it is seen where that one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import tree, within
from yipan.group.people.list_filters import (
    StoreFilter,
    choice_filter,
    span_filter,
    text_filter,
)
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import ScopedAdmin, scope_of_request
from yipan.kernel.text import whole
from yipan.ledger.models import Account, Balance, Journal, Posting, Seal
from yipan.ledger.queries import held_by, statement_of, totals_of, with_moved
from yipan.surfaces.console.journal_facts import facts_of
from yipan.surfaces.console.words import (
    ACCOUNT_NAMES,
    JOURNAL_NAMES,
    account_name,
    journal_name,
)


def owned_within(paths: Sequence[str], column: str) -> Q:
    """Whether an account's owner is an organisation of these subtrees, or a distributor there."""
    organisations = Organisation.objects.filter(within(paths, "path")).values("id")
    distributors = Distributor.objects.filter(within(paths)).values("id")
    return Q(**{f"{column}__in": organisations}) | Q(**{f"{column}__in": distributors})


def with_owner(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """The same rows with the owner's name, whichever it is."""
    organisation = Organisation.objects.filter(id=OuterRef(column)).values("name")
    distributor = Distributor.objects.filter(id=OuterRef(column)).values("name")
    named: QuerySet[Any] = rows.annotate(
        organisation_name=Subquery(organisation), distributor_name=Subquery(distributor)
    )
    return named


def by_distributor(word: str) -> Q:
    """Journals on accounts of a distributor, by the code as a whole or a part of the name."""
    owners = Distributor.objects.filter(Q(code=word.upper()) | Q(name__contains=word))
    mine = Posting.objects.filter(account__owner_id__in=owners.values("id"), journal=OuterRef("pk"))
    return Q(Exists(mine))


def by_owner(word: str) -> Q:
    """Accounts of a distributor or an organisation, by code, or of one by a part of the name."""
    distributors = Distributor.objects.filter(Q(code=word.upper()) | Q(name__contains=word))
    organisations = Organisation.objects.filter(Q(code=word) | Q(name__contains=word))
    return Q(owner_id__in=distributors.values("id")) | Q(owner_id__in=organisations.values("id"))


@admin.register(Journal)
class JournalAdmin(ListPage):
    """Movements of money, newest first (index: journal_newest)."""

    permission = "ledger"
    change_form_template = "console/ledger/journal.html"
    columns = (
        Column(_("occurred at")), Column(_("kind")), Column(_("booked for")),
        Column(_("distributor")), Column(_("moved"), "end"), Column(_("booked at")),
    )  # fmt: skip
    rows_template = "console/list/rows/journal.html"
    lead = _(
        "Every movement of commission money, with two sides that add up to zero. Nothing is ever "
        "edited; what was wrong is taken back by another journal."
    )
    empty_text = _("Journals appear once an order that earns commission is paid.")
    list_filter = (
        choice_filter("kind", _("kind"), JOURNAL_NAMES.items),
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("occurred", _("occurred at"), "occurred_at"),
        span_filter("booked", _("booked at"), "recorded_at"),
    )
    search_fields = ("key__exact",)
    search_help_text = _("the whole key of a journal, such as release:123")
    ordering = ("-recorded_at", "-id")
    sortable_by = ()
    fields = ("key",)
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        if tree().root.path in paths:
            return rows
        mine = Posting.objects.filter(
            owned_within(paths, "account__owner_id"), journal=OuterRef("pk")
        )
        return rows.filter(Exists(mine))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_moved(super().get_queryset(request))

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {"facts": facts_of(list(changes.result_list))}

    def row_title(self, journal: Journal) -> str:
        """For the head of its page."""
        return f"{journal_name(journal.kind)} · {journal.key}"

    def page_context(self, request: HttpRequest, row: Journal) -> dict[str, Any]:
        """Both sides, the fact behind it, and what takes it back."""
        sides = with_owner(row.postings.select_related("account"), "account__owner_id")
        return {
            "sides": list(sides.order_by("-amount", "id")),
            "fact": facts_of([row], batches=True).get(row.id),
            "undone": row.reverses,
            "undoing": list(row.reversals.order_by("id")),
        }


_STATEMENT: Final = 50
"""Postings on one page of an account's statement."""


@admin.register(Account)
class AccountAdmin(ListPage):
    """Who has or owes what, the most first, each with its statement."""

    permission = "ledger"
    change_form_template = "console/ledger/account.html"
    columns = (
        Column(_("ledger account")), Column(_("account holder")), Column(_("balance"), "end"),
        Column(_("opened at")),
    )  # fmt: skip
    rows_template = "console/list/rows/account.html"
    sums_template = "console/ledger/accounts_total.html"
    lead = _("What everybody has or owes by the ledger, with each posting behind it.")
    empty_text = _("Accounts are opened by the first journal that needs them.")
    list_filter = (
        choice_filter("kind", _("kind"), ACCOUNT_NAMES.items),
        StoreFilter,
        text_filter("owner", _("account holder"), by_owner),
    )
    search_fields = ("owner_id",)  # see get_search_results
    search_help_text = _("code of a distributor or an organisation")
    ordering = (F("kept").desc(nulls_last=True), "-id")
    sortable_by = ()
    fields = ("kind",)
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        if tree().root.path in paths:
            return rows
        return rows.filter(owned_within(paths, "owner_id"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kept = Balance.objects.filter(id=OuterRef("id")).values("amount")
        rows = with_owner(super().get_queryset(request), "owner_id")
        with_balance: QuerySet[Any] = rows.annotate(kept=Subquery(kept))
        return with_balance

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        word = search_term.strip()
        if not word:
            return queryset, False
        paths = scope_of_request(request).paths("ledger.read")
        distributors = Distributor.objects.filter(within(paths), code=word.upper())
        organisations = Organisation.objects.filter(within(paths, "path"), code=word)
        owners = Q(owner_id__in=distributors.values("id"))
        return queryset.filter(owners | Q(owner_id__in=organisations.values("id"))), False

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """What each account has, and what all that are chosen have together, kind by kind."""
        return {
            "held": held_by(list(changes.result_list)),
            "totals": totals_of(changes.queryset),
        }

    def row_title(self, account: Any) -> str:
        """For the head of its page."""
        owner = account.distributor_name or account.organisation_name or account.owner_id
        return f"{account_name(account.kind)} · {owner}"

    def page_context(self, request: HttpRequest, row: Account) -> dict[str, Any]:
        """Its balance, and a page of its statement with the balance after each posting."""
        page = whole(request.GET.get("p", "1")) or 1
        balance = held_by([row])[row.id]
        lines = statement_of(row, balance, start=(page - 1) * _STATEMENT, count=_STATEMENT + 1)
        shown = lines[:_STATEMENT]
        return {
            "balance": balance,
            "lines": shown,
            "facts": facts_of([line.posting.journal for line in shown]),
            "previous_page": str(page - 1) if page > 1 else "",
            "next_page": str(page + 1) if len(lines) > _STATEMENT else "",
            "is_first": page == 1,
        }


@admin.register(Seal)
class SealAdmin(ScopedAdmin):
    """The hash chain over all journals: an edit or a gap afterwards is found."""

    permission = "audit"
    organisation_lookup = None
    list_display = ("sequence", "journals", "sealed_at", "hash")
    list_display_links = ("sequence",)
    ordering = ("-sequence",)
    sortable_by = ()
    fields = ("sequence", "journals", "from_xact", "until_xact", "previous", "hash", "sealed_at")
    readonly_fields = fields

    def row_title(self, seal: Seal) -> str:
        """For the head of its page."""
        return f"#{seal.sequence}"
