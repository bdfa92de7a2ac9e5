"""What settlement announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from yipan.kernel.events import Event


class ReleasedEntry(NamedTuple):
    """One entry whose commission became available."""

    entry_id: int
    line_id: int
    distributor_id: int
    organisation_id: int
    """Who sold."""
    currency: str
    amount: int
    """Fen from pending to available; 0 where refunds had taken everything back."""
    offset: int
    """Fen of that taken at once for claw-back that was owed."""


@dataclass(frozen=True, slots=True)
class EntriesReleased(Event):
    """A chunk of entries was released, oldest due first."""

    batch_id: int
    released_at: datetime
    entries: tuple[ReleasedEntry, ...]
