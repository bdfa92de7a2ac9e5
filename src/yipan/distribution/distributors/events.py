"""What the module announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from yipan.kernel.actor import Actor
from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DistributorRegistered(Event):
    """Somebody may share and earn from now on."""

    public_name: ClassVar[str | None] = "distributor.registered"

    distributor_id: int
    code: str
    kind: str
    organisation_id: int
    """The home organisation."""
    at: datetime

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class DistributorStatusChanged(Event):
    """A distributor was suspended, or is active again."""

    public_name: ClassVar[str | None] = "distributor.status_changed"

    distributor_id: int
    status: str
    organisation_id: int
    at: datetime

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class DistributorLeft(Event):
    """A distributor left; live bindings are handed over to the successor, if there is one."""

    public_name: ClassVar[str | None] = "distributor.left"

    distributor_id: int
    successor_id: int | None
    """None: the bindings end."""
    at: datetime
    by: Actor
    reason: str = ""
    organisation_id: int | None = None

    def as_payload(self) -> dict[str, Any]:
        return {
            "distributor_id": self.distributor_id,
            "successor_id": self.successor_id,
            "at": self.at,
            "organisation_id": self.organisation_id,
        }

    def scope(self) -> int | None:
        return self.organisation_id
