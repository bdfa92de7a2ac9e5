"""What can be done with cards and withdrawals."""

from yipan.payouts.withdrawals.actions.cards import (
    add_card,
    remove_card,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.actions.policies import set_withdrawal_policy
from yipan.payouts.withdrawals.actions.requests import (
    Quote,
    approve_withdrawal,
    cancel_withdrawal,
    quote_withdrawal,
    reject_withdrawal,
    request_withdrawal,
)
from yipan.payouts.withdrawals.actions.transfers import (
    query_awaited,
    record_answer,
    submit_approved,
)

__all__ = [
    "Quote",
    "add_card",
    "approve_withdrawal",
    "cancel_withdrawal",
    "query_awaited",
    "quote_withdrawal",
    "record_answer",
    "reject_withdrawal",
    "remove_card",
    "request_withdrawal",
    "set_withdrawal_policy",
    "submit_approved",
    "verify_card",
    "verify_name",
]
