"""People: the list, one account with its roles, and what is done to it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.group.organisations.queries import tree, within
from yipan.group.people.actions import MANAGE
from yipan.group.people.models import Person, Role
from yipan.group.people.paging import CappedPaginator
from yipan.group.people.phones import phone_of
from yipan.group.people.queries import people_in, person_in
from yipan.group.people.rules import masked_phone
from yipan.kernel.errors import NotFound
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import ask_and_do
from yipan.surfaces.console.audit_page import Line, entries_in, line_of
from yipan.surfaces.console.fields import places
from yipan.surfaces.console.page import (
    ConsoleRequest,
    console_page,
    console_view,
    given_to,
)
from yipan.surfaces.console.people_asks import ASKS, allowed_asks
from yipan.surfaces.console.person_form import NewPerson

_READ: Final = "people.read"
_PER_PAGE: Final = 50
_ORDERS: Final = ("username", "name", "last_login", "created_at")
_HISTORY: Final = 30


@console_view(_READ)
def people(request: ConsoleRequest) -> HttpResponse:
    """Filters of the address: q, role, state, organisation (a whole subtree), sort, page."""
    asked = request.GET
    paths = request.scope.paths(_READ)
    chosen = asked.get("organisation", "")
    node = tree().by_id.get(whole(chosen) or 0)
    if node is not None:
        paths = (node.path,) if node.path.startswith(paths) else ()
    role = asked.get("role", "")
    state = {"active": True, "inactive": False}.get(asked.get("state", ""))
    rows = people_in(
        paths,
        text=asked.get("q", "").strip(),
        role=role if role in Role.values else "",
        is_active=state,
    )
    sort = asked.get("sort", "username")
    order = sort if sort.removeprefix("-") in _ORDERS else "username"
    page = CappedPaginator(rows.order_by(order, "pk"), _PER_PAGE).get_page(asked.get("page", "1"))
    return console_page(
        request,
        "console/people.html",
        title=_("People"),
        page=page,
        sort=order,
        asked=asked,
        roles=Role.choices,
        states=[("active", _("active")), ("inactive", _("deactivated"))],
        organisations=places(request.scope.paths(_READ)),
        may_write=request.scope.holds(MANAGE),
    )


@console_view(MANAGE)
def new(request: ConsoleRequest) -> HttpResponse:
    """Open an account."""
    asked = request.GET
    initial = {"organisation": asked.get("organisation", ""), "role": asked.get("role", "")}
    form = NewPerson(given_to(request), scope=request.scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.open_account(request.actor)
        if made is not None:
            messages.success(request, _("The account of {name} is open.").format(name=made.name))
            return redirect("console-person", made.pk)
    return console_page(
        request,
        "console/person_new.html",
        title=_("Open an account"),
        crumbs=[(_("People"), reverse("console-people"))],
        status=422 if request.method == "POST" else 200,
        form=form,
    )


@console_view(_READ)
def person(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """One account of one's reach."""
    found = person_in(person_id, request.scope.paths(_READ))
    scope = request.scope
    may_write = _may_write(request, found)
    return console_page(
        request,
        "console/person.html",
        title=found.name,
        crumbs=[(_("People"), reverse("console-people"))],
        person=found,
        phone=masked_phone(phone_of(found)),
        roles=[
            (row, may_write and scope.allows(MANAGE, row.organisation.path))
            for row in found.roles.all()
        ],
        asks=allowed_asks(found) if may_write else frozenset(),
        distributor=_distributor_of(request, found),
        may_register=scope.holds("distributors.write"),
        changes=_changes(request, found),
        reads_audit=scope.holds("audit.read"),
    )


@console_view(MANAGE)
def act(request: ConsoleRequest, person_id: int, name: str) -> HttpResponse:
    """Ask, then do, one of `people_asks.ASKS`."""
    paths = request.scope.paths(MANAGE)
    found = person_in(person_id, paths)
    if name not in allowed_asks(found):
        raise NotFound(kind="act", ref=name)
    extra: dict[str, Any] = {}
    if name in {"move-role", "take-role"}:
        extra["initial"] = {"assignment": whole(request.GET.get("assignment", "")) or 0}
    ask = ASKS[name](given_to(request), subject=found, paths=paths, scope=request.scope, **extra)
    return ask_and_do(request, ask, lands=reverse("console-person", args=[found.pk]))


def _may_write(request: ConsoleRequest, found: Person) -> bool:
    """Whether the reader may change the account: it has a role, or none, where they manage."""
    paths = request.scope.paths(MANAGE)
    return bool(paths) and people_in(paths).filter(pk=found.pk).exists()


def _distributor_of(request: ConsoleRequest, found: Person) -> Distributor | None:
    """The distributor that signs in with the account, where the reader may look at it."""
    paths = request.scope.paths("distributors.read")
    if not paths:
        return None
    rows = Distributor.objects.filter(within(paths), person=found)
    there: Distributor | None = (
        rows.exclude(status=DistributorStatus.LEFT).select_related("organisation").first()
    )
    return there


def _changes(request: ConsoleRequest, found: Person) -> list[Line]:
    """What was done to the account in the reader's reach, newest first; signing in is not."""
    paths = request.scope.paths("audit.read")
    if not paths:
        return []
    entries = entries_in(paths).filter(subject_type="person", subject_id=found.pk)
    entries = entries.exclude(action="people.sign_in")
    return [line_of(each) for each in entries.order_by("-at", "-id")[:_HISTORY]]
