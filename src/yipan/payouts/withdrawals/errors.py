"""What withdrawals refuse."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError, InvalidField


class CardNumberInvalid(InvalidField):
    """Not the number of a bank card."""

    code = "withdrawals.card_number_invalid"

    def __init__(self) -> None:
        super().__init__(
            field="number",
            reason=_now("must be 12 to 19 digits with a right check digit"),
        )


class NameInvalid(InvalidField):
    """Not a person's name."""

    code = "withdrawals.name_invalid"

    def __init__(self) -> None:
        super().__init__(field="name", reason=_now("must be 1 to 60 readable characters"))


class NameNotVerified(DomainError):
    """The distributor's real name was not verified."""

    code = "withdrawals.name_not_verified"
    status = HTTPStatus.CONFLICT
    message = _("The real name must be verified first.")


class CardExists(DomainError):
    """The distributor has this card already."""

    code = "withdrawals.card_exists"
    status = HTTPStatus.CONFLICT
    message = _("This card was added before.")


class CardNotVerified(DomainError):
    """Name and card were not verified."""

    code = "withdrawals.card_not_verified"
    status = HTTPStatus.CONFLICT
    message = _("The card must be verified first.")


class CardRemoved(DomainError):
    """The card was removed."""

    code = "withdrawals.card_removed"
    status = HTTPStatus.CONFLICT
    message = _("The card was removed.")


class CardInUse(DomainError):
    """Money is on its way to the card."""

    code = "withdrawals.card_in_use"
    status = HTTPStatus.CONFLICT
    message = _("A withdrawal to this card has not ended yet.")


class HolderNameDiffers(DomainError):
    """The card's holder is not the distributor."""

    code = "withdrawals.holder_name_differs"
    status = HTTPStatus.CONFLICT
    message = _("The card's holder must have the distributor's verified real name.")


class NotASecondPerson(DomainError):
    """Who decides must be neither the one who asked nor the one who is paid."""

    code = "withdrawals.not_a_second_person"
    status = HTTPStatus.FORBIDDEN
    message = _("A second person must decide on this.")


class BelowMinimum(DomainError):
    """Less than one request may be."""

    code = "withdrawals.below_minimum"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("A withdrawal must be at least {minimum} fen.")


class AboveMaximum(DomainError):
    """More than one request may be."""

    code = "withdrawals.above_maximum"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("A withdrawal must not be above {maximum} fen.")


class TooManyToday(DomainError):
    """The day's number of requests is used up."""

    code = "withdrawals.too_many_today"
    status = HTTPStatus.CONFLICT
    message = _("No more than {per_day} withdrawals a day.")


class WrongState(DomainError):
    """The withdrawal stands where this cannot be done."""

    code = "withdrawals.wrong_state"
    status = HTTPStatus.CONFLICT
    message = _("This cannot be done while the withdrawal is {state}.")


class ReasonMissing(InvalidField):
    """A refusal must say why."""

    code = "withdrawals.reason_missing"

    def __init__(self) -> None:
        super().__init__(field="reason", reason=_now("must say why"))


class ProviderUnknown(InvalidField):
    """No provider of that code is registered."""

    code = "withdrawals.provider_unknown"

    def __init__(self, *, allowed: str) -> None:
        reason = _now("must be one of {allowed}").format(allowed=allowed)
        super().__init__(field="provider", reason=reason, allowed=allowed)


class SumChanged(DomainError):
    """What is decided on is not what the person has seen and confirmed."""

    code = "withdrawals.sum_changed"
    status = HTTPStatus.CONFLICT
    message = _("These withdrawals have changed since they were shown. Please look again.")


class NothingToHandOver(DomainError):
    """None of these payouts can go into a bank file, or all of them have gone already."""

    code = "withdrawals.nothing_to_hand_over"
    status = HTTPStatus.CONFLICT
    message = _("There is nothing to hand over: no approved withdrawal waits for a bank file.")


class LayoutUnknown(InvalidField):
    """No layout of that code is known."""

    code = "withdrawals.layout_unknown"

    def __init__(self, *, allowed: str) -> None:
        reason = _now("must be one of {allowed}").format(allowed=allowed)
        super().__init__(field="layout", reason=reason, allowed=allowed)


_RETURN_FAULTS = {
    "too_big": _("The file must not be above 5 MB."),
    "too_many_lines": _("The file must not have more than 20,000 lines."),
    "empty": _("The file has no lines."),
    "encoding": _("The file is neither UTF-8 nor GBK."),
    "not_csv": _("The file is not a csv file."),
    "column": _("The file lacks the column {column}."),
    "count": _("The file's last line counts other lines than it has."),
    "total": _("The file's last line sums up other amounts than it has."),
}


class ReturnFileRefused(InvalidField):
    """Not a return file that can be read; `fault` says why."""

    code = "withdrawals.return_file_refused"

    def __init__(self, *, fault: str, column: str = "") -> None:
        reason = str(_RETURN_FAULTS[fault]).format(column=column)
        super().__init__(field="file", reason=reason, fault=fault)

    def __str__(self) -> str:
        return str(self.data["reason"])


class ReturnKnown(DomainError):
    """The same file was loaded before."""

    code = "withdrawals.return_known"
    status = HTTPStatus.CONFLICT
    message = _("This file was loaded before. Nothing was changed.")


class ReturnEnded(DomainError):
    """The return file was applied or dropped already."""

    code = "withdrawals.return_ended"
    status = HTTPStatus.CONFLICT
    message = _("This file is no longer waiting: it was applied or dropped.")


class BreakClosed(DomainError):
    """Somebody has seen to the difference already."""

    code = "withdrawals.break_closed"
    status = HTTPStatus.CONFLICT
    message = _("This difference was closed already.")


class TaxAboveGross(ValueError):
    """A tax method withheld less than nothing or more than there is: a defect."""
