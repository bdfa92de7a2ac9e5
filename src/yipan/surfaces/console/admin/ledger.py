"""The ledger: journals with their postings, accounts with their balances, the seals.

An account belongs to an organisation or to a distributor; it is seen where that one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import tree, within
from yipan.group.people.columns import link_to, money, when
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin, scope_of_request
from yipan.ledger.models import Account, Balance, Journal, Posting, Seal
from yipan.surfaces.console.words import (
    ACCOUNT_NAMES,
    JOURNAL_NAMES,
    account_name,
    journal_name,
)

LATEST: Final = 30
"""Postings shown on the page of an account."""


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


def owner_link(owner_id: int, organisation: str | None, distributor: str | None) -> Any:
    """A link to the owner of an account."""
    if distributor is not None:
        return link_to(Distributor, owner_id, distributor)
    return link_to(Organisation, owner_id, organisation or owner_id)


class _Kinds(DropdownFilter):
    title = _("kind")
    parameter_name = "kind"
    names: dict[str, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(name)) for kind, name in self.names.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class JournalKinds(_Kinds):
    """Journals of one kind."""

    names = dict(JOURNAL_NAMES)


class AccountKinds(_Kinds):
    """Accounts of one kind."""

    names = dict(ACCOUNT_NAMES)


class PostingInline(ReadOnlyInline):
    """The sides of a journal; their sum is zero."""

    model = Posting
    fields = ("account_shown", "owner", "debit_money", "credit_money")
    readonly_fields = fields
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("account")
        return with_owner(rows, "account__owner_id")

    @admin.display(description=_("account"))
    def account_shown(self, posting: Posting) -> SafeString | str:
        return link_to(Account, posting.account_id, account_name(posting.account.kind))

    @admin.display(description=_("owner"))
    def owner(self, posting: Any) -> Any:
        owner_id = posting.account.owner_id
        return owner_link(owner_id, posting.organisation_name, posting.distributor_name)

    @admin.display(description=_("debit"))
    def debit_money(self, posting: Posting) -> SafeString | str:
        return money(posting.amount) if posting.amount > 0 else ""

    @admin.display(description=_("credit"))
    def credit_money(self, posting: Posting) -> SafeString | str:
        return money(-posting.amount) if posting.amount < 0 else ""


@admin.register(Journal)
class JournalAdmin(ScopedAdmin):
    """Movements of money, newest first by their ids."""

    permission = "ledger"
    inlines = (PostingInline,)
    list_display = ("key", "named", "moved_money", "occurred_at", "recorded_at")
    list_display_links = ("key",)
    list_filter = (JournalKinds, OrganisationFilter)
    search_fields = ("key__exact",)
    search_help_text = _("the whole key of a journal, such as release:123")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("key", "named", "occurred_at", "recorded_at", "taken_back")
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        if tree().root.path in paths:
            return rows
        mine = Posting.objects.filter(
            owned_within(paths, "account__owner_id"), journal=OuterRef("pk")
        )
        return rows.filter(Exists(mine))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        debits = (
            Posting.objects.filter(journal=OuterRef("pk"), amount__gt=0)
            .order_by()
            .values("journal")
            .annotate(moved=Sum("amount"))
        )
        rows: QuerySet[Any] = super().get_queryset(request)
        moved: QuerySet[Any] = rows.annotate(moved=Subquery(debits.values("moved")))
        return moved

    def row_title(self, journal: Journal) -> str:
        """For the head of its page."""
        return journal.key

    @admin.display(description=_("kind"))
    def named(self, journal: Journal) -> str:
        return journal_name(journal.kind)

    @admin.display(description=_("moved"))
    def moved_money(self, journal: Any) -> SafeString:
        return money(journal.moved)

    @admin.display(description=_("takes back"))
    def taken_back(self, journal: Journal) -> SafeString | str:
        return link_to(Journal, journal.reverses_id, journal.reverses_id)


@admin.register(Account)
class AccountAdmin(ScopedAdmin):
    """Who has or owes what, and the latest postings behind it."""

    permission = "ledger"
    list_display = ("named", "owner", "currency", "balance_money", "opened_at")
    list_display_links = ("named",)
    list_filter = (AccountKinds, OrganisationFilter)
    search_fields = ("owner_id",)  # see get_search_results
    search_help_text = _("code of a distributor or an organisation")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("named", "owner", "currency", "balance_money", "opened_at", "latest")
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        if tree().root.path in paths:
            return rows
        return rows.filter(owned_within(paths, "owner_id"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        balance = Balance.objects.filter(id=OuterRef("id")).values("amount")
        rows = with_owner(super().get_queryset(request), "owner_id")
        with_balance: QuerySet[Any] = rows.annotate(balance=Subquery(balance))
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

    def row_title(self, account: Any) -> str:
        """For the head of its page."""
        owner = account.distributor_name or account.organisation_name or account.owner_id
        return f"{account_name(account.kind)} · {owner}"

    @admin.display(description=_("account"))
    def named(self, account: Account) -> str:
        return account_name(account.kind)

    @admin.display(description=_("owner"))
    def owner(self, account: Any) -> Any:
        return owner_link(account.owner_id, account.organisation_name, account.distributor_name)

    @admin.display(description=_("balance"))
    def balance_money(self, account: Any) -> SafeString:
        return money(account.balance)

    @admin.display(description=_("latest postings"))
    def latest(self, account: Account) -> SafeString:
        """Newest first (index: posting_of_account)."""
        found = Posting.objects.filter(account=account).select_related("journal")
        rows = [
            (
                when(posting.journal.occurred_at),
                link_to(Journal, posting.journal_id, journal_name(posting.journal.kind)),
                posting.journal.key,
                money(posting.amount),
            )
            for posting in found.order_by("-xact")[:LATEST]
        ]
        return format_html(
            '<table class="y-table"><tbody>{}</tbody></table>',
            format_html_join(
                "",
                "<tr><td>{}</td><td>{}</td>"
                '<td class="y-code">{}</td><td class="y-number">{}</td></tr>',
                rows,
            ),
        )


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
