"""Members in the console, to be looked up."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yipan.customers.members import queries
from yipan.customers.members.address_book import masked_addresses_of
from yipan.customers.members.models import Identity, Member
from yipan.customers.members.naming import opened_phone, stored_identity
from yipan.customers.members.rules import PHONE, masked_phone
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin
from yipan.kernel.errors import InvalidField


class IdentityInline(ReadOnlyInline):
    """The names of a member; that of a phone is a keyed hash and not shown."""

    model = Identity
    fields = ("scheme", "value", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.exclude(scheme=PHONE)


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    """Buyers known to the group."""

    permission = "members"
    organisation_lookup = "organisation_id"
    list_display = ("id", "name", "phone", "created_at")
    search_fields = ("name",)
    search_help_text = _("Name, phone number, or a channel's name for the buyer")
    ordering = ("-id",)
    fields = ("name", "phone", "addresses", "created_at")
    readonly_fields = ("phone", "addresses")
    inlines: ClassVar = [IdentityInline]

    def in_reach(self, rows: QuerySet[Any], paths: Any) -> QuerySet[Any]:
        return rows.filter(pk__in=queries.members_in(paths).values("pk"))

    @admin.display(description=_("phone"))
    def phone(self, obj: Member) -> str:
        return masked_phone(opened_phone(obj.phone_sealed, obj.pk))

    @admin.display(description=_("addresses"))
    def addresses(self, obj: Member) -> str:
        return "；".join(str(address) for address in masked_addresses_of(obj.pk)) or "–"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        named = Identity.objects.filter(value=term)
        with suppress(InvalidField):  # no phone number
            named |= Identity.objects.filter(value=stored_identity(PHONE, term)[1])
        return queryset.filter(Q(name__contains=term) | Q(pk__in=named.values("member"))), False
