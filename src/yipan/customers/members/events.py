"""What members announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MemberSignedIn(Event):
    """A buyer proved who they are, in a browser that may have looked around before."""

    public_name: ClassVar[str | None] = "member.signed_in"
    member_id: int
    visitor: str
    """The browser's name; empty: unknown."""
    organisation_id: int | None
    """Whose shop it was."""
    at: datetime

    def as_payload(self) -> dict[str, Any]:
        """All but the browser's name, which is nobody's business outside."""
        return {"member_id": self.member_id, "organisation_id": self.organisation_id, "at": self.at}

    def scope(self) -> int | None:
        return self.organisation_id
