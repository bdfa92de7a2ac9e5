"""What the API itself has to say."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class KeyMissing(DomainError):
    """The request has no API key."""

    code = "openapi.key_missing"
    status = HTTPStatus.UNAUTHORIZED
    message = _("This needs the header Authorization: Bearer with an API key.")


class KeyInvalid(DomainError):
    """The API key is wrong, expired, revoked or of a closed tenant."""

    code = "openapi.key_invalid"
    status = HTTPStatus.UNAUTHORIZED
    message = _("This API key is not valid.")


class TooManyRequests(DomainError):
    """The client used up its requests; `retry_after` says when there is one again, in seconds."""

    code = "openapi.too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = _("More than {per_minute} requests a minute. Try again in {retry_after} s.")

    def __init__(self, *, per_minute: int, retry_after: int) -> None:
        super().__init__(per_minute=per_minute, retry_after=retry_after)


class NoSuchRoute(DomainError):
    """There is nothing at this address."""

    code = "openapi.no_such_route"
    status = HTTPStatus.NOT_FOUND
    message = _("There is nothing at this address.")


class MethodNotAllowed(DomainError):
    """The address does not know the method."""

    code = "openapi.method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    message = _("This address takes {allowed} only.")

    def __init__(self, *, allowed: str) -> None:
        super().__init__(allowed=allowed)


class BodyTooLarge(DomainError):
    """The request is larger than allowed; `most` is in bytes."""

    code = "openapi.body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _("A request has at most {most} bytes.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class UnreadableRequest(DomainError):
    """The request is not what it says it is, such as JSON that is cut off."""

    code = "openapi.unreadable_request"
    status = HTTPStatus.BAD_REQUEST
    message = _("The request cannot be read.")


class InvalidRequest(DomainError):
    """Values of the request cannot be taken; `errors` names each one and says why."""

    code = "openapi.invalid_request"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("The request has values that cannot be taken.")

    def __init__(self, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__()
        self.errors = list(errors)


class Unavailable(DomainError):
    """The database cannot answer at the moment; the request may be tried again."""

    code = "openapi.unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = _("This cannot be answered at the moment. Try again soon.")


class InternalError(DomainError):
    """A defect of the platform; the log has it under the request's id."""

    code = "openapi.internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    message = _("Something went wrong on our side. Ask with the reference {reference}.")

    def __init__(self, *, reference: str) -> None:
        super().__init__(reference=reference)
