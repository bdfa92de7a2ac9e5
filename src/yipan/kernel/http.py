"""What modules need from HTTP: operations that count once, and where a request comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from ninja import Schema
from ninja.decorators import decorate_view
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback
from pydantic import ConfigDict, Field

from yipan.kernel import idempotency
from yipan.kernel.caller import ApiCaller
from yipan.kernel.errors import DomainError
from yipan.kernel.idempotency import Answer
from yipan.kernel.uow import unit_of_work

View = TypeVar("View", bound=Callable[..., Any])
_Run = Callable[..., HttpResponseBase]

_HEADER: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "1 to 200 visible ASCII characters of your choice, one per intended effect. The same key "
        "with the same request is answered with the first answer, byte for byte."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "pos-17-receipt-000481-payment",
}


class _Refused(Exception):
    """Carries an answer that is not a success out of the unit of work, which rolls back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


def client_address(request: HttpRequest) -> str:
    """From where a request comes; the proxy's word counts only where there is one."""
    if settings.YIPAN_BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def idempotent(view: View) -> View:
    """Have an operation take effect once per Idempotency-Key.

    Stands below the route: `@router.post(...)`, then `@idempotent`. The whole operation runs in
    one unit of work, and the answer is stored in it as it was sent: the same request again is
    given the first answer with the header `Idempotent-Replayed`. Without a key 400, with the key
    of another request 422, while the first one runs 409. An answer of 400 or above, returned or
    raised, rolls everything back and leaves no record, so that the request may be tried again.
    """
    decorate_view(_once_per_key)(view)
    contribute_operation_callback(view, _document_header)
    return view


def _once_per_key(run: _Run) -> _Run:
    @wraps(run)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponseBase:
        caller: ApiCaller | None = getattr(request, "auth", None)
        if caller is None:  # the operation itself answers 401
            return run(request, **path)
        key = idempotency.check_key(request.headers.get("Idempotency-Key"))
        try:
            return _answered(request, f"api_client:{caller.client_id}", key, partial(run, **path))
        except _Refused as refused:
            return refused.response

    return guarded


def _answered(request: HttpRequest, owner: str, key: str, run: _Run) -> HttpResponseBase:
    print_ = idempotency.fingerprint(request.method or "", request.get_full_path(), request.body)
    with unit_of_work():
        earlier = idempotency.earlier_answer(owner=owner, key=key, print_=print_)
        if earlier is not None:
            return HttpResponse(
                earlier.body,
                status=earlier.status,
                content_type=earlier.content_type,
                headers={"Idempotent-Replayed": "true"},
            )
        response = run(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST or not isinstance(response, HttpResponse):
            raise _Refused(response)
        answer = Answer(response.status_code, response.content, response["Content-Type"])
        idempotency.store_answer(owner=owner, key=key, print_=print_, answer=answer)
    return response


def _document_header(operation: Operation) -> None:
    extra = dict(operation.openapi_extra or {})
    extra["parameters"] = [*extra.get("parameters", ()), _HEADER]
    operation.openapi_extra = extra


class Input(Schema):
    """Base of request bodies: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class ErrorOut(Schema):
    """One error among the results of a batch."""

    code: str = Field(description="Stable name of the error.", examples=["kernel.invalid_field"])
    detail: str = Field(description="A sentence in the reader's language.")
    data: dict[str, Any] = Field(description="What exactly was wrong.")

    @classmethod
    def of(cls, error: DomainError) -> ErrorOut:
        """An error as programs are told of it."""
        return cls(code=error.code, detail=str(error), data=error.data)
