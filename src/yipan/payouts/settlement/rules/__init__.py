"""The arithmetic of settlement: when an entry is due, and what is taken for claw-back."""

from yipan.payouts.settlement.rules.due import due_after_completion, due_at_payment
from yipan.payouts.settlement.rules.offsets import Claim, Debtor, offsets
from yipan.payouts.settlement.rules.policy import SettlementPolicy

__all__ = [
    "Claim",
    "Debtor",
    "SettlementPolicy",
    "due_after_completion",
    "due_at_payment",
    "offsets",
]
