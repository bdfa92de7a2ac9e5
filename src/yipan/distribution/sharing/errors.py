"""What sharing refuses."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class LinkGone(DomainError):
    """A token that opens nothing.

    Revoked, expired, altered, made up, of another tenant: one answer for all, so that nobody
    learns from it which it was.
    """

    code = "sharing.link_gone"
    status = HTTPStatus.NOT_FOUND
    message = _("This link is no longer valid.")


class DistributorMayNotShare(DomainError):
    """Only an active and qualified distributor shares, and only where they may distribute."""

    code = "sharing.distributor_may_not_share"
    status = HTTPStatus.CONFLICT
    message = _("{distributor} may not share for {organisation} now.")

    def __init__(self, *, field: str, distributor: str, organisation: str) -> None:
        super().__init__(field=field, distributor=distributor, organisation=organisation)


class UnknownTemplate(DomainError):
    """There is no poster of that kind."""

    code = "sharing.unknown_template"
    status = HTTPStatus.NOT_FOUND
    message = _("There is no poster template {template}.")

    def __init__(self, *, template: str) -> None:
        super().__init__(field="template", template=template)
