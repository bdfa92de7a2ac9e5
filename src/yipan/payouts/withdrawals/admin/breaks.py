"""Where our books and the bank's differ: each with an owner and an age, until it is closed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.people.list_filters import choice_filter
from yipan.group.people.list_pages import Column
from yipan.group.people.screens import actor_of
from yipan.payouts.withdrawals import actions
from yipan.payouts.withdrawals.admin.bank import OfPayer
from yipan.payouts.withdrawals.models import BankBreak, Finding
from yipan.payouts.withdrawals.rules.bank_findings import BREAKING

_STANDS = {"open": Q(closed_at__isnull=True), "closed": Q(closed_at__isnull=False)}
_WORDS = {"open": _("open"), "closed": _("closed")}


@admin.register(BankBreak)
class BankBreakAdmin(OfPayer):
    """Differences, oldest first."""

    change_form_template = "console/bank/break.html"
    columns = (
        Column(_("open since")), Column(_("difference")), Column(_("reference")),
        Column(_("by our books"), "end"), Column(_("by the bank"), "end"),
        Column(_("who sees to it")), Column(_("state")),
    )  # fmt: skip
    rows_template = "console/list/rows/bank_break.html"
    lead = _("Each difference stays until somebody has found out why and says so.")
    empty_text = _("Good: all that the bank said agrees with the books.")
    list_filter = (
        choice_filter("state", _("state"), _WORDS.items, _STANDS.__getitem__, tabs=True),
        choice_filter(
            "kind",
            _("difference"),
            lambda: [(value, label) for value, label in Finding.choices if value in BREAKING],
        ),
    )
    ordering = ("opened_at", "id")
    fields = ("reference",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("<int:row_id>/take/", self.take, "take"),
            self.route("<int:row_id>/close/", self.close, "close"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("withdrawal", "line__bank_return")

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {}

    def row_title(self, row: BankBreak) -> str:
        """For the head of its page."""
        return f"{row.get_kind_display()} · {row.reference}"

    def page_context(self, request: HttpRequest, row: BankBreak) -> dict[str, Any]:
        is_open = row.closed_at is None
        return {
            "is_mine": row.owner == str(actor_of(request)),
            "may_write": is_open and self.may_write(request, row),
        }

    def take(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Become the one who sees to it."""
        row = self.posted(request, row_id)
        return self.done(
            request, row, lambda: actions.take_break(break_id=row.id, by=actor_of(request))
        )

    def close(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Say how it was resolved."""
        row, reason = self.posted(request, row_id), request.POST.get("reason", "")
        return self.done(
            request,
            row,
            lambda: actions.close_break(break_id=row.id, resolution=reason, by=actor_of(request)),
            _now("The difference is closed."),
        )
