"""Where somebody may do what: pure values, the same for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yipan.group.people.rules import CONSOLE_ROLES, permissions_of
from yipan.kernel.caller import ApiCaller
from yipan.kernel.errors import NotAllowed

_NOWHERE: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The permissions of somebody, each with the subtrees that it holds for."""

    tenant_id: int
    granted: Mapping[str, tuple[str, ...]]
    """Permission → outermost paths of organisations."""
    roles: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of_roles(
        cls, tenant_id: int, assignments: Iterable[tuple[str, str]], declared: Iterable[str]
    ) -> Scope:
        """From pairs of role and path, and the permissions that the enabled modules declare."""
        names = frozenset(declared)
        paths: dict[str, set[str]] = {}
        roles = set()
        for role, path in assignments:
            roles.add(role)
            for permission in permissions_of(role, names):
                paths.setdefault(permission, set()).add(path)
        granted = {permission: outermost(found) for permission, found in paths.items()}
        return cls(tenant_id, granted, frozenset(roles))

    @classmethod
    def of_caller(cls, caller: ApiCaller) -> Scope:
        """Of a program: each of its permissions over the subtree of its organisation."""
        return cls(
            caller.tenant_id, dict.fromkeys(sorted(caller.scopes), (caller.organisation_path,))
        )

    @property
    def opens_console(self) -> bool:
        """Whether one of the roles is of the back office."""
        return not self.roles.isdisjoint(CONSOLE_ROLES)

    def paths(self, permission: str) -> tuple[str, ...]:
        """The subtrees that a permission holds for, none inside another."""
        return self.granted.get(permission, _NOWHERE)

    def holds(self, permission: str) -> bool:
        """Whether a permission holds anywhere."""
        return permission in self.granted

    def allows(self, permission: str, organisation_path: str) -> bool:
        """Whether a permission holds at an organisation."""
        return any(organisation_path.startswith(path) for path in self.paths(permission))

    def allows_everywhere(self, permission: str) -> bool:
        """Whether a permission holds at headquarters, and so for what the whole group owns."""
        return any(path.count("/") == 2 for path in self.paths(permission))

    def require(self, permission: str) -> tuple[str, ...]:
        """The subtrees that a permission holds for. Raises NotAllowed where there is none."""
        if not self.holds(permission):
            raise NotAllowed(permission=permission)
        return self.paths(permission)

    def lacks(self, permissions: Iterable[str], organisation_path: str) -> list[str]:
        """Which of these permissions do not hold at an organisation, in order of name."""
        return sorted(name for name in permissions if not self.allows(name, organisation_path))


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that lie inside no other, in order."""
    kept: list[str] = []
    for path in sorted(paths):
        if not any(path.startswith(other) for other in kept):
            kept.append(path)
    return tuple(kept)
