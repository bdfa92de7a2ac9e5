"""Nothing sent twice: a form has a key, and the same key again gets the first answer.

    {% load once %} … <form method="post">{% csrf_token %}{% once %}

    @signed_in
    @sent_once
    def withdraw(request): …

The key is stored in the transaction of the effect (kernel.idempotency).
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, overload

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from yipan.kernel import idempotency
from yipan.kernel.errors import DomainError
from yipan.kernel.idempotency import Answer, KeyReused, StillRunning
from yipan.kernel.uow import unit_of_work

FIELD: Final = "once"
_HEADER: Final = "Idempotency-Key"
_TYPE: Final = "application/vnd.yipan.page+json"
_KEPT_HEADERS: Final = ("Content-Type", "Location")
_KEPT_PREFIX: Final = "hx-"
_PATIENCE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.05
_NOT_IN_PRINT: Final = frozenset({FIELD, "csrfmiddlewaretoken"})

View = Callable[..., HttpResponseBase]
Refused = Callable[..., HttpResponseBase]


class SentWithoutKey(DomainError):
    """A form came without the key that keeps it from counting twice."""

    code = "design.sent_without_key"
    status = HTTPStatus.BAD_REQUEST
    message = _("This page is out of date. Load it again, then send it once more.")


class SentBefore(DomainError):
    """The key of a form came with something else in it."""

    code = "design.sent_before"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This was sent before with something else in it. Load the page again.")


class StillAtIt(DomainError):
    """What was sent first is still being worked on."""

    code = "design.still_at_it"
    status = HTTPStatus.CONFLICT
    message = _("What you sent is still being worked on. Wait a moment, then look again.")


class _NotStored(Exception):
    """Carries an answer that is no success out of the unit of work, which rolls back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


@overload
def sent_once(view: View) -> View: ...
@overload
def sent_once(
    *, refused: Refused | None = None, optional: bool = False
) -> Callable[[View], View]: ...


def sent_once(
    view: View | None = None, *, refused: Refused | None = None, optional: bool = False
) -> Any:
    """Have the POSTs of a view take effect once per key, all in one unit of work.

    Stands below `signed_in` or `shop`, which say whose key it is. The first answer below 400 is
    stored with the effect and given again, redirects and headers of htmx included; cookies are not.
    Any other answer, and any error, rolls everything back and leaves the key free. While the first
    one runs, the second waits for its answer for some seconds.

    `refused(request, error, **kwargs)` draws the page for an error of the domain, after the
    rollback; without it the error goes on. `optional`: what comes without a key is done as it is,
    as often as it comes. Raises SentWithoutKey, SentBefore, StillAtIt.
    """
    if view is None:
        return partial(_decorated, refused=refused, optional=optional)
    return _decorated(view, refused=None, optional=False)


def _decorated(view: View, *, refused: Refused | None, optional: bool) -> View:
    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.POST.get(FIELD, "") or request.headers.get(_HEADER, "")
        if optional and not key:
            return view(request, *args, **kwargs)
        try:
            key = idempotency.check_key(key)
        except DomainError as error:
            raise SentWithoutKey from error
        try:
            return _answered(request, key, partial(view, request, *args, **kwargs))
        except _NotStored as carried:
            return carried.response
        except DomainError as error:
            if refused is None or isinstance(error, SentBefore | StillAtIt):
                raise
            return refused(request, error, *args, **kwargs)

    return once


def _answered(
    request: HttpRequest, key: str, run: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    owner, print_ = _owner(request), _print(request)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _first_or_again(owner, key, print_, run)
        except StillRunning as error:
            if time.monotonic() > deadline:
                raise StillAtIt from error
            time.sleep(_LOOK_SECONDS)
        except KeyReused as error:
            raise SentBefore from error


def _first_or_again(
    owner: str, key: str, print_: tuple[str, ...], run: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    with unit_of_work():
        earlier = idempotency.earlier_answer(owner=owner, key=key, print_=print_)
        if earlier is not None:
            return _unpacked(earlier)
        response = run()
        if response.status_code >= HTTPStatus.BAD_REQUEST or not isinstance(response, HttpResponse):
            raise _NotStored(response)
        answer = _packed(response)
        idempotency.store_answer(owner=owner, key=key, print_=print_, answer=answer)
    return response


def _owner(request: HttpRequest) -> str:
    """Keys of two people never meet."""
    shop = getattr(request, "shop", None)
    if shop is not None:
        return f"member:{shop.member.id}" if shop.member else f"visitor:{shop.visitor}"
    person_id = getattr(request.user, "pk", None)
    return f"person:{person_id}"


def _print(request: HttpRequest) -> tuple[str, ...]:
    """What makes two sendings the same: the address and all fields but the technical ones."""
    fields = sorted(
        (name, request.POST.getlist(name)) for name in request.POST if name not in _NOT_IN_PRINT
    )
    files = sorted((name, _digest(file)) for name, file in request.FILES.items())
    said = json.dumps([fields, files], ensure_ascii=False).encode()
    return idempotency.fingerprint("POST", request.get_full_path(), said)


def _digest(file: UploadedFile[bytes] | list[object]) -> str:
    digest = hashlib.sha256()
    if isinstance(file, UploadedFile):
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def _packed(response: HttpResponse) -> Answer:
    headers = {
        name: value
        for name, value in response.items()
        if name in _KEPT_HEADERS or name.lower().startswith(_KEPT_PREFIX)
    }
    body = base64.b64encode(response.content).decode()
    packed = json.dumps({"headers": headers, "body": body}).encode()
    return Answer(response.status_code, packed, _TYPE)


def _unpacked(answer: Answer) -> HttpResponse:
    said = json.loads(answer.body)
    response = HttpResponse(base64.b64decode(said["body"]), status=answer.status)
    for name, value in said["headers"].items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response
