"""`/demo`: sign in as anybody with one click, and walk through the main chain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, cast

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yipan.customers.members.models import Member
from yipan.customers.members.sessions import Visit
from yipan.customers.members.sessions import begin_session as begin_member_session
from yipan.group.people.models import Person
from yipan.group.people.sessions import begin_session
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.zones import zone
from yipan.surfaces.design.sign_in import safe_next
from yipan.surfaces.design.toasts import toast
from yipan.surfaces.mall.entry import ShopRequest, remember_member, shop_of
from yipan.surfaces.showcase.accounts import CONSUMER, ROLES, Cast, cast_of_group, demo_group
from yipan.surfaces.showcase.actions import let_time_pass
from yipan.surfaces.showcase.facts import facts_since
from yipan.surfaces.showcase.steps import steps_of

_COOKIE: Final = "yipan_tour"
_SALT: Final = "yipan.showcase.tour"
_HOMES: Final = {"console": "/console/", "workbench": "/w/"}
_LONGEST_SECONDS: Final = 30 * 86_400

View = Callable[..., HttpResponse]


def in_the_demo(view: View) -> View:
    """Have a view work in the demo group; outside of demo mode there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.YIPAN_DEMO:
            raise Http404
        group = demo_group()
        if group is None:
            return render(request, "showcase/no_demo.html", {"title": _("Demo")})
        with tenant_context(group.id, group.config_epoch), timezone.override(zone()):
            response = view(request, group, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


@require_safe
@in_the_demo
def tour(request: HttpRequest, group: Tenant) -> HttpResponse:
    """Everybody of the demo, and the steps."""
    since = _since(request)
    cast_ = cast_of_group()
    context = {
        "title": _("Demo"),
        "group": group,
        "accounts": cast_.accounts,
        "players": _players(cast_),
        **_steps(cast_, since or clock.now()),
    }
    response = render(request, "showcase/tour.html", context)
    if since is None:
        _begin(response)
    return response


def _players(cast_: Cast) -> dict[str, str]:
    """Who plays the leading parts; empty where one of them is not there."""
    names = {account.role.username: account.name for account in cast_.accounts}
    leading = {part: names.get(part, "") for part in ("ops", "guide", CONSUMER, "approver")}
    return leading if all(leading.values()) else {}


@require_safe
@in_the_demo
def progress(request: HttpRequest, group: Tenant) -> HttpResponse:  # noqa: ARG001
    """The steps alone, if they do not stand any more as the page shows them (else 204)."""
    context = _steps(cast_of_group(), _since(request) or clock.now())
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "showcase/steps.html", context)


@require_POST
@in_the_demo
def enter(request: HttpRequest, group: Tenant, username: str) -> HttpResponse:
    """Be somebody of the demo, and go where they work."""
    role = next((each for each in ROLES if each.username == username), None)
    if role is None:
        raise Http404
    if role.username == CONSUMER:
        return _enter_mall(request, group, cast_of_group().consumer)
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Http404
    form_key = request.META.get("CSRF_COOKIE")
    begin_session(request, person, way="demo")
    _keep_form_key(request, form_key)
    return HttpResponseRedirect(safe_next(request, _HOMES[role.surface]))


@require_POST
@in_the_demo
def wait(request: HttpRequest, group: Tenant) -> HttpResponse:  # noqa: ARG001
    """Let the holding time of the tour's order pass."""
    cast_ = cast_of_group()
    since = _since(request) or clock.now()
    count = let_time_pass(buyer_id=cast_.consumer.id, since=since) if cast_.consumer else 0
    text = (
        ngettext(
            "%(count)d line is due now; it is released within a minute.",
            "%(count)d lines are due now; they are released within a minute.",
            count,
        )
        % {"count": count}
        if count
        else _("Nothing waits: the goods have to be bought and handed over first.")
    )
    response = render(request, "showcase/steps.html", _steps(cast_, since))
    return toast(response, text, "good" if count else "info")


@require_POST
@in_the_demo
def restart(request: HttpRequest, group: Tenant) -> HttpResponse:  # noqa: ARG001
    """Begin the tour anew: what happened before now counts no more."""
    response = HttpResponseRedirect(reverse("showcase"))
    _begin(response)
    return response


def _enter_mall(request: HttpRequest, group: Tenant, member: Member | None) -> HttpResponse:
    if member is None:
        raise Http404
    asked = cast("ShopRequest", request)
    asked.shop = shop_of(request, group)
    visit = Visit(asked.shop.visitor, asked.shop.node.id)
    response = HttpResponseRedirect(safe_next(request, f"/m/{group.code}/"))
    remember_member(asked, response, begin_member_session(member_id=member.id, visit=visit))
    return response


def _keep_form_key(request: HttpRequest, form_key: str | None) -> None:
    """Keep the key of forms over a sign-in: the tour stays open in its own tab meanwhile."""
    if form_key:
        request.META.update(CSRF_COOKIE=form_key, CSRF_COOKIE_NEEDS_UPDATE=True)


def _steps(cast_: Cast, since: datetime) -> dict[str, Any]:
    facts = facts_since(
        since,
        guide_id=cast_.guide.id if cast_.guide else 0,
        buyer_id=cast_.consumer.id if cast_.consumer else 0,
    )
    steps = steps_of(facts)
    done = sum(step.is_done for step in steps)
    drawn = repr([(step.is_done, [act.address for act in step.acts]) for step in steps])
    seen = hashlib.sha256(drawn.encode()).hexdigest()[:16]
    return {"steps": steps, "done": done, "total": len(steps), "since": since, "seen": seen}


def _since(request: HttpRequest) -> datetime | None:
    """When the tour began in this browser."""
    try:
        kept = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LONGEST_SECONDS)
        return datetime.fromisoformat(kept)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _begin(response: HttpResponse) -> None:
    response.set_cookie(
        _COOKIE,
        signing.dumps(clock.now().isoformat(), salt=_SALT),
        max_age=_LONGEST_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
