"""What a tour does besides pressing the buttons that everybody has."""

from __future__ import annotations

from datetime import datetime, timedelta

from yipan.distribution.commissions.models import EntryState
from yipan.kernel import audit, clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.uow import unit_of_work
from yipan.payouts.settlement.actions import bring_due_forward
from yipan.trade.orders.models import OrderLine


def let_time_pass(*, buyer_id: int, since: datetime) -> int:
    """Count the holding time of a buyer's completed lines as over; how many there were.

    Only of orders placed since a moment. The commission is due from now on: settlement's own action
    counts the hold from a completion so many days ago, and its own job releases it. The lines keep
    the moment at which they were really completed.
    """
    now = clock.now()
    with unit_of_work():
        lines = OrderLine.objects.filter(
            order__member_id=buyer_id, order__placed_at__gte=since, completed_at__isnull=False
        ).values_list("id", flat=True)
        waiting = EntryState.objects.filter(
            line_id__in=list(lines), released_at=None, due_at__gt=now
        )
        completed = {
            line_id: now - timedelta(days=hold_days)
            for line_id, hold_days in waiting.values_list("line_id", "hold_days")
        }
        if completed:
            bring_due_forward(completed=completed)
            audit.record(
                action="showcase.let_time_pass",
                subject_type="member",
                subject_id=buyer_id,
                after={"lines": sorted(completed)},
                by=SYSTEM,
                reason="demo tour",
            )
    return len(completed)
