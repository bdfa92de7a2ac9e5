"""Reads of the organisation tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yipan.group.organisations.models import Level, Organisation
from yipan.kernel import config_cache
from yipan.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation as the tree stands now."""

    id: int
    code: str
    name: str
    level: str
    path: str
    parent_id: int | None
    lineage: tuple[int, ...]
    """Ids of itself and its ancestors, nearest first."""
    distribution_effective: bool
    company_id: int | None
    is_active: bool

    def ancestor_at(self, level: Level, tree: Tree) -> int | None:
        """Itself or the ancestor of a level, or None."""
        for node_id in self.lineage:
            if tree.by_id[node_id].level == level:
                return node_id
        return None


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole tree of the tenant in context."""

    by_id: Mapping[int, Node]
    by_code: Mapping[str, Node]

    def node(self, organisation_id: int) -> Node:
        """Raises NotFound."""
        found = self.by_id.get(organisation_id)
        if found is None:
            raise NotFound(kind="organisation", ref=organisation_id)
        return found

    def within(self, organisation_id: int, scope_path: str) -> bool:
        """Whether an organisation is in the subtree of a path."""
        found = self.by_id.get(organisation_id)
        return found is not None and found.path.startswith(scope_path)


def tree() -> Tree:
    """The tenant's tree, cached until the next change of configuration."""
    return config_cache.cached("organisations", _load)


def _load() -> Tree:
    nodes = [
        Node(
            id=row.id,
            code=row.code,
            name=row.name,
            level=row.level,
            path=row.path,
            parent_id=row.parent_id,
            lineage=tuple(int(part) for part in reversed(row.path.strip("/").split("/"))),
            distribution_effective=row.distribution_effective,
            company_id=row.company_id,
            is_active=row.is_active,
        )
        for row in Organisation.objects.order_by("path")
    ]
    return Tree({node.id: node for node in nodes}, {node.code: node for node in nodes})
