"""Settlement in the console: what is due, what is held and why, batches."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.columns import badge, link_to, money
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel import clock
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import Standing, standing_of, with_distributor_code

_BADGES = {
    Standing.UNDATED: (_("no due date yet"), ""),
    Standing.HELD: (_("held: a refund request is open"), "bad"),
    Standing.WAITING: (_("waiting for its due date"), "wait"),
    Standing.DUE: (_("due"), "wait"),
    Standing.RELEASED: (_("released"), "good"),
}


@admin.register(EntryState)
class EntryStateAdmin(ScopedAdmin):
    """Where every accrual stands on its way to being available."""

    permission = "settlement"
    organisation_lookup = "organisation_id"
    list_display = ("id", "distributor", "amount", "state_badge", "due_at", "released_at")
    list_filter = ("held", "due_at", "released_at")
    search_fields = ("=line_id", "=distributor_id")
    ordering = ("-due_at",)
    fields = ("entry", "distributor", "amount", "state_badge", "due_at", "hold_days", "released_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_distributor_code(super().get_queryset(request))

    @admin.display(description=_("distributor"))
    def distributor(self, state: EntryState) -> SafeString | str:
        code = getattr(state, "distributor_code", state.distributor_id)
        return link_to(Distributor, state.distributor_id, code)

    @admin.display(description=_("amount"), ordering="remaining")
    def amount(self, state: EntryState) -> SafeString:
        return money(state.remaining)

    @admin.display(description=_("state"))
    def state_badge(self, state: EntryState) -> SafeString:
        return badge(*_BADGES[standing_of(state, clock.now())])

    @admin.display(description=_("commission entry"))
    def entry(self, state: EntryState) -> SafeString | str:
        return link_to(Entry, state.id, state.id)


@admin.register(ReleaseBatch)
class ReleaseBatchAdmin(ScopedAdmin):
    """Chunks of the release job."""

    permission = "settlement"
    organisation_lookup = None
    list_display = ("released_at", "entries", "moved", "offset")
    list_filter = ("released_at",)
    ordering = ("-released_at",)

    @admin.display(description=_("released"), ordering="amount")
    def moved(self, batch: ReleaseBatch) -> SafeString:
        return money(batch.amount)

    @admin.display(description=_("taken for claw-back"), ordering="offset_amount")
    def offset(self, batch: ReleaseBatch) -> SafeString:
        return money(batch.offset_amount)
