"""The gate of the open API: what happens to every request before and after its operation.

It stands before all other middleware, and API requests pass none of those: programs have no
session, cookie, or form. Whatever goes wrong inside leaves as a problem (RFC 9457).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import translation

from yipan.kernel.caller import ApiCaller
from yipan.kernel.errors import DomainError
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.openapi.admission import Admission, admit
from yipan.surfaces.openapi.errors import MethodNotAllowed
from yipan.surfaces.openapi.limits import check_size
from yipan.surfaces.openapi.problems import problem_of

PREFIX: Final = "/api/"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class ApiKey:
    """What every operation asks that is not open to all: whether the gate let somebody in."""

    openapi_security_schema: Final[dict[str, str]] = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "yk_<tenant>_<client>_<secret>",
        "description": "The key that was shown once when the API client was made.",
    }

    def __call__(self, request: HttpRequest) -> ApiCaller | None:
        """The caller; None where the request has no key. Raises what was wrong with the key."""
        refusal: DomainError | None = getattr(request, "refusal", None)
        if refusal is not None:
            raise refusal
        caller: ApiCaller | None = getattr(request, "auth", None)
        return caller


class ApiGate:
    """Middleware that answers the requests of the API itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        with translation.override(translation.get_language_from_request(request)):
            response = _answer(request, request_id)
        response["X-Request-Id"] = request_id
        response["X-Content-Type-Options"] = "nosniff"
        response.setdefault("Cache-Control", "no-store")
        return response


def _answer(request: HttpRequest, request_id: str) -> HttpResponseBase:
    admission: Admission | None = None
    try:
        check_size(request)
        match = resolve(request.path_info)
        request.resolver_match = match
        admission = _admission(request)
        response = _run(request, admission, match.func, match.kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = ", ".join(sorted(response["Allow"].split(", ")))
            response = problem_of(MethodNotAllowed(allowed=allowed), request_id=request_id)
            response["Allow"] = allowed
    except Exception as error:  # noqa: BLE001 - the one place where every error becomes an answer
        response = problem_of(error, request_id=request_id)
    if admission is not None:
        for name, value in admission.headers().items():
            response[name] = value
    return response


def _admission(request: HttpRequest) -> Admission | None:
    """Who presents a valid key. What is wrong with a key is told by operations that need one."""
    authorization = request.META.get("HTTP_AUTHORIZATION")
    if not authorization:
        return None
    try:
        return admit(authorization)
    except DomainError as refusal:
        request.refusal = refusal  # type: ignore[attr-defined]
        return None


def _run(
    request: HttpRequest,
    admission: Admission | None,
    view: Callable[..., HttpResponseBase],
    path: dict[str, Any],
) -> HttpResponseBase:
    if admission is None:
        return view(request, **path)
    caller = admission.caller
    request.auth = caller  # type: ignore[attr-defined]
    with tenant_context(caller.tenant_id, admission.epoch):
        return view(request, **path)
