"""States as the console shows them."""

from __future__ import annotations

from typing import Final

from yipan.payouts.withdrawals.models import Finding, ReturnState, WithdrawalState

TONES: Final = {
    WithdrawalState.REQUESTED: "warn",
    WithdrawalState.APPROVED: "info",
    WithdrawalState.SUBMITTED: "info",
    WithdrawalState.UNKNOWN: "bad",
    WithdrawalState.SUCCEEDED: "good",
    WithdrawalState.FAILED: "bad",
    WithdrawalState.REJECTED: "bad",
    WithdrawalState.CANCELLED: "neutral",
}
RETURN_TONES: Final = {
    ReturnState.PREVIEW: "warn",
    ReturnState.APPLIED: "good",
    ReturnState.DROPPED: "neutral",
}
FINDING_TONES: Final = {
    Finding.PAYS: "good",
    Finding.FAILS: "bad",
    Finding.KNOWN: "neutral",
    Finding.UNREADABLE: "warn",
}
"""Of the others: bad."""
OLD_TONES: Final = {"good": "good", "warn": "wait", "info": "wait", "bad": "bad", "neutral": ""}
"""The tones of `columns.badge`."""
