"""Bank cards by their last four digits; the rest stays sealed."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.group.people.list_filters import StoreFilter, choice_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.payouts.withdrawals.models import BankCard

_STANDS = {
    "waiting": Q(verified_at__isnull=True, removed_at__isnull=True),
    "verified": Q(verified_at__isnull=False, removed_at__isnull=True),
    "removed": Q(removed_at__isnull=False),
}
_WORDS = {
    "waiting": _("to be verified"),
    "verified": _("verified"),
    "removed": _("removed"),
}


@admin.register(BankCard)
class BankCardAdmin(ListPage):
    """Cards, newest first."""

    permission = "withdrawals"
    organisation_lookup = "distributor__organisation__path"
    columns = (
        Column(_("distributor")), Column(_("organisation")), Column(_("bank")),
        Column(_("card")), Column(_("state")), Column(_("verified by")), Column(_("created at")),
    )  # fmt: skip
    rows_template = "console/list/rows/card.html"
    lead = _("Cards that distributors are paid to. Their numbers stay sealed.")
    empty_text = _("Cards appear once a distributor adds one in the workbench or over the API.")
    list_filter = (
        choice_filter("state", _("state"), _WORDS.items, _STANDS.__getitem__, tabs=True),
        StoreFilter,
    )
    list_select_related = ("distributor__organisation",)
    search_fields = ("distributor__code", "distributor__name", "=last_four")
    search_help_text = _("distributor, or the last four digits")
    fields = (
        "distributor", "bank", "last_four", "verified_at", "verified_by", "created_at",
        "removed_at",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("-created_at",)

    def row_title(self, card: BankCard) -> str:
        """For the head of its page."""
        return f"{card.bank} ·· {card.last_four}"
