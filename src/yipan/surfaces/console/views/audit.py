"""The audit trail, searchable, and the proof that the chain of journals is whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import tree, within
from yipan.group.people.paging import CappedPaginator
from yipan.kernel.text import whole
from yipan.surfaces.console.audit_page import (
    chain,
    entries_in,
    faults_of_chain,
    line_of,
    matching,
)
from yipan.surfaces.console.fields import start_of
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view

_READ: Final = "audit.read"
_PER_PAGE: Final = 50


@console_view(_READ)
def audit(request: ConsoleRequest) -> HttpResponse:
    """Filters: q, organisation (a whole subtree), from, until (days, both included), page."""
    asked = request.GET
    paths = request.scope.paths(_READ)
    rows = entries_in(paths)
    word = asked.get("q", "").strip()
    if word:
        rows = rows.filter(matching(word))
    chosen = asked.get("organisation", "")
    node = tree().by_id.get(whole(chosen) or 0)
    if node is not None:
        rows = rows.filter(within([node.path], "organisation_id"))
    first, last = _day(asked.get("from", "")), _day(asked.get("until", ""))
    if first is not None:
        rows = rows.filter(at__gte=start_of(first))
    if last is not None and last < date.max:
        rows = rows.filter(at__lt=start_of(last + timedelta(days=1)))
    page = CappedPaginator(rows.order_by("-at", "id"), _PER_PAGE).get_page(asked.get("page", "1"))
    return console_page(
        request,
        "console/audit.html",
        title=_("Audit trail"),
        page=page,
        lines=[line_of(row) for row in page],
        asked=asked,
        organisations=[
            (each.id, each.name)
            for each in tree().by_id.values()
            if each.path.startswith(paths) and (each.level != Level.STORE or each == node)
        ],
        chain=chain() if request.scope.holds("ledger.read") else None,
    )


@console_view("ledger.read")
def check_chain(request: ConsoleRequest) -> HttpResponse:
    """Work the whole chain out anew, and say what is wrong with it."""
    context = {"faults": faults_of_chain(), "chain": chain()}
    return render(request, "console/audit/chain.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
