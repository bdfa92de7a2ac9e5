"""The organisation tree: switches, what there is to know of one, and what is done to it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.group.organisations.queries import organisation_in, tree
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import ask_and_do
from yipan.surfaces.console.organisation_asks import ASKS, levels_below
from yipan.surfaces.console.organisation_tree import (
    Wanted,
    details_of,
    is_cut,
    opened_by,
    outermost,
    rows_of,
)
from yipan.surfaces.console.page import (
    ConsoleRequest,
    console_page,
    console_view,
    given_to,
)

_READ = "organisations.read"
_WRITE = "organisations.write"


@console_view(_READ)
def organisations(request: ConsoleRequest) -> HttpResponse:
    """`node` is shown beside the tree, `open` unfolds (`1-5-9`), `q` searches name and code."""
    paths, writes = request.scope.paths(_READ), request.scope.paths(_WRITE)
    asked = request.GET.get("node", "")
    current = whole(asked) or outermost(tree(), paths)[0].id
    organisation = organisation_in(current, paths)
    opened = opened_by(request.GET.get("open", ""), current, paths)
    text = request.GET.get("q", "").strip()
    wanted = Wanted(paths, writes, current, opened, text)
    may_write = organisation.path.startswith(writes) if writes else False
    return console_page(
        request,
        "console/organisations.html",
        title=_("Organisation tree"),
        rows=rows_of(wanted),
        is_cut=is_cut(wanted),
        details=details_of(organisation),
        current=current,
        opened="-".join(map(str, sorted(opened))),
        text=text,
        may_write=may_write,
        may_add=may_write and organisation.is_active and levels_below(organisation.level),
        writes_people=request.scope.allows("people.write", organisation.path),
        reads_people=request.scope.holds("people.read"),
        reads_distributors=request.scope.holds("distributors.read"),
        reads_policies=request.scope.holds("policies.read"),
        reads_audit=request.scope.holds("audit.read"),
    )


@console_view(_READ)
def one(request: ConsoleRequest, organisation_id: int) -> HttpResponse:
    """Where one organisation of one's reach is shown: beside the tree."""
    organisation = organisation_in(organisation_id, request.scope.paths(_READ))
    return HttpResponseRedirect(_beside_the_tree(organisation.id))


@console_view(_WRITE)
def act(request: ConsoleRequest, organisation_id: int, name: str) -> HttpResponse:
    """Ask, then do, one of `organisation_asks.ASKS`."""
    paths = request.scope.paths(_WRITE)
    organisation = organisation_in(organisation_id, paths)
    kind = ASKS.get(name)
    if kind is None:
        raise Http404
    ask = kind(given_to(request), subject=organisation, paths=paths)
    return ask_and_do(request, ask, lands=_beside_the_tree(organisation.id))


def _beside_the_tree(organisation_id: int) -> str:
    return f"{reverse('console-organisations')}?node={organisation_id}"
