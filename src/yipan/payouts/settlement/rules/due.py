"""When an entry is due (money.md, "Due")."""

from __future__ import annotations

from datetime import datetime, timedelta

from yipan.payouts.settlement.rules.policy import SettlementPolicy


def due_at_payment(paid_at: datetime, policy: SettlementPolicy) -> datetime:
    """The due moment while nobody has said that the line is completed.

    The line then counts as completed `auto_complete_days` after its payment. A day is 24 hours.
    """
    return paid_at + timedelta(days=policy.auto_complete_days + policy.hold_days)


def due_after_completion(
    completed_at: datetime, hold_days: int, due_at: datetime | None
) -> datetime:
    """The due moment once the line was completed.

    Never later than `due_at`, the moment known so far: a late word of completion does not take
    back that the line counted as completed by itself.
    """
    due = completed_at + timedelta(days=hold_days)
    return due if due_at is None else min(due, due_at)
