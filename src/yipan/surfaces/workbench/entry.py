"""Who may see a page of the workbench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from yipan.distribution.distributors.models import Distributor, DistributorKind, DistributorStatus
from yipan.group.organisations.queries import Node, tree
from yipan.group.people.models import Person, Role
from yipan.surfaces.design.refusals import answered, sent_to

_GUIDING: Final = frozenset({Role.GUIDE, Role.STORE_MANAGER})


@dataclass(frozen=True, slots=True)
class Seller:
    """Who is signed in, as somebody who may share and earn."""

    person: Person
    distributor: Distributor
    """With its organisation; active, suspended, or left: what was earned stays theirs."""
    node: Node
    """The home organisation."""
    is_guide: bool
    """Whether counter management is open: a guide, or somebody with that role at home."""


class SellerRequest(HttpRequest):
    """A request that passed `signed_in`."""

    seller: Seller


View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Let a view be seen by people who are distributors; it finds them in `request.seller`.

    Whoever is not signed in is sent to do so and comes back; who is and does not distribute is told
    what to do. Errors of the domain that the view lets through become pages.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, Person):
            return sent_to(request, sign_in_address(request))
        seller = seller_of(person)
        if seller is None:
            return _no_distributor(request, person)
        request.seller = seller  # type: ignore[attr-defined]
        return answered(request, view, *args, **kwargs)

    return guarded


def seller_of(person: Person) -> Seller | None:
    """The distributor that a person is, else the one they last left as, or None; one statement.

    One more, for the roles, where the kind alone does not open counter management.
    """
    distributor: Distributor | None = (
        Distributor.objects.filter(person=person)
        .select_related("organisation")
        .order_by(F("left_at").desc(nulls_first=True), "-id")
        .first()
    )
    if distributor is None:
        return None
    node = tree().node(distributor.organisation_id)
    is_guide = distributor.status != DistributorStatus.LEFT and (
        distributor.kind == DistributorKind.GUIDE or _guides_at(person, node)
    )
    return Seller(person, distributor, node, is_guide)


def sign_in_address(request: HttpRequest) -> str:
    """The door, and the way back to the page that was asked for."""
    wanted = request.get_full_path() if request.method == "GET" else reverse("workbench-sign-in")
    if request.headers.get("HX-Request"):
        wanted = ""
    door = reverse("workbench-sign-in")
    return f"{door}?{urlencode({'next': wanted})}" if wanted and wanted != door else door


def _guides_at(person: Person, node: Node) -> bool:
    roles = person.roles.filter(organisation_id=node.id)
    return bool(_GUIDING.intersection(roles.values_list("role", flat=True)))


def _no_distributor(request: HttpRequest, person: Person) -> HttpResponse:
    return render(
        request,
        "workbench/no_distributor.html",
        {"person": person, "opens_console": person.is_staff},
        status=HTTPStatus.FORBIDDEN,
    )
