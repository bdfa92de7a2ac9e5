"""Who did it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of party acts."""

    PERSON = "person"
    API_CLIENT = "api_client"
    DISTRIBUTOR = "distributor"
    MEMBER = "member"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The party behind a change, written beside it. `id` is None for the system itself."""

    kind: ActorKind
    id: int | None
    label: str
    holders: frozenset[int] = frozenset()
    """Of a program: the people (ids) who were ever shown a key of it."""

    @property
    def people(self) -> frozenset[int]:
        """Ids of the people who may be acting here: an account, or who holds a program's key."""
        if self.kind is ActorKind.PERSON and self.id is not None:
            return frozenset({self.id})
        return self.holders

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id if self.id is not None else '-'}:{self.label}"


SYSTEM = Actor(ActorKind.SYSTEM, None, "system")
