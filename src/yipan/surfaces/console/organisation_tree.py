"""The organisation tree as the console draws it, and what it tells of one organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models import Count, Q

from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.group.organisations.models import Level, Organisation, OrganisationMove
from yipan.group.organisations.queries import Node, Tree, moves_of, tree, within
from yipan.group.people.models import RoleAssignment
from yipan.kernel.text import whole
from yipan.surfaces.console.organisation_asks import off_above

FOUND: Final = 100
"""So many rows at most are shown of a search, and so many children of one node."""
PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    node: Node
    depth: int
    """1 for the outermost that the reader sees."""
    has_children: bool
    is_open: bool
    is_current: bool
    own: bool
    """Its own switch."""
    off_above: Node | None
    """The ancestor that keeps it off, if it is not its own switch."""
    toggled: str
    """The open nodes if this one were opened or closed, for an address."""
    may_write: bool
    level: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the tree is to be seen."""

    paths: Sequence[str]
    writes: Sequence[str]
    current: int
    opened: Collection[int]
    text: str = ""


def rows_of(wanted: Wanted) -> list[Row]:
    """The lines to draw; one statement, for the switches."""
    nodes = tree()
    shown = list(_found(nodes, wanted) if wanted.text else _unfolded(nodes, wanted))
    parents = {node.parent_id for node in nodes.by_id.values()}
    ids = [node.id for node, _depth in shown]
    own = dict(Organisation.objects.filter(id__in=ids).values_list("id", "distribution_on"))
    return [
        Row(
            node=node,
            depth=depth,
            has_children=not wanted.text and node.id in parents,
            is_open=node.id in wanted.opened,
            is_current=node.id == wanted.current,
            own=own.get(node.id, True),
            off_above=off_above(node),
            toggled=_toggled(wanted.opened, node.id),
            may_write=node.path.startswith(tuple(wanted.writes)),
            level=str(Level(node.level).label),
            is_closed=not node.is_active,
        )
        for node, depth in shown
    ]


def is_cut(wanted: Wanted) -> bool:
    """Whether more was found, or stands under one of the open nodes, than is drawn."""
    nodes = tree()
    if wanted.text:
        return len(list(_matching(nodes, wanted))) > FOUND
    counts = Counter(node.parent_id for node in nodes.by_id.values())
    return any(counts[opened] > FOUND for opened in wanted.opened)


def opened_by(asked: str, current: int, paths: Sequence[str]) -> set[int]:
    """The nodes that are unfolded: those asked for (`1-5-9`), else down to the companies."""
    nodes = tree()
    if asked:
        opened = {whole(part) or 0 for part in asked.split("-")}
    else:
        upper = {Level.HEADQUARTERS, Level.INDUSTRY_GROUP}
        opened = {node.id for node in nodes.by_id.values() if node.level in upper}
        opened |= {node.id for node in outermost(nodes, paths)}
    found = nodes.by_id.get(current)
    if found is not None and not asked:
        opened |= set(found.lineage[1:])
    return opened


def outermost(nodes: Tree, paths: Sequence[str]) -> list[Node]:
    """The nodes at which what the reader sees begins."""
    return [node for node in nodes.by_id.values() if node.path in paths]


def _unfolded(nodes: Tree, wanted: Wanted) -> Iterator[tuple[Node, int]]:
    base = {node.path: node for node in outermost(nodes, wanted.paths)}
    counts: dict[int, int] = {}
    for node in nodes.by_id.values():
        start = next((path for path in base if node.path.startswith(path)), None)
        if start is None:
            continue
        above = [each for each in node.lineage[1:] if nodes.by_id[each].path.startswith(start)]
        if not all(each in wanted.opened for each in above):
            continue
        counts[node.parent_id or 0] = counts.get(node.parent_id or 0, 0) + 1
        if counts[node.parent_id or 0] <= FOUND:
            yield node, len(above) + 1


def _found(nodes: Tree, wanted: Wanted) -> Iterator[tuple[Node, int]]:
    return ((node, 1) for node in islice(_matching(nodes, wanted), FOUND))


def _matching(nodes: Tree, wanted: Wanted) -> Iterator[Node]:
    word = wanted.text.casefold()
    for node in nodes.by_id.values():
        if not node.path.startswith(tuple(wanted.paths)):
            continue
        if word in node.name.casefold() or word in node.code.casefold():
            yield node


def _toggled(opened: Collection[int], node_id: int) -> str:
    left = set(opened) ^ {node_id}
    return "-".join(map(str, sorted(left))) or "0"


@dataclass(frozen=True, slots=True)
class Details:
    """What the panel beside the tree tells."""

    organisation: Organisation
    level: str
    lineage: list[Node]
    """From the outermost to its parent."""
    company: str
    off_above: Node | None
    stores: int
    children: int
    open_all: str
    """What the address unfolds for every store below to be seen."""
    distributors: int
    active_distributors: int
    roles: list[RoleAssignment]
    moves: list[OrganisationMove]


def details_of(organisation: Organisation) -> Details:
    """Four statements for any size."""
    nodes = tree()
    node = nodes.node(organisation.id)
    below = nodes.subtree(organisation.id)
    counted = Distributor.objects.filter(within([organisation.path])).aggregate(
        all=Count("id"), active=Count("id", filter=Q(status=DistributorStatus.ACTIVE))
    )
    roles = RoleAssignment.objects.filter(organisation=organisation).select_related("person")
    moves = moves_of(organisation).order_by("-moved_at", "-id")[:20]
    company = nodes.by_id.get(node.company_id or 0)
    return Details(
        organisation=organisation,
        level=str(Level(node.level).label),
        lineage=[nodes.by_id[each] for each in reversed(node.lineage[1:])],
        company=company.name if company else "",
        off_above=off_above(node),
        stores=sum(1 for each in below if each.level == Level.STORE and each.is_active),
        children=sum(1 for each in below if each.parent_id == node.id),
        open_all="-".join(
            map(str, sorted({*node.lineage, *(each.parent_id or 0 for each in below)}))
        ),
        distributors=counted["all"],
        active_distributors=counted["active"],
        roles=list(roles.order_by("role", "person__name")[:PEOPLE]),
        moves=list(moves),
    )


def _unfolding(node: Node, below: Sequence[Node]) -> list[int]:
    """The nodes that are open when everything below one is seen."""
    return sorted({*node.lineage, *(each.parent_id or 0 for each in below)} - {0})
