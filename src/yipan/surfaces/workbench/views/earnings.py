"""佣金业绩: balances, entries with the why of each number, months, customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import pgettext as _now
from django.views.decorators.http import require_safe

from yipan.distribution.attribution.queries import bound_count, bound_to, looks_of
from yipan.distribution.commissions.queries import (
    EarnedEntry,
    EarnedState,
    days_of,
    earned,
    earned_entry,
    history_of,
    months_of,
)
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.kernel import clock
from yipan.kernel.modules import is_enabled
from yipan.kernel.pagination import Page
from yipan.kernel.text import searched
from yipan.kernel.zones import day_of
from yipan.payouts.withdrawals.statements import Statement, statements_of
from yipan.surfaces.workbench.entry import SellerRequest, signed_in
from yipan.surfaces.workbench.tables import Cell, Table, in_yuan, sent
from yipan.surfaces.workbench.views.home import balances_and_paid
from yipan.surfaces.workbench.views.parts import page, show, wants_part
from yipan.surfaces.workbench.words import CHANNELS, EARNED, ROLES, SOURCES

DAYS: Final = 30
PAGE: Final = 20
MOST_ROWS: Final = 20_000
"""In one file."""
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class EntriesWish:
    """What is asked of the list of entries, as it stands in the address."""

    state: str = ""
    first: date | None = None
    """First day of the month."""
    text: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> EntriesWish:
        """Read from an address; what cannot be read is as if it were not said."""
        state, month = query.get("state", ""), query.get("month", "")
        try:
            first = date.fromisoformat(f"{month}-01") if month else None
        except ValueError:
            first = None
        text = searched(query.get("q", ""))
        return cls(state if state in set(EarnedState) else "", first, text)

    @property
    def month(self) -> str:
        """Such as `2026-03`; empty for all."""
        return f"{self.first:%Y-%m}" if self.first else ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything less than all is asked for."""
        return self != EntriesWish()

    @property
    def query(self) -> str:
        """The same as in an address."""
        return urlencode({"state": self.state, "month": self.month, "q": self.text})

    def found(self, distributor_id: int, cursor: str | None, limit: int) -> Page[EarnedEntry]:
        """The entries of the distributor that are asked for. Raises InvalidField (cursor)."""
        return earned(
            distributor_id,
            state=self.state,
            month=self.first,
            text=self.text,
            cursor=cursor,
            limit=limit,
        )


@signed_in
@require_safe
def earnings(request: SellerRequest) -> HttpResponse:
    """The list of entries, with balances and a chart over it."""
    wish = EntriesWish.of(request.GET)
    distributor_id = request.seller.distributor.id
    cursor = request.GET.get("cursor") or None
    found = wish.found(distributor_id, cursor, PAGE)
    query = request.GET.copy()
    query["cursor"] = found.next_cursor or ""
    context: dict[str, object] = {
        "seller": request.seller,
        "entries": [(entry, EARNED[EarnedState(entry.state)]) for entry in found.items],
        "next_query": query.urlencode() if found.next_cursor else "",
        "wish": wish,
        "is_part": wants_part(request),
    }
    if cursor and wants_part(request):
        return render(request, "workbench/entry_rows.html", context)
    if not wants_part(request):
        context |= balances_and_paid(request.seller)
        context |= {
            "title": _("Earnings"),
            **_chart(distributor_id),
            "states": [(each.value, words.name) for each, words in EARNED.items()],
            "months": [
                (f"{each:%Y-%m}", date_format(each, "YEAR_MONTH_FORMAT"))
                for each in months_of(distributor_id)
            ],
            "has_customers": is_enabled("attribution"),
        }
    part = "workbench/entry_list.html"
    return page(request, "workbench/earnings.html", part, context, tab="earnings")


def _chart(distributor_id: int) -> dict[str, object]:
    """Commission by day and its sum; nothing where there was none."""
    today = day_of(clock.now())
    days = days_of(distributor_id, first=today - timedelta(days=DAYS - 1), last=today)
    if not any(each.commission for each in days):
        return {}
    chart = {
        "labels": [f"{each.day:%m-%d}" for each in days],
        "series": [
            {"name": _now("entry", "Commission"), "values": [each.commission for each in days]}
        ],
        "unit": "fen",
        "stacked": False,
    }
    return {"chart": chart, "chart_total": sum(each.commission for each in days)}


@signed_in
@require_safe
def why(request: SellerRequest, entry_id: int) -> HttpResponse:
    """How the number of an entry came to be, and what became of it."""
    entry = earned_entry(request.seller.distributor.id, entry_id)
    language = get_language() or "zh-hans"
    context: dict[str, object] = {
        "title": _("Why this amount"),
        "back_url": reverse("workbench-earnings"),
        "seller": request.seller,
        "entry": entry,
        "words": EARNED[EarnedState(entry.state)],
        "role": ROLES[entry.role],
        "steps": [(each, entry_sentence(each, language)) for each in history_of(entry)],
    }
    return page(request, "workbench/why_page.html", "workbench/why.html", context, tab="earnings")


@signed_in
@require_safe
def entries_file(request: SellerRequest, ending: str) -> HttpResponse:
    """The entries that are asked for, as a file."""
    wish = EntriesWish.of(request.GET)
    rows = [_entry_row(entry) for entry in _all(request.seller.distributor.id, wish)]
    head = [
        _("Order number"), _("SKU"), _("Product"), _("Units"), _("Paid by the buyer"),
        _now("entry", "Commission"), _("Taken back"), _("Left"), _("State"), _("Paid at"),
        _("Due at"), _("Released at"),
    ]  # fmt: skip
    name = f"{_('Commission entries')} {wish.month}".rstrip()
    return sent(Table(name, head, rows), ending)


def _all(distributor_id: int, wish: EntriesWish) -> Iterator[EarnedEntry]:
    cursor: str | None = None
    for _number in range(MOST_ROWS // _AT_ONCE):
        found = wish.found(distributor_id, cursor, _AT_ONCE)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def _entry_row(entry: EarnedEntry) -> list[Cell]:
    return [
        entry.order_number, entry.sku_code, entry.product, entry.quantity,
        in_yuan(entry.net_amount), in_yuan(entry.amount), in_yuan(entry.taken_back),
        in_yuan(entry.remaining), str(EARNED[EarnedState(entry.state)].name),
        *(
            f"{timezone.localtime(each):%Y-%m-%d %H:%M}" if each else ""
            for each in (entry.paid_at, entry.due_at, entry.released_at)
        ),
    ]  # fmt: skip


@signed_in
@require_safe
def statements(request: SellerRequest) -> HttpResponse:
    """Month by month: what came, what went, what is left."""
    found = statements_of(request.seller.distributor.id)
    context: dict[str, object] = {
        "title": _("Monthly statements"),
        "back_url": reverse("workbench-earnings"),
        "seller": request.seller,
        "statements": found,
    }
    return show(request, "workbench/statements.html", context, tab="earnings")


@signed_in
@require_safe
def statements_file(request: SellerRequest, ending: str) -> HttpResponse:
    """The same as a file."""
    head = [
        _("Month"), _("Opening"), _("Accrued"), _("Reversed"), _("Paid out"), _("Other"),
        _("Closing"), _("Released in the month"), _("Withdrawals requested"), _("Closing: pending"),
        _("Closing: available"), _("Closing: in withdrawal"), _("Closing: owed back"),
    ]  # fmt: skip
    rows = [_statement_row(each) for each in statements_of(request.seller.distributor.id)]
    return sent(Table(_("Commission statements"), head, rows), ending)


def _statement_row(each: Statement) -> list[Cell]:
    closing = each.closing
    amounts = (
        each.opening.total, each.accrued, -each.reversed, -each.paid, each.other, closing.total,
        each.released, each.requested, closing.pending, closing.available,
        closing.in_withdrawal, closing.clawback,
    )  # fmt: skip
    return [f"{each.month:%Y-%m}", *map(in_yuan, amounts)]


@signed_in
@require_safe
def customers(request: SellerRequest) -> HttpResponse:
    """Who looked lately, and who belongs to the reader; names are masked."""
    if not is_enabled("attribution"):
        raise Http404
    distributor_id, now = request.seller.distributor.id, clock.now()
    tab = "bound" if request.GET.get("tab") == "bound" else "looks"
    context: dict[str, object] = {
        "title": _("Customers"),
        "back_url": reverse("workbench-home"),
        "seller": request.seller,
        "tab": tab,
        "tabs": [
            ("looks", _("Recent visitors")),
            (
                "bound",
                _("My customers ({count})").format(count=bound_count(distributor_id, at=now)),
            ),
        ],
        "now": now,
    }
    if tab == "looks":
        context["looks"] = [
            (look, SOURCES.get(look.source, ""), CHANNELS.get(look.channel, look.channel))
            for look in looks_of(distributor_id)
        ]
    else:
        cursor = request.GET.get("cursor") or None
        context["bound"] = bound_to(distributor_id, at=now, cursor=cursor)
    return show(request, "workbench/customers.html", context, tab="home")
