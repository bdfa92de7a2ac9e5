"""Reads of distributors: standings and chains for the hot paths, lists for screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from yipan.distribution.distributors.models import (
    Distributor,
    DistributorChange,
    DistributorGrant,
    DistributorStatus,
)
from yipan.distribution.distributors.rules import LONGEST_CHAIN, normalised_code
from yipan.group.organisations.queries import within
from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id

SOON: Final = timedelta(days=14)
"""So long before a qualification ends, somebody should see to it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a distributor stands at a moment.

    Whether distribution is on at home is not here: the cached tree knows it
    (`tree().by_id[standing.organisation_id].distribution_effective`).
    """

    id: int
    code: str
    name: str
    organisation_id: int
    """The home organisation."""
    status: str
    qualified: bool
    """`qualified_from` ≤ moment < `qualified_until`, a missing date being no bound."""
    member_id: int | None
    upline_id: int | None
    grants: tuple[int, ...]
    """Organisations granted beside the home, valid at the moment."""

    @property
    def may_earn(self) -> bool:
        """Active and qualified."""
        return self.qualified and self.status == DistributorStatus.ACTIVE


# Each takes the moment four times.
_STANDING: Final = """
       d.id, d.code, d.name, d.organisation_id, d.status,
       (d.qualified_from IS NULL OR d.qualified_from <= %s)
           AND (d.qualified_until IS NULL OR %s < d.qualified_until),
       d.member_id, d.upline_id,
       ARRAY(SELECT g.organisation_id
               FROM distributors_distributorgrant g
              WHERE g.tenant_id = d.tenant_id AND g.distributor_id = d.id
                AND g.valid_from <= %s AND (g.valid_until IS NULL OR %s < g.valid_until)
              ORDER BY g.organisation_id)
"""
_BY_ID: Final = f"""
SELECT {_STANDING}
  FROM distributors_distributor d
 WHERE d.tenant_id = %s AND d.id = ANY(%s::bigint[])
"""  # noqa: S608 - no input
_BY_CODE: Final = f"""
SELECT {_STANDING}
  FROM distributors_distributor d
 WHERE d.tenant_id = %s AND d.code = ANY(%s::text[])
"""  # noqa: S608 - no input
_CHAINS: Final = f"""
WITH RECURSIVE chain(seller_id, level, id) AS (
    SELECT s.id, 1, s.upline_id
      FROM distributors_distributor s
     WHERE s.tenant_id = %s AND s.id = ANY(%s::bigint[]) AND s.upline_id IS NOT NULL
    UNION ALL
    SELECT c.seller_id, c.level + 1, u.upline_id
      FROM chain c
      JOIN distributors_distributor u ON u.id = c.id
     WHERE u.tenant_id = %s AND u.upline_id IS NOT NULL AND c.level < %s
)
SELECT c.seller_id, {_STANDING}
  FROM chain c
  JOIN distributors_distributor d ON d.id = c.id
 WHERE d.tenant_id = %s
 ORDER BY c.seller_id, c.level
"""  # noqa: S608 - no input


def standings(ids: Sequence[int], at: datetime) -> dict[int, Standing]:
    """Id → standing of those that exist, in one statement (index: the primary key)."""
    if not ids:
        return {}
    rows = sql.fetch(_BY_ID, (at, at, at, at, current_tenant_id(), list(ids)))
    return {row[0]: _standing(row) for row in rows}


def by_codes(codes: Sequence[str], at: datetime) -> dict[str, Standing]:
    """Code as it was asked for → standing of those that exist, in one statement.

    Codes are compared in capitals and without blanks around (index: distributor_code).
    """
    wanted = {code: normalised_code(code) for code in codes}
    if not wanted:
        return {}
    parameters = (at, at, at, at, current_tenant_id(), list(set(wanted.values())))
    found = {row[1]: _standing(row) for row in sql.fetch(_BY_CODE, parameters)}
    return {code: found[stored] for code, stored in wanted.items() if stored in found}


def chains(seller_ids: Sequence[int], at: datetime) -> dict[int, tuple[Standing, ...]]:
    """Seller → up to two uplines, nearest first, in one statement.

    Uplines who may not earn are in it too, so that nobody moves up into their place.
    """
    found: dict[int, tuple[Standing, ...]] = dict.fromkeys(seller_ids, ())
    if not found:
        return found
    tenant_id = current_tenant_id()
    parameters = (
        tenant_id, list(found), tenant_id, LONGEST_CHAIN - 1, at, at, at, at, tenant_id
    )  # fmt: skip
    for seller_id, *row in sql.fetch(_CHAINS, parameters):
        found[seller_id] = (*found[seller_id], _standing(row))
    return found


def _standing(row: Sequence[Any]) -> Standing:
    *plain, grants = row
    return Standing(*plain, tuple(grants))  # type: ignore[call-arg]


_LINES: Final = """
WITH RECURSIVE line(start, level, id, upline_id) AS (
    SELECT d.id, 1, d.id, d.upline_id
      FROM distributors_distributor d
     WHERE d.tenant_id = %s AND d.id = ANY(%s::bigint[])
    UNION ALL
    SELECT l.start, l.level + 1, d.id, d.upline_id
      FROM line l
      JOIN distributors_distributor d ON d.id = l.upline_id
     WHERE d.tenant_id = %s
) CYCLE id SET is_cycle USING seen
SELECT start, array_agg(id ORDER BY level) FROM line WHERE NOT is_cycle GROUP BY start
"""
_BELOW: Final = """
WITH RECURSIVE below(level, id) AS (
    SELECT 1, %s::bigint
    UNION ALL
    SELECT b.level + 1, d.id
      FROM below b
      JOIN distributors_distributor d ON d.upline_id = b.id
     WHERE d.tenant_id = %s
) CYCLE id SET is_cycle USING seen
SELECT max(level) FROM below WHERE NOT is_cycle
"""


def lines_above(ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Id → itself and all above it, nearest first, in one statement."""
    if not ids:
        return {}
    tenant_id = current_tenant_id()
    rows = sql.fetch(_LINES, (tenant_id, list(ids), tenant_id))
    return {start: tuple(line) for start, line in rows}


def levels_below(distributor_id: int) -> int:
    """Levels of the longest line below, the distributor's own included (index: upline)."""
    row = sql.fetch_one(_BELOW, (distributor_id, current_tenant_id()))
    return int(row[0]) if row else 1


def distributors_in(
    paths: Sequence[str],
    *,
    text: str = "",
    code: str = "",
    kind: str = "",
    status: str = "",
    organisation_id: int | None = None,
    upline_id: int | None = None,
) -> QuerySet[Distributor]:
    """The distributors at home in these subtrees, with organisation and upline.

    `text` is looked for in name and code, `code` is the whole code. One statement (index: the
    organisation's).
    """
    found: QuerySet[Distributor] = Distributor.objects.filter(within(paths))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if code:
        found = found.filter(code=normalised_code(code))
    if kind:
        found = found.filter(kind=kind)
    if status:
        found = found.filter(status=status)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    if upline_id is not None:
        found = found.filter(upline_id=upline_id)
    return found.select_related("organisation", "upline")


def ending_soon(at: datetime) -> Q:
    """Active distributors whose qualification ends within the next days."""
    return Q(
        status=DistributorStatus.ACTIVE, qualified_until__gt=at, qualified_until__lte=at + SOON
    )


def distributor_in(distributor_id: int, paths: Sequence[str]) -> Distributor:
    """One distributor at home in these subtrees. Raises NotFound, also for one outside."""
    found = distributors_in(paths).filter(pk=distributor_id).first()
    if found is None:
        raise NotFound(kind="distributor", ref=distributor_id)
    return found


def grants_of(distributor: Distributor) -> QuerySet[DistributorGrant]:
    """What was granted beside the home, past and future too (index: grant_once)."""
    grants: QuerySet[DistributorGrant] = DistributorGrant.objects.filter(distributor=distributor)
    return grants.select_related("organisation")


def history_of(distributor: Distributor) -> QuerySet[DistributorChange]:
    """What changed about a distributor; newest first (index: distributor_history)."""
    changes: QuerySet[DistributorChange] = DistributorChange.objects.filter(distributor=distributor)
    return changes.order_by("-changed_at", "-id")
