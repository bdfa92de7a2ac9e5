"""What can be done with payments."""

from yipan.trade.payments.actions.begin import ask_provider, begin_payment, charge_of, open_intent
from yipan.trade.payments.actions.expire import ask_about_pending, expire_unpaid
from yipan.trade.payments.actions.repay import (
    make_repayments,
    note_refunds,
    retry_repayment,
)
from yipan.trade.payments.actions.settle import Settlement, SettlementKind, settle

__all__ = [
    "Settlement",
    "SettlementKind",
    "ask_about_pending",
    "ask_provider",
    "begin_payment",
    "charge_of",
    "expire_unpaid",
    "make_repayments",
    "note_refunds",
    "open_intent",
    "retry_repayment",
    "settle",
]
