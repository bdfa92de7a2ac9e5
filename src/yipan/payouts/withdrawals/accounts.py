"""Kinds of accounts that payouts move money to; their owner is the paying organisation."""

from typing import Final

from yipan.ledger.kinds import AccountKind, Side, register_kind

BANK: Final = register_kind(AccountKind("bank", Side.DEBIT, keeps_balance=False))
BANK_CLEARING: Final = register_kind(AccountKind("bank_clearing", Side.DEBIT, keeps_balance=False))
"""Handed over, not yet on a bank statement."""
TAX_PAYABLE: Final = register_kind(AccountKind("tax_payable", Side.CREDIT, keeps_balance=False))
