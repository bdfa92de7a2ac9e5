"""What settlement hooks in when it is on."""

from __future__ import annotations

from datetime import datetime

from yipan.distribution.commissions.ports import DuePolicy, register_due_policy
from yipan.payouts.settlement.queries import policy_for
from yipan.payouts.settlement.rules import due_at_payment


def due_policy(lineage: tuple[int, ...], paid_at: datetime) -> DuePolicy:
    """When what is earned now may be released, as far as is known at payment."""
    policy = policy_for(lineage, paid_at)
    return DuePolicy(policy.hold_days, due_at_payment(paid_at, policy))


register_due_policy(due_policy)
