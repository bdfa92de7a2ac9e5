"""Errors are a vocabulary: a class with a stable code, an HTTP status and data.

Rendered once: as RFC 9457 problem details for programs, as a sentence for people.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class DomainError(Exception):
    """Something the business does not allow. `data` names what was wrong, JSON-able."""

    code: ClassVar[str] = "kernel.error"
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    message: ClassVar[str | _StrPromise] = _("This cannot be done.")

    def __init__(self, **data: object) -> None:
        super().__init__()
        self.data = data

    def __str__(self) -> str:
        return str(self.message).format(**self.data)


class InvalidField(DomainError):
    """A value that cannot be taken; `field` names it, `reason` says why."""

    code = "kernel.invalid_field"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: {reason}")

    def __init__(self, *, field: str, reason: str, **data: object) -> None:
        super().__init__(field=field, reason=reason, **data)


class NotFound(DomainError):
    """Nothing of that name in the caller's reach."""

    code = "kernel.not_found"
    status = HTTPStatus.NOT_FOUND
    message = _("No {kind} {ref} was found.")

    def __init__(self, *, kind: str, ref: object, **data: object) -> None:
        super().__init__(kind=kind, ref=ref, **data)


class NotAllowed(DomainError):
    """The caller lacks the permission."""

    code = "kernel.not_allowed"
    status = HTTPStatus.FORBIDDEN
    message = _("This needs the permission {permission}.")

    def __init__(self, *, permission: str, **data: object) -> None:
        super().__init__(permission=permission, **data)
