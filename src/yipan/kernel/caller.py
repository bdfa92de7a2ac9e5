"""The program behind an API request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest

from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who calls, for which tenant, with what permissions, over which subtree."""

    tenant_id: int
    client_id: int
    name: str
    scopes: frozenset[str]
    organisation_id: int
    organisation_path: str
    holders: frozenset[int] = frozenset()
    """People (ids) who were ever shown a key of it."""

    @property
    def actor(self) -> Actor:
        """For audit and `recorded_by`."""
        return Actor(ActorKind.API_CLIENT, self.client_id, self.name, self.holders)

    def require(self, permission: str) -> None:
        """Raises NotAllowed."""
        if permission not in self.scopes:
            raise NotAllowed(permission=permission)


def caller_of(request: HttpRequest, permission: str) -> ApiCaller:
    """The caller, who holds the permission. Raises NotAllowed."""
    caller = cast("ApiCaller", request.auth)  # type: ignore[attr-defined]
    caller.require(permission)
    return caller
