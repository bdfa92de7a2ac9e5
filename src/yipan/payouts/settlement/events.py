"""What settlement announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

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

    public_name: ClassVar[str | None] = "commission.released"
    batch_id: int
    released_at: datetime
    entries: tuple[ReleasedEntry, ...]

    def as_payload(self) -> dict[str, Any]:
        return {
            "batch_id": self.batch_id,
            "released_at": self.released_at,
            "entries": [entry._asdict() for entry in self.entries],
        }
