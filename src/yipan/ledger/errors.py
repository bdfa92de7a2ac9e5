"""What the ledger refuses."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class InsufficientBalance(DomainError):
    """An account that may not go below zero would."""

    code = "ledger.insufficient_balance"
    status = HTTPStatus.CONFLICT
    message = _("The balance is not enough for this.")


class JournalExists(DomainError):
    """The business fact of that key was booked before."""

    code = "ledger.journal_exists"
    status = HTTPStatus.CONFLICT
    message = _("This was booked before.")


class UnbalancedJournal(ValueError):
    """A draft that does not add up to zero, has no postings or a posting of zero: a defect."""
