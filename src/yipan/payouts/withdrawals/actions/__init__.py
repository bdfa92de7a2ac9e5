"""What can be done with cards and withdrawals."""

from yipan.payouts.withdrawals.actions.bank_out import bytes_of, make_bank_file
from yipan.payouts.withdrawals.actions.bank_return import (
    apply_return,
    close_break,
    drop_return,
    load_return,
    take_break,
)
from yipan.payouts.withdrawals.actions.cards import (
    add_card,
    add_own_card,
    remove_card,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.actions.decisions import (
    Shown,
    approve_withdrawals,
    reject_withdrawals,
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
    "Shown",
    "add_card",
    "add_own_card",
    "apply_return",
    "approve_withdrawal",
    "approve_withdrawals",
    "bytes_of",
    "cancel_withdrawal",
    "close_break",
    "drop_return",
    "load_return",
    "make_bank_file",
    "query_awaited",
    "quote_withdrawal",
    "record_answer",
    "reject_withdrawal",
    "reject_withdrawals",
    "remove_card",
    "request_withdrawal",
    "set_withdrawal_policy",
    "submit_approved",
    "take_break",
    "verify_card",
    "verify_name",
]
