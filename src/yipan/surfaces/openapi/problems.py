"""Errors as RFC 9457 problem details: every answer that is not a success, rendered in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as RequestError

from yipan.kernel.errors import DomainError
from yipan.surfaces.openapi.errors import (
    BodyTooLarge,
    InternalError,
    InvalidRequest,
    KeyInvalid,
    KeyMissing,
    NoSuchRoute,
    TooManyRequests,
    Unavailable,
    UnreadableRequest,
)
from yipan.surfaces.openapi.limits import body_limit
from yipan.surfaces.openapi.reasons import fields_of
from yipan.surfaces.openapi.wire import to_bytes

MEDIA_TYPE: Final = "application/problem+json"
_log = logging.getLogger(__name__)


def problem_of(error: Exception, *, request_id: str) -> HttpResponse:
    """The answer to a request that failed; what nobody foresaw goes to the log."""
    domain_error = _in_our_words(error, request_id)
    response = HttpResponse(
        to_bytes(details_of(domain_error, request_id=request_id)),
        status=domain_error.status,
        content_type=MEDIA_TYPE,
    )
    # The framework would log what the caller did wrong.
    response._has_been_logged = True  # type: ignore[attr-defined]
    if isinstance(domain_error, KeyMissing):
        response["WWW-Authenticate"] = 'Bearer realm="yipan"'
    elif isinstance(domain_error, KeyInvalid):
        response["WWW-Authenticate"] = 'Bearer realm="yipan", error="invalid_token"'
    elif isinstance(domain_error, TooManyRequests):
        per_minute, retry = domain_error.data["per_minute"], domain_error.data["retry_after"]
        response["Retry-After"] = str(retry)
        response["RateLimit-Policy"] = f'"client";q={per_minute};w=60'
        response["RateLimit"] = f'"client";r=0;t={retry}'
    elif isinstance(domain_error, Unavailable):
        response["Retry-After"] = "1"
    return response


def details_of(error: DomainError, *, request_id: str) -> dict[str, Any]:
    """The members of a problem (RFC 9457 §3), and our own: `code`, `data` and `errors`."""
    detail = str(error)
    details: dict[str, Any] = {
        "type": f"urn:yipan:problem:{error.code}",
        "title": _title(type(error)),
        "status": int(error.status),
        "detail": detail,
        "instance": f"urn:yipan:request:{request_id}",
        "code": error.code,
        "data": error.data,
    }
    if isinstance(error, InvalidRequest):
        details["errors"] = error.errors
    elif "field" in error.data:
        reason = error.data.get("reason", detail)
        details["errors"] = [{"field": error.data["field"], "reason": reason, "code": error.code}]
    return details


def _title(kind: type[DomainError]) -> str:
    """What kind of problem it is: the first sentence of what the class says of itself."""
    text = (kind.__doc__ or HTTPStatus(kind.status).phrase).strip()
    return text.split("\n", 1)[0].split("; ", 1)[0].rstrip(".")


_FORESEEN: Final[tuple[tuple[type[Exception], Callable[[], DomainError]], ...]] = (
    (AuthenticationError, KeyMissing),
    (Http404, NoSuchRoute),
    (RequestDataTooBig, lambda: BodyTooLarge(most=body_limit())),
    (BadRequest, UnreadableRequest),
    (SuspiciousOperation, UnreadableRequest),
    (HttpError, UnreadableRequest),  # a body that the framework could not parse
)


def _in_our_words(error: Exception, request_id: str) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, RequestError):
        return InvalidRequest(fields_of(error.errors))
    for kind, foreseen in _FORESEEN:
        if isinstance(error, kind):
            return foreseen()
    if isinstance(error, DataError):  # such as a number or character that no column can hold
        _log.warning("request %s has a value that cannot be stored", request_id, exc_info=error)
        return InvalidRequest()
    if isinstance(error, OperationalError | InterfaceError):
        _log.error("request %s: no answer from the database", request_id, exc_info=error)
        return Unavailable()
    _log.error("request %s failed", request_id, exc_info=error)
    return InternalError(reference=request_id)
