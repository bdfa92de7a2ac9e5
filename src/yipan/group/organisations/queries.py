"""Reads of the organisation tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from yipan.group.organisations.models import Level, Organisation, OrganisationMove
from yipan.group.organisations.rules import subtree_range
from yipan.kernel import config_cache
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id


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

    def subtree(self, organisation_id: int) -> list[Node]:
        """The node and all below it, every node after its parent. Raises NotFound."""
        path = self.node(organisation_id).path
        return [node for node in self.by_id.values() if node.path.startswith(path)]

    @property
    def root(self) -> Node:
        """Headquarters. Raises NotFound where none were planted."""
        for node in self.by_id.values():
            if node.parent_id is None:
                return node
        raise NotFound(kind="organisation", ref="headquarters")


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


def within(paths: Sequence[str], lookup: str = "organisation__path") -> Q:
    """The condition that a row's organisation lies in one of these subtrees (no path: no row).

    `lookup` leads from the row to the path (`path`, `order__organisation__path`) or, where there is
    no relation, names the column with the organisation's id (`organisation_id`). Who may see the
    whole tree needs no look at it: there, the condition is only that there is an organisation.
    Index: organisation_path_once (tenant, path). A range and not a LIKE, because row-level security
    keeps conditions that are not leakproof away from indexes.
    """
    if lookup != "path" and any(_is_whole(path) for path in paths):
        return Q(**{f"{lookup.removesuffix('__path')}__isnull": False})
    if not lookup.endswith("path"):
        inside = Organisation.objects.filter(within(paths, "path"))
        return Q(**{f"{lookup}__in": inside.values("id")})
    condition = Q(pk__in=[])
    for path in paths:
        start, end = subtree_range(path)
        condition |= Q(**{f"{lookup}__gte": start, f"{lookup}__lt": end})
    return condition


class Condition(NamedTuple):
    """A part of a hand-written statement, with its parameters."""

    condition: str
    params: tuple[object, ...]


def ids_within(paths: Sequence[str], column: str) -> Condition:
    """The condition of `within` for a column with the organisation's id, in SQL.

    `column` is written into the statement as it is.
    """
    if any(_is_whole(path) for path in paths):
        return Condition(f"{column} IS NOT NULL", ())
    ranges = [bound for path in paths for bound in subtree_range(path)]
    either = " OR ".join("(g.path >= %s AND g.path < %s)" for _ in paths) or "false"
    inside = f"SELECT g.id FROM organisations_organisation g WHERE g.tenant_id = %s AND ({either})"  # noqa: S608
    return Condition(f"{column} IN ({inside})", (current_tenant_id(), *ranges))


def _is_whole(path: str) -> bool:
    """Whether a path is that of headquarters, below which everything lies."""
    return path.strip("/").isdigit()


def organisation_in(organisation_id: int, paths: Sequence[str]) -> Organisation:
    """One organisation of these subtrees. Raises NotFound, also for one outside of them."""
    found: Organisation | None = organisations_in(paths).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound(kind="organisation", ref=organisation_id)
    return found


def organisations_in(
    paths: Sequence[str],
    *,
    text: str = "",
    code: str = "",
    level: str = "",
    parent_id: int | None = None,
    is_active: bool | None = None,
    distribution_effective: bool | None = None,
) -> QuerySet[Organisation]:
    """The organisations of these subtrees, with what is asked of them.

    `text` is looked for in name and code, `code` is the whole code. To be ordered by `path`: every
    node after its parent (index: organisation_path_once).
    """
    found: QuerySet[Organisation] = Organisation.objects.filter(within(paths, "path"))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if code:
        found = found.filter(code=code)
    if level:
        found = found.filter(level=level)
    if parent_id is not None:
        found = found.filter(parent_id=parent_id)
    if is_active is not None:
        found = found.filter(is_active=is_active)
    if distribution_effective is not None:
        found = found.filter(distribution_effective=distribution_effective)
    return found


def moves_of(organisation: Organisation) -> QuerySet[OrganisationMove]:
    """When it was hung where, and why (index: the organisation's)."""
    moves: QuerySet[OrganisationMove] = OrganisationMove.objects.filter(organisation=organisation)
    return moves.select_related("from_parent", "to_parent")
