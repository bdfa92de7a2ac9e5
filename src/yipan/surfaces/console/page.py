"""The frame of the console's own pages: who may open them, and what is around them.

    @console_view("distributors.read")
    def distributors(request: ConsoleRequest) -> HttpResponse:
        rows = directory(request.scope.paths("distributors.read"))
        return console_page(request, "console/distributors.html", title=_("Sellers"), rows=rows)

Whoever is not signed in is asked to; whoever lacks the permission, or asks for something of another
organisation, gets the page that says there is nothing there (404).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from yipan.group.people.scope import Scope
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, NotAllowed, NotFound
from yipan.surfaces.design.toasts import toast


class ConsoleRequest(HttpRequest):
    """A request of somebody who is signed in to the console and holds the page's permission."""

    scope: Scope
    actor: Actor
    htmx: Any


class ConsolePage(Protocol):
    """A view of the console."""

    def __call__(self, request: ConsoleRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer."""


View = Callable[..., HttpResponseBase]


def console_view(*permissions: str) -> Callable[[ConsolePage], View]:
    """A page of the console for whoever holds one of these permissions somewhere."""

    def decorate(view: ConsolePage) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scope = scope_of_request(request)
            if permissions and not any(scope.holds(each) for each in permissions):
                raise Http404
            asked = cast("ConsoleRequest", request)
            asked.scope = scope
            asked.actor = actor_of(request)
            try:
                return view(asked, *args, **kwargs)
            except (NotFound, NotAllowed) as error:
                raise Http404(str(error)) from error
            except DomainError as error:
                return _refusal(asked, error)

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            inner = cast("Callable[..., HttpResponse]", guarded)
            return admin.site.admin_view(never_cache(inner))(request, *args, **kwargs)

        return page

    return decorate


def _refusal(request: ConsoleRequest, error: DomainError) -> HttpResponseBase:
    """What the business does not allow, as a message where the person was."""
    if getattr(request, "htmx", False):
        return toast(HttpResponse(status=error.status), str(error), "bad")
    if request.method == "GET":
        return console_page(
            request, "console/refused.html", title=str(error), status=int(error.status)
        )
    messages.error(request, str(error))
    return back(request, request.path)


def given_to(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, if it was sent: a form without fields is sent empty."""
    return request.POST if request.method == "POST" else None


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page that a form was on."""
    came_from = request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(came_from if allowed else otherwise)


def console_page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    crumbs: Sequence[tuple[str, str]] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page in the console's frame: `title`, and `crumbs` (title, address) that lead to it."""
    frame = admin.site.each_context(request)
    request.crumbs = crumbs  # type: ignore[attr-defined] # for the head, which sees nothing else
    return render(request, template, {**frame, "title": title, **context}, status=status)
