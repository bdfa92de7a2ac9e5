"""Withdrawals in the console: decisions, cards, files to the bank and back, differences."""

from yipan.payouts.withdrawals.admin.bank import BankFileAdmin, BankReturnAdmin
from yipan.payouts.withdrawals.admin.breaks import BankBreakAdmin
from yipan.payouts.withdrawals.admin.cards import BankCardAdmin
from yipan.payouts.withdrawals.admin.payouts import WithdrawalAdmin

__all__ = [
    "BankBreakAdmin",
    "BankCardAdmin",
    "BankFileAdmin",
    "BankReturnAdmin",
    "WithdrawalAdmin",
]
