"""What can go wrong with members."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class IdentityTaken(DomainError):
    """Another member is known by this name. The name itself is not told."""

    code = "members.identity_taken"
    status = HTTPStatus.CONFLICT
    message = _("Another member is known by this {scheme}.")

    def __init__(self, *, scheme: str) -> None:
        super().__init__(field="value", scheme=scheme)


class TooManyAddresses(DomainError):
    """The member's address book is full."""

    code = "members.too_many_addresses"
    status = HTTPStatus.CONFLICT
    message = _("An address book has at most {most} addresses: remove one first.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)
