"""What payment providers call, and the page of the sandbox's cashier."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from typing import Final

from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.money import yuan
from yipan.kernel.tenancy import tenant_context
from yipan.trade.payments.actions import settle
from yipan.trade.payments.models import LIVE_STATES, IntentState, PaymentIntent
from yipan.trade.payments.providers.registry import Notice, NoticeForged, provider_named
from yipan.trade.payments.providers.sandbox import SandboxCashier, is_open
from yipan.trade.payments.queries import intent_by_token
from yipan.trade.payments.references import tenant_of_reference, tenant_of_token

MOST_BYTES: Final = 64 * 1024
"""Of a notification; real ones have about two thousand."""
_SANDBOX: Final = SandboxCashier()
_CONTENT: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    """A provider says how a payment went. Believed only with the provider's signature."""
    try:
        found = provider_named(provider)
    except LookupError:
        raise Http404 from None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        settled = found.verify(Notice(headers, request.body))
    except NoticeForged:
        _log.warning("a notification that %s did not send was refused", provider)
        return found.answer(heard=False)
    if settled is None:
        return found.answer(heard=True)
    with _tenant(tenant_of_reference(settled.reference)) as is_known:
        if not is_known:
            _log.warning("%s tells of a payment of nobody's", provider)
            return found.answer(heard=False)
        outcome = settle(provider=provider, settled=settled)
    return found.answer(heard=outcome.is_heard)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cashier(request: HttpRequest, token: str) -> HttpResponse:
    """Pay, fail or leave, on a phone; no money moves."""
    if not is_open():
        raise Http404
    with _tenant(tenant_of_token(token)) as is_known:
        intent = intent_by_token(token) if is_known else None
        if intent is None or intent.provider != _SANDBOX.code:
            raise Http404
        is_live = intent.state in LIVE_STATES and intent.expires_at > clock.now()
        act = request.POST.get("act", "")
        notice = _act(intent, act) if is_live and request.method == "POST" else None
    if notice is not None:
        _deliver(request, notice)
    if request.method == "POST" and (notice is not None or act == "leave"):
        return _private(HttpResponseRedirect(intent.return_url or request.path))
    return _private(render(request, "payments/cashier.html", _page(intent, is_live=is_live)))


def _act(intent: PaymentIntent, act: str) -> Notice | None:
    if act == "pay":
        return _SANDBOX.take(reference=intent.reference, amount=intent.amount)
    if act == "fail":
        return _SANDBOX.refuse(reference=intent.reference)
    return None


def _deliver(request: HttpRequest, notice: Notice) -> None:
    """Send the notification where a real provider's would come in: a request of its own."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("pay-notify", args=(_SANDBOX.code,)),
        "SERVER_NAME": request.META.get("SERVER_NAME", "localhost"),
        "SERVER_PORT": request.META.get("SERVER_PORT", "80"),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(notice.body),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(notice.body)),
        **{f"HTTP_{name.upper().replace('-', '_')}": v for name, v in notice.headers.items()},
    }
    response = notify(WSGIRequest(environ), provider=_SANDBOX.code)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        _log.warning("the sandbox's notification was answered with %s", response.status_code)


def _page(intent: PaymentIntent, *, is_live: bool) -> dict[str, object]:
    return {
        "merchant": intent.merchant,
        "subject": intent.subject,
        "reference": intent.reference,
        "amount": yuan(intent.amount),
        "expires_at": intent.expires_at,
        "is_live": is_live,
        "is_paid": intent.state == IntentState.PAID,
        "is_failed": intent.state == IntentState.FAILED,
        "is_closed": not is_live and intent.expires_at > clock.now(),
        "return_url": intent.return_url,
    }


@contextmanager
def _tenant(tenant_id: int | None) -> Iterator[bool]:
    """Work as the tenant, if there is such an active one."""
    found = Tenant.objects.filter(pk=tenant_id, is_active=True).first() if tenant_id else None
    if found is None:
        yield False
        return
    with tenant_context(found.id, found.config_epoch):
        yield True


def _private(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = _CONTENT
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
