"""What can go wrong on an order's way to its buyer."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class FulfilmentStateRefused(DomainError):
    """The goods are not where this could be done."""

    code = "fulfilment.state_refused"
    status = HTTPStatus.CONFLICT
    message = _("What is {state} cannot become {to}.")

    def __init__(self, *, state: str, to: str) -> None:
        super().__init__(state=state, to=to)


class OrderUnpaid(DomainError):
    """Nothing leaves the shop before it is paid."""

    code = "fulfilment.order_unpaid"
    status = HTTPStatus.CONFLICT
    message = _("The order is not paid, or nothing of it is left to be given out.")


class PickUpCodeWrong(DomainError):
    """The code is not the one the buyer was given."""

    code = "fulfilment.code_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This pick-up code is wrong; {left} more tries.")

    def __init__(self, *, left: int) -> None:
        super().__init__(field="code", left=left)


class PickUpCodeLocked(DomainError):
    """Too many wrong codes were tried: it looks like guessing."""

    code = "fulfilment.code_locked"
    status = HTTPStatus.CONFLICT
    message = _("Too many wrong codes: the pick-up is locked until a manager gives a new code.")
