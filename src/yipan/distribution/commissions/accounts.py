"""The accounts that commissions move over (money.md)."""

from typing import Final

from yipan.ledger.kinds import AccountKind, Side, register_kind

EXPENSE: Final = register_kind(AccountKind("commission_expense", Side.DEBIT, keeps_balance=False))
"""Owned by the legal company that sells."""
PENDING: Final = register_kind(AccountKind("commission_pending", Side.CREDIT, keeps_balance=True))
"""待结算, owned by the distributor."""
AVAILABLE: Final = register_kind(
    AccountKind("commission_available", Side.CREDIT, keeps_balance=True)
)
"""可提现, owned by the distributor."""
IN_WITHDRAWAL: Final = register_kind(
    AccountKind("commission_in_withdrawal", Side.CREDIT, keeps_balance=True)
)
"""提现中, owned by the distributor."""
CLAWBACK: Final = register_kind(AccountKind("clawback_receivable", Side.DEBIT, keeps_balance=True))
"""What the distributor owes after a refund of commission already taken."""
