"""Where rules are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock, sql
from yipan.kernel.tenancy import current_tenant_id

_USED: Final = """
SELECT rule_id, count(*) FROM pool_offer
 WHERE tenant_id = %s AND rule_id = ANY(%s::bigint[])
   AND (valid_until IS NULL OR valid_until > greatest(valid_from, %s))
 GROUP BY rule_id
"""
_BY_PLACE: Final = """
SELECT organisation_id, count(*), count(*) FILTER (WHERE is_on), sum(estimate)::bigint
  FROM pool_offer
 WHERE tenant_id = %s AND rule_id = %s
   AND (valid_until IS NULL OR valid_until > greatest(valid_from, %s))
 GROUP BY organisation_id
"""


class Use(NamedTuple):
    """The offers of one organisation by a rule, those that are over left out."""

    node: Node
    offers: int
    on: int
    average: int
    """Fen; what one unit earns its seller on average."""


def offers_using(rule_ids: Sequence[int]) -> dict[int, int]:
    """How many offers use each rule, those that are over left out. One statement."""
    if not rule_ids:
        return {}
    params = (current_tenant_id(), list(rule_ids), clock.now())
    return dict(sql.fetch(_USED, params))


def uses_of(rule_id: int, paths: Sequence[str]) -> list[Use]:
    """Where a rule is used in these subtrees, most offers first. One statement."""
    nodes = tree().by_id
    rows = sql.fetch(_BY_PLACE, (current_tenant_id(), rule_id, clock.now()))
    found = [
        Use(nodes[place], offers, on, total // offers)
        for place, offers, on, total in rows
        if place in nodes and nodes[place].path.startswith(tuple(paths))
    ]
    return sorted(found, key=lambda use: (-use.offers, use.node.path))
