"""States, limits and refusals in the words of the people who sell."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _as

from yipan.distribution.commissions.models import BeneficiaryRole
from yipan.distribution.commissions.queries import EarnedState
from yipan.kernel.errors import DomainError
from yipan.kernel.money import yuan
from yipan.ledger.errors import InsufficientBalance
from yipan.payouts.withdrawals.errors import AboveMaximum, BelowMinimum
from yipan.payouts.withdrawals.models import WithdrawalState


class Words(NamedTuple):
    """What a state is called, the tone it is shown in, and what it means for the reader."""

    name: str | Promise
    tone: str
    meaning: str | Promise = ""


EARNED: Final = {
    EarnedState.PENDING: Words(
        _as("entry", "Pending"), "info", _("Will be released on the due date.")
    ),
    EarnedState.HELD: Words(
        _("On hold"), "warn", _("The buyer asked for a refund; on hold until that is settled.")
    ),
    EarnedState.RELEASED: Words(
        _as("entry", "Released"), "good", _("Added to your available balance.")
    ),
    EarnedState.REVERSED: Words(_("Reversed"), "neutral", _("The buyer was refunded in full.")),
    EarnedState.NOTHING: Words(_("No commission"), "neutral", _("No commission under the rule.")),
}

_S = WithdrawalState
WITHDRAWAL: Final = {
    _S.REQUESTED: Words(_as("withdrawal", "In review"), "info", _("Waiting for approval.")),
    _S.APPROVED: Words(_as("withdrawal", "To be paid"), "info", _("About to be paid out.")),
    _S.SUBMITTED: Words(
        _as("withdrawal", "On its way"),
        "info",
        _("The bank is processing it; this may take a day."),
    ),
    _S.UNKNOWN: Words(
        _as("withdrawal", "Being confirmed"),
        "warn",
        _("The bank has not confirmed it yet. We keep asking; your money is safe."),
    ),
    _S.SUCCEEDED: Words(_as("withdrawal", "Paid"), "good", _("The money has arrived.")),
    _S.FAILED: Words(
        _as("withdrawal", "Failed"),
        "bad",
        _("The bank could not pay it; the money is back in your balance."),
    ),
    _S.REJECTED: Words(
        _as("withdrawal", "Refused"), "bad", _("It was refused; the money is back in your balance.")
    ),
    _S.CANCELLED: Words(
        _as("withdrawal", "Cancelled"),
        "neutral",
        _("You cancelled it; the money is back in your balance."),
    ),
}

ROLES: Final = {
    BeneficiaryRole.SELLER.value: _("Own sale"),
    BeneficiaryRole.UPLINE_1.value: _("From your team"),
    BeneficiaryRole.UPLINE_2.value: _("From your team's team"),
}

SOURCES: Final = {
    "link": _("opened your link"),
    "code": _("used your code"),
    "coupon": _("used your coupon"),
}

CHANNELS: Final = {
    "link": _("Copied link"),
    "share": _("System share"),
    "poster": _("Poster"),
    "qr": _("QR code on screen"),
    "wechat": _("WeChat"),
    "moments": _("Moments"),
    "pos": _("At the till"),
    "mini": _("Mini program"),
    "mall": _("Mall"),
}


def plainly(error: DomainError) -> str:
    """An error as a sentence with amounts in yuan."""
    if isinstance(error, BelowMinimum):
        return _now("At least {amount} each time.").format(amount=yuan(_fen(error, "minimum")))
    if isinstance(error, AboveMaximum):
        return _now("At most {amount} each time.").format(amount=yuan(_fen(error, "maximum")))
    if isinstance(error, InsufficientBalance):
        return _now("That is more than you can withdraw.")
    return str(error.data.get("reason") or error)


def _fen(error: DomainError, name: str) -> int:
    value = error.data[name]
    return value if isinstance(value, int) else 0
