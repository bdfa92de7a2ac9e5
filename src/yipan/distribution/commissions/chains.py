"""The seller and the uplines, as they stand at the moment of payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yipan.group.organisations.queries import Tree
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


class Link(NamedTuple):
    """One distributor of a chain."""

    id: int
    organisation_id: int
    earns: bool
    """Active, qualified, and distribution is on at home."""


class Chain(NamedTuple):
    """A seller with up to two uplines, nearest first."""

    seller: Link
    granted: tuple[int, ...]
    """Organisations that the seller was granted beside the home."""
    uplines: tuple[Link, ...]


_CHAINS = """
SELECT w.seller_id, w.at, d.organisation_id,
       ARRAY(SELECT g.organisation_id FROM distributors_distributorgrant g
              WHERE g.distributor_id = d.id AND g.valid_from <= w.at
                AND (g.valid_until IS NULL OR g.valid_until > w.at)),
       u.id, u.organisation_id, u.status = 'active'
           AND (u.qualified_from IS NULL OR u.qualified_from <= w.at)
           AND (u.qualified_until IS NULL OR u.qualified_until > w.at),
       v.id, v.organisation_id, v.status = 'active'
           AND (v.qualified_from IS NULL OR v.qualified_from <= w.at)
           AND (v.qualified_until IS NULL OR v.qualified_until > w.at)
  FROM unnest(%s::bigint[], %s::timestamptz[]) AS w(seller_id, at)
  JOIN distributors_distributor d ON d.id = w.seller_id AND d.tenant_id = %s
  LEFT JOIN distributors_distributor u ON u.id = d.upline_id
  LEFT JOIN distributors_distributor v ON v.id = u.upline_id
"""


def chains_at(
    wanted: Sequence[tuple[int, datetime]], tree: Tree
) -> dict[tuple[int, datetime], Chain]:
    """(seller id, moment) → chain, in one statement."""
    if not wanted:
        return {}
    sellers, moments = [seller for seller, _ in wanted], [at for _, at in wanted]
    found = {}
    for row in sql.fetch(_CHAINS, (sellers, moments, current_tenant_id())):
        seller_id, at, home, granted, *uplines = row
        links = []
        for id_, organisation_id, earns in (uplines[:3], uplines[3:]):
            if id_ is None:
                break
            on = tree.by_id[organisation_id].distribution_effective
            links.append(Link(id_, organisation_id, earns and on))
        found[seller_id, at] = Chain(
            Link(seller_id, home, earns=True), tuple(granted), tuple(links)
        )
    return found
