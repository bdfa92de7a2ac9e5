"""What webhooks have to say."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class EndpointSwitchedOff(DomainError):
    """Nothing is sent to an endpoint that is switched off."""

    code = "webhooks.endpoint_switched_off"
    status = HTTPStatus.CONFLICT
    message = _("This endpoint is switched off. Switch it on first.")


class AddressRefused(DomainError):
    """The address is none that may be called; `reason` says why."""

    code = "webhooks.address_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This address cannot be called: {reason}.")

    def __init__(self, *, reason: object) -> None:
        super().__init__(field="url", reason=str(reason))
