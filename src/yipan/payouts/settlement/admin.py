"""Settlement in the console: what is due, what is held and why, batches."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.models import EntryState
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel import clock
from yipan.kernel.money import yuan
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import Standing, standing_of, with_distributor_code

_TITLES = {
    Standing.UNDATED: _("no due date yet"),
    Standing.HELD: _("held: a refund request is open"),
    Standing.WAITING: _("waiting for its due date"),
    Standing.DUE: _("due"),
    Standing.RELEASED: _("released"),
}


@admin.register(EntryState)
class EntryStateAdmin(ScopedAdmin):
    """Where every accrual stands on its way to being available."""

    permission = "settlement"
    organisation_lookup = "organisation_id"
    list_display = ("id", "distributor", "amount", "standing", "due_at", "released_at")
    list_filter = ("held", "due_at", "released_at")
    search_fields = ("=line_id", "=distributor_id")
    ordering = ("-due_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_distributor_code(super().get_queryset(request))

    @admin.display(description=_("distributor"))
    def distributor(self, state: EntryState) -> str:
        return str(getattr(state, "distributor_code", state.distributor_id))

    @admin.display(description=_("amount"), ordering="remaining")
    def amount(self, state: EntryState) -> str:
        return yuan(state.remaining)

    @admin.display(description=_("state"))
    def standing(self, state: EntryState) -> str:
        return str(_TITLES[standing_of(state, clock.now())])


@admin.register(ReleaseBatch)
class ReleaseBatchAdmin(ScopedAdmin):
    """Chunks of the release job."""

    permission = "settlement"
    organisation_lookup = None
    list_display = ("released_at", "entries", "moved", "offset")
    list_filter = ("released_at",)
    ordering = ("-released_at",)

    @admin.display(description=_("released"), ordering="amount")
    def moved(self, batch: ReleaseBatch) -> str:
        return yuan(batch.amount)

    @admin.display(description=_("taken for claw-back"), ordering="offset_amount")
    def offset(self, batch: ReleaseBatch) -> str:
        return yuan(batch.offset_amount)
