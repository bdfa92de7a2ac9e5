"""What commissions ask of modules above them, who register their answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple


class DuePolicy(NamedTuple):
    """When a commission earned now may be released, as far as is known at payment."""

    hold_days: int
    """Days from the line's completion to the due moment."""
    due_at: datetime
    """The due moment if nobody ever says that the line was completed."""


DueFunction = Callable[[tuple[int, ...], datetime], DuePolicy]
"""(ids of the selling organisation and its ancestors, nearest first; moment of payment)."""

_due: list[DueFunction] = []


def register_due_policy(function: DueFunction) -> None:
    """Have a function say when commissions are due; the last one registered counts."""
    _due[:] = [function]


def due_policy(lineage: tuple[int, ...], paid_at: datetime) -> DuePolicy | None:
    """The due policy, or None where no module settles."""
    return _due[0](lineage, paid_at) if _due else None
