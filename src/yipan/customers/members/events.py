"""What members announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MemberSignedIn(Event):
    """A buyer proved who they are, in a browser that may have looked around before."""

    member_id: int
    visitor: str
    """The browser's name; empty: unknown."""
    organisation_id: int | None
    """Whose shop it was."""
    at: datetime
