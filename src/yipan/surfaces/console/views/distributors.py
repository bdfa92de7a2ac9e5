"""Distributors: the list, one distributor with all relations, and what is done to them."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yipan.distribution.distributors.models import (
    Distributor,
    DistributorKind,
    DistributorStatus,
)
from yipan.distribution.distributors.queries import (
    distributor_in,
    distributors_in,
    ending_soon,
)
from yipan.distribution.sharing.models import ShareLink
from yipan.group.organisations.queries import organisations_in, tree, within
from yipan.group.people.columns import list_of
from yipan.group.people.paging import CappedPaginator
from yipan.kernel import clock
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import ask_and_do
from yipan.surfaces.console.distributor_asks import allowed_asks, checked_ask
from yipan.surfaces.console.distributor_form import NewDistributor
from yipan.surfaces.console.distributor_page import STATUS_TONES, page_of
from yipan.surfaces.console.page import (
    ConsoleRequest,
    console_page,
    console_view,
    given_to,
)

_READ: Final = "distributors.read"
_WRITE: Final = "distributors.write"
_PER_PAGE: Final = 50
_ORDERS: Final = ("code", "name", "kind", "grade", "joined_at", "qualified_until")
_ORGANISATIONS: Final = 300
_OFFERED: Final = 20


@console_view(_READ)
def distributors(request: ConsoleRequest) -> HttpResponse:
    """Filters: q, kind, status, qualification, organisation (a whole subtree), sort, page."""
    asked = request.GET
    paths = request.scope.paths(_READ)
    rows = distributors_in(
        paths,
        text=asked.get("q", "").strip(),
        kind=asked.get("kind", ""),
        status=asked.get("status", ""),
    )
    chosen = asked.get("organisation", "")
    node = tree().by_id.get(whole(chosen) or 0)
    if node is not None:
        rows = rows.filter(within([node.path])) if node.path.startswith(paths) else rows.none()
    now, wanted = clock.now(), asked.get("qualification", "")
    if wanted == "ending":
        rows = rows.filter(ending_soon(now))
    elif wanted == "over":
        rows = rows.filter(qualified_until__lte=now)
    sort = asked.get("sort", "code")
    order = sort if sort.removeprefix("-") in _ORDERS else "code"
    number = asked.get("page", "1")
    page = CappedPaginator(rows.order_by(order, "id"), _PER_PAGE).get_page(number)
    names = organisations_in(paths).exclude(level="store").order_by("path")
    options = [(row.id, row.name) for row in names[:_ORGANISATIONS]]
    is_ours = node is not None and node.path.startswith(paths)
    if node is not None and is_ours and all(node.id != id_ for id_, _name in options):
        options.append((node.id, node.name))
    return console_page(
        request,
        "console/distributors.html",
        title=_("Distributors"),
        page=page,
        rows=[(row, STATUS_TONES[row.status]) for row in page],
        sort=order,
        asked=asked,
        kinds=DistributorKind.choices,
        states=DistributorStatus.choices,
        qualifications=[("ending", _("ends within 14 days")), ("over", _("has ended"))],
        organisations=options,
        may_write=request.scope.holds(_WRITE),
    )


@require_GET
@console_view(_WRITE)
def codes(request: ConsoleRequest) -> HttpResponse:
    """Options for a field with a code: who of one's reach is called so, those who left not."""
    typed = next((str(value) for value in request.GET.values()), "").strip()
    found = distributors_in(request.scope.paths(_WRITE), text=typed)
    rows = found.exclude(status=DistributorStatus.LEFT).order_by("code")[:_OFFERED]
    return render(request, "console/distributor/codes.html", {"rows": rows})


@console_view(_WRITE)
def new(request: ConsoleRequest) -> HttpResponse:
    """Take one on; whoever may open accounts opens one along with it."""
    form = NewDistributor(
        given_to(request),
        scope=request.scope,
        initial={"organisation": request.GET.get("organisation", ""), "kind": "guide"},
    )
    if request.method == "POST" and form.is_valid():
        made = form.take_on(request.actor)
        if made is not None:
            messages.success(request, _("{name} was taken on.").format(name=made.name))
            return redirect("console-distributor", made.id)
    return console_page(
        request,
        "console/distributor_new.html",
        title=_("Take on a distributor"),
        crumbs=[(_("Distributors"), reverse("console-distributors"))],
        status=422 if request.method == "POST" else 200,
        form=form,
    )


@console_view(_READ)
def distributor(request: ConsoleRequest, distributor_id: int) -> HttpResponse:
    """One distributor of one's reach."""
    found = distributor_in(distributor_id, request.scope.paths(_READ))
    may_write = _may_write(request, found)
    scope = request.scope
    return console_page(
        request,
        "console/distributor.html",
        title=found.name,
        crumbs=[(_("Distributors"), reverse("console-distributors"))],
        page=page_of(found),
        asks=allowed_asks(found) if may_write else frozenset(),
        may_hand_over=may_write and scope.holds("attribution.write"),
        reads=scope.granted,
        links_address=list_of(ShareLink),
    )


@console_view(_WRITE)
def act(request: ConsoleRequest, distributor_id: int, name: str) -> HttpResponse:
    """Ask, then do, one of `distributor_asks.ASKS`."""
    paths = request.scope.paths("attribution.write" if name == "hand-over" else _WRITE)
    found = distributor_in(distributor_id, paths)
    kind = checked_ask(name, found)
    initial = {"organisation": request.GET.get("organisation", "")}
    extra = {"initial": initial} if name == "end-grant" else {}
    ask = kind(given_to(request), subject=found, paths=paths, **extra)
    return ask_and_do(request, ask, lands=reverse("console-distributor", args=[found.id]))


def _may_write(request: ConsoleRequest, found: Distributor) -> bool:
    home = tree().node(found.organisation_id).path
    return request.scope.allows(_WRITE, home)
