"""Codes of other modules in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.rules import Reason

RULES: Final[dict[str, str | Promise]] = {
    "code.last": _("the last code typed or scanned"),
    "coupon.last": _("the last coupon used"),
    "link.last": _("the last share link opened"),
    "link.first": _("the first share link opened"),
    "binding.live": _("the customer is bound to the distributor"),
}
"""What made a candidate the winner."""

REASONS: Final[dict[str, str | Promise]] = {
    Reason.SOURCE_NOT_USED: _("the policy does not use this source"),
    Reason.AFTER_ORDER: _("began after the order was placed"),
    Reason.OUTSIDE_WINDOW: _("too long before the order"),
    Reason.OTHER_ORDER: _("the coupon was used for another order"),
    Reason.BINDING_EXPIRED: _("the binding had ended"),
    Reason.DISTRIBUTOR_INACTIVE: _("the distributor was not active"),
    Reason.DISTRIBUTION_OFF: _("distribution was off there"),
    Reason.NOT_QUALIFIED: _("the distributor was not qualified"),
    Reason.SELF_PURCHASE: _("the distributor is the buyer"),
    Reason.OTHER_SKU: _("shared for another SKU"),
    Reason.LOWER_PRECEDENCE: _("another source goes before this one"),
    Reason.NOT_LAST: _("a later one won"),
    Reason.NOT_FIRST: _("an earlier one won"),
    Reason.RECORDED_LATER: _("one of the same moment was recorded before it"),
}
"""Why a candidate did not win."""

BINDING_REASONS: Final[dict[str, str | Promise]] = {
    "first_purchase": _("first purchase"),
    "first_touch": _("first touch"),
}
"""Why a customer was bound, where no operator says it."""

ACCOUNT_NAMES: Final[dict[str, str | Promise]] = {
    "commission_expense": _("commission expense"),
    "commission_pending": _("pending commission"),
    "commission_available": _("available commission"),
    "commission_in_withdrawal": _("commission in withdrawal"),
    "clawback_receivable": _("claw-back owed"),
    "bank": _("bank"),
    "bank_clearing": _("bank clearing"),
    "tax_payable": _("tax payable"),
}
JOURNAL_NAMES: Final[dict[str, str | Promise]] = {
    "accrual": _("accrual"),
    "reversal": _("reversal"),
    "release": _("release"),
    "offset": _("claw-back taken"),
    "withdrawal_request": _("withdrawal requested"),
    "withdrawal_ending": _("withdrawal ended"),
    "withdrawal_success": _("withdrawal paid"),
}

TAX_METHODS: Final[dict[str, str | Promise]] = {
    "none": _("nothing withheld"),
}
STEP_REASONS: Final[dict[str, str | Promise]] = {
    "TimeoutError": _("The bank did not answer in time; it is asked again."),
    "ConnectError": _("The bank could not be reached; it is asked again."),
    "unknown": _("The bank's answer was not clear; it is asked again."),
    "not_found": _("The bank does not know of it yet; it is asked again."),
    "the bank names another amount": _("The bank names another amount."),
    "not paid in time": _("Not paid in time."),
}
"""What our programs give as a reason, where nobody else does."""


def account_name(kind: str) -> str:
    """A kind of account in the reader's language."""
    return str(ACCOUNT_NAMES.get(kind, kind))


def journal_name(kind: str) -> str:
    """A kind of journal in the reader's language."""
    return str(JOURNAL_NAMES.get(kind, kind))


_ACTORS: Final[dict[str, str | Promise]] = {
    "system": _("the system"),
    "member": _("a customer"),
    "api_client": _("{name} (program)"),
    "distributor": _("{name} (distributor)"),
}
"""Kinds of those who act, where they are not people of the house."""


def actor_in_words(actor: str) -> str:
    """Who, out of what stands beside a change: `person:17:mei` is mei, `system:-:system` nobody."""
    kind, _number, name = (*actor.split(":", 2), "", "")[:3]
    if not name:
        return actor
    return str(_ACTORS.get(kind, "{name}")).replace("{name}", name)
