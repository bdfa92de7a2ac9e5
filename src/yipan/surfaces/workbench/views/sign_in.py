"""The door of the workbench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.group.people import phone_sign_in
from yipan.group.people.models import Person
from yipan.group.people.sessions import sign_out
from yipan.kernel.http import client_address
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.design import sign_in as door
from yipan.surfaces.design.sign_in import Door, safe_next

GROUP_COOKIE: Final = "yipan_group"
"""The code of the group that was signed in to last from this browser; the console's too."""
_A_YEAR: Final = 365 * 86_400
_MOST: Final = 2


class SellersDoor(Door):
    """Lets people of the group in."""

    title = _("Sign in")
    kind = "person"

    def __init__(self, request: HttpRequest, tenant: Tenant, *, can_change: bool) -> None:
        super().__init__(request, tenant.id)
        self.tenant = tenant
        self.can_change = can_change

    def ask(self, phone: str) -> int:
        sent = phone_sign_in.ask_for_code(phone=phone, address=client_address(self.request))
        return sent.resend_after

    def enter(self, phone: str, code: str, openid: str) -> HttpResponse:
        person = phone_sign_in.sign_in_by_code(self.request, phone=phone, code=code)
        if openid:
            phone_sign_in.join_wechat(person=person, openid=openid)
        return self._inside(person)

    def enter_by_wechat(self, openid: str) -> HttpResponse | None:
        person = phone_sign_in.sign_in_by_wechat(self.request, openid=openid)
        return None if person is None else self._inside(person)

    def address(self, name: str) -> str:
        query = {"group": self.tenant.code, "next": safe_next(self.request, "")}
        return f"{reverse(f'workbench-{name}')}?{urlencode(query)}"

    def context(self) -> dict[str, Any]:
        return {
            "surface": _("Workbench"),
            "group_name": self.tenant.name,
            "change_group": f"{reverse('workbench-sign-in')}?group=" if self.can_change else "",
        }

    def _inside(self, person: Person) -> HttpResponse:
        response = HttpResponseRedirect(safe_next(self.request, "/w/"))
        kept: dict[str, Any] = {
            "max_age": _A_YEAR,
            "samesite": "Lax",
            "secure": settings.SESSION_COOKIE_SECURE,
        }
        response.set_cookie(GROUP_COOKIE, self.tenant.code, httponly=True, **kept)
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, **kept)
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Group (where there are several), phone, code."""
    return _at(request, door.answer)


@require_GET
def wechat(request: HttpRequest) -> HttpResponse:
    """On the way to WeChat."""
    return _at(request, door.to_wechat)


@require_GET
def wechat_return(request: HttpRequest) -> HttpResponse:
    """Back from WeChat."""
    return _at(request, door.from_wechat)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    sign_out(request)
    return HttpResponseRedirect(reverse("workbench-sign-in"))


def _at(request: HttpRequest, act: Callable[[Door], HttpResponse]) -> HttpResponse:
    given = request.GET.get("group")
    code = (request.COOKIES.get(GROUP_COOKIE, "") if given is None else given).strip()
    groups = Tenant.objects.filter(is_active=True)
    tenant = groups.filter(code=code).first() if code else None
    known = list(groups.order_by("id")[:_MOST])
    if tenant is None and len(known) == 1 and not given:
        tenant = known[0]
    if tenant is None:
        return _which_group(request, typed=given or "")
    with tenant_context(tenant.id, tenant.config_epoch):
        return act(SellersDoor(request, tenant, can_change=len(known) > 1))


def _which_group(request: HttpRequest, *, typed: str) -> HttpResponse:
    """Ask for the group's code: the list of groups is nobody's business."""
    context = {
        "title": SellersDoor.title,
        "surface": _("Workbench"),
        "typed": typed,
        "error": _("There is no such group.") if typed else "",
        "next": safe_next(request, ""),
    }
    response = render(request, "workbench/which_group.html", context)
    response["Cache-Control"] = "no-store"
    return response
