"""What can go wrong with payments."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class ProviderUnknown(DomainError):
    """There is no such payment provider, or it is not offered here."""

    code = "payments.provider_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: {provider} is not offered here.")

    def __init__(self, *, provider: str) -> None:
        super().__init__(field="provider", provider=provider)


class ProviderUnavailable(DomainError):
    """The provider does not answer; nothing was paid."""

    code = "payments.provider_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = _("The payment service does not answer. Nothing was charged; please try again.")


class OrderNotPayable(DomainError):
    """The order is paid, cancelled, or its time to pay is over."""

    code = "payments.order_not_payable"
    status = HTTPStatus.CONFLICT
    message = _("This order cannot be paid any more.")


class RepaymentEnded(DomainError):
    """The money was given back, or is being given back."""

    code = "payments.repayment_ended"
    status = HTTPStatus.CONFLICT
    message = _("This repayment is not one that was refused.")
