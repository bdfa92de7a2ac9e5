"""What settlement does when lines are completed or put in dispute."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.kernel.events import on
from yipan.payouts.settlement import actions
from yipan.trade.orders.events import LinesCompleted, RefundRequestClosed, RefundRequestOpened


@on(LinesCompleted)
def count_hold_from_completion(events: Sequence[LinesCompleted]) -> None:
    """The hold runs from the completion of the line."""
    completed = {line_id: event.completed_at for event in events for line_id in event.line_ids}
    actions.bring_due_forward(completed=completed)


@on(RefundRequestOpened)
def hold(events: Sequence[RefundRequestOpened]) -> None:
    """What is asked back is not released."""
    actions.hold_lines(line_ids=[event.line_id for event in events], held=True)


@on(RefundRequestClosed)
def hold_no_longer(events: Sequence[RefundRequestClosed]) -> None:
    """What remains after the request may go its way."""
    actions.hold_lines(line_ids=[event.line_id for event in events], held=False)
