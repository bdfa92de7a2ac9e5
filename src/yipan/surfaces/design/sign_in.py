"""The door of the phone pages: a phone number, then the code that was sent to it.

Works without scripts, and without a session before somebody is signed in. Where it is WeChat's
browser and an official account is configured, one tap does it; the first time the phone is proven
once, and both are joined.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from yipan.kernel import wechat
from yipan.kernel.errors import DomainError
from yipan.kernel.one_time_codes import DIGITS, PAUSE, CodeOver, TooManyCodes

_SALT: Final = "yipan.design.wechat"
_WECHAT_COOKIE: Final = "yipan_wechat"
_WECHAT_SECONDS: Final = 600


class PhoneForm(forms.Form):
    """Step one."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        error_messages={"required": _("Type your phone number.")},
    )


class CodeForm(PhoneForm):
    """Step two; the phone comes along."""

    code = forms.RegexField(
        rf"^\s*\d{{{DIGITS}}}\s*$",
        label=_("Code"),
        error_messages={
            "required": _("Type the code."),
            "invalid": _("The code has six digits."),
        },
    )


class Door(ABC):
    """What one surface's door does; all of it in the context of a tenant."""

    title: Any
    kind: str
    """`person` or `member`: a WeChat answer for the one is nothing to the other."""

    def __init__(self, request: HttpRequest, tenant_id: int) -> None:
        self.request = request
        self.tenant_id = tenant_id

    @abstractmethod
    def ask(self, phone: str) -> int:
        """Send a code; seconds until another may be asked for. Raises DomainError."""

    @abstractmethod
    def enter(self, phone: str, code: str, openid: str) -> HttpResponse:
        """Sign in, and join the WeChat account where one is given. Raises DomainError."""

    @abstractmethod
    def enter_by_wechat(self, openid: str) -> HttpResponse | None:
        """Sign in who is joined to the account; None where nobody is."""

    @abstractmethod
    def address(self, name: str) -> str:
        """Of `sign-in`, `wechat` or `wechat-return`, the group and the way back included."""

    def context(self) -> dict[str, Any]:
        """More for the page."""
        return {}


def answer(door: Door) -> HttpResponse:
    """The page, and what is sent to it."""
    request = door.request
    if request.method != "POST":
        return _show(door, phone=request.GET.get("phone", ""))
    if "code" in request.POST:
        return _enter(door)
    return _ask(door)


def to_wechat(door: Door) -> HttpResponse:
    """Send the browser to WeChat, with a mark that has to come back."""
    if not offers_wechat(door.request):
        return HttpResponseRedirect(door.address("sign-in"))
    state = wechat.new_state()
    return_to = settings.YIPAN_BASE_URL + door.address("wechat-return")
    response = HttpResponseRedirect(wechat.authorise_url(state=state, return_to=return_to))
    _keep(response, {"state": state, "kind": door.kind, "tenant": door.tenant_id})
    return response


def from_wechat(door: Door) -> HttpResponse:
    """What WeChat sent back: in, or once to the phone."""
    kept, state = _kept(door), door.request.GET.get("state", "")
    code = door.request.GET.get("code", "")
    if not code or not wechat.is_own_state(state) or kept.get("state") != state:
        return HttpResponseRedirect(door.address("sign-in"))
    try:
        openid = wechat.openid_of(code)
    except DomainError as error:
        return _show(door, problem=str(error), status=error.status)
    response = door.enter_by_wechat(openid)
    if response is not None:
        response.delete_cookie(_WECHAT_COOKIE, samesite="Lax")
        return response
    response = HttpResponseRedirect(door.address("sign-in"))
    _keep(response, {"openid": openid, "kind": door.kind, "tenant": door.tenant_id})
    return response


def offers_wechat(request: HttpRequest) -> bool:
    """Whether this browser can sign in by WeChat here."""
    return wechat.is_configured() and wechat.is_browser(request.headers.get("User-Agent", ""))


def safe_next(request: HttpRequest, default: str) -> str:
    """Where to go afterwards: a page of ours that the address names, else the default."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, None, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else default


def _ask(door: Door) -> HttpResponse:
    form = PhoneForm(door.request.POST)
    typed = door.request.POST.get("phone", "")
    if not form.is_valid():
        return _show(door, phone=typed, errors=form.errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        wait = door.ask(form.cleaned_data["phone"])
    except TooManyCodes as error:
        wait = error.data["retry_after"]  # type: ignore[assignment]
        if wait > PAUSE.total_seconds():
            return _show(door, phone=typed, problem=str(error), status=error.status)
        return _show(
            door, phone=typed, is_sent=True, wait=wait, problem=str(error), status=error.status
        )
    except DomainError as error:
        return _show(door, phone=typed, problem=str(error), status=error.status)
    return _show(door, phone=typed, is_sent=True, wait=wait)


def _enter(door: Door) -> HttpResponse:
    form = CodeForm(door.request.POST)
    typed = door.request.POST.get("phone", "")
    if not form.is_valid():
        return _show(
            door,
            phone=typed,
            is_sent="phone" not in form.errors,
            errors=form.errors,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    kept = _kept(door)
    openid = str(kept.get("openid", ""))
    try:
        response = door.enter(form.cleaned_data["phone"], form.cleaned_data["code"].strip(), openid)
    except CodeOver as error:
        return _show(door, phone=typed, is_sent=True, problem=str(error), status=error.status)
    except DomainError as error:
        errors = {"code": [str(error)]} if error.data.get("field") == "code" else {}
        problem = "" if errors else str(error)
        return _show(
            door, phone=typed, is_sent=True, errors=errors, problem=problem, status=error.status
        )
    if kept:
        response.delete_cookie(_WECHAT_COOKIE, samesite="Lax")
    return response


def _show(
    door: Door,
    *,
    phone: str = "",
    is_sent: bool = False,
    wait: int = 0,
    errors: Any = None,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    errors = errors or {}
    context = {
        "title": door.title,
        "step": "code" if is_sent else "phone",
        "phone": phone,
        "wait": wait,
        "phone_error": " ".join(errors.get("phone", [])),
        "code_error": " ".join(errors.get("code", [])),
        "problem": problem,
        "next": safe_next(door.request, ""),
        "action": door.address("sign-in"),
        "wechat": door.address("wechat") if offers_wechat(door.request) else "",
        "is_joining": bool(_kept(door).get("openid")),
        "inbox": "/demo/inbox/" if settings.YIPAN_DEMO and not settings.YIPAN_SMS_URL else "",
        **door.context(),
    }
    response = render(door.request, "design/sign_in.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _keep(response: HttpResponse, value: dict[str, Any]) -> None:
    response.set_cookie(
        _WECHAT_COOKIE,
        signing.dumps(value, salt=_SALT),
        max_age=_WECHAT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _kept(door: Door) -> dict[str, Any]:
    """What this browser keeps of its way through WeChat, for this door."""
    try:
        value: dict[str, Any] = signing.loads(
            door.request.COOKIES.get(_WECHAT_COOKIE, ""), salt=_SALT, max_age=_WECHAT_SECONDS
        )
    except signing.BadSignature:
        return {}
    is_ours = value.get("kind") == door.kind and value.get("tenant") == door.tenant_id
    return value if is_ours else {}
