"""The facts that decide who is credited: one statement for any number of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from yipan.distribution.attribution.rules import (
    MAX_WINDOW_DAYS,
    BindingStep,
    DistributorStanding,
    Source,
    TouchFact,
)
from yipan.distribution.distributors.models import DistributorStatus
from yipan.group.organisations.queries import Tree
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# A touch is the buyer's if it names the member, or names nobody and came from the order's browser.
# Of the touches of one buyer with one distributor through one link only the last and the first can
# win, and of codes only the last: the others are left where they are, so that a browser that opens
# a link ten thousand times costs no more than one that opens it twice.
# Indexes: touch_of_member, touch_of_visitor, distributor_code, coupon_code, binding_chain.
_FACTS = """
WITH o AS MATERIALIZED (
    SELECT * FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                         %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
        AS u(n, member_id, visitor, code, coupon, placed_at, since, oldest)
), touched AS (
    SELECT o.n, o.since <= t.touched_at AS inside, t.id, t.source, t.touched_at, t.recorded_at,
           t.distributor_id, t.link_id, t.sku_id, t.channel
      FROM o JOIN attribution_touch t
        ON t.tenant_id = %s AND t.member_id = o.member_id
       AND t.touched_at >= o.oldest AND t.touched_at <= o.placed_at
     WHERE t.source <> 'coupon'
    UNION ALL
    SELECT o.n, o.since <= t.touched_at, t.id, t.source, t.touched_at, t.recorded_at,
           t.distributor_id, t.link_id, t.sku_id, t.channel
      FROM o JOIN attribution_touch t
        ON t.tenant_id = %s AND t.visitor = o.visitor AND t.visitor <> ''
       AND t.touched_at >= o.oldest AND t.touched_at <= o.placed_at
     WHERE t.source <> 'coupon' AND (o.member_id IS NULL OR t.member_id IS NULL)
), ranked AS (
    SELECT *,
           row_number() OVER (
               PARTITION BY n, inside, source, distributor_id, link_id, sku_id
               ORDER BY touched_at DESC, recorded_at, id) AS from_last,
           row_number() OVER (
               PARTITION BY n, inside, source, distributor_id, link_id, sku_id
               ORDER BY touched_at, recorded_at, id) AS from_first
      FROM touched
), last AS MATERIALIZED (
    SELECT b.* FROM (SELECT DISTINCT member_id FROM o WHERE member_id IS NOT NULL) m
     CROSS JOIN LATERAL (
          SELECT * FROM attribution_binding
           WHERE tenant_id = %s AND member_id = m.member_id
           ORDER BY sequence DESC LIMIT 1) b
), found AS (
    SELECT n, source AS what, id, touched_at AS at,
           (extract(epoch FROM recorded_at) * 1000000)::bigint AS seq, distributor_id, link_id,
           sku_id, channel, NULL::bigint AS member_id, NULL::timestamptz AS valid_until,
           NULL::timestamptz AS protected_until
      FROM ranked
     WHERE from_last = 1 OR (from_first = 1 AND source = 'link')
    UNION ALL
    SELECT o.n, 'typed', NULL, NULL, NULL, d.id, NULL, NULL, NULL, NULL, NULL, NULL
      FROM o JOIN distributors_distributor d
        ON d.tenant_id = %s AND d.code = o.code AND o.code <> ''
    UNION ALL
    SELECT o.n, 'used', NULL, NULL, NULL, c.distributor_id, NULL, NULL, NULL, NULL, NULL, NULL
      FROM o JOIN attribution_coupon c
        ON c.tenant_id = %s AND c.code = o.coupon AND o.coupon <> ''
    UNION ALL
    SELECT -1, 'last', l.id, l.bound_at, l.sequence, l.distributor_id, NULL, NULL, NULL,
           l.member_id, l.valid_until, l.protected_until
      FROM last l
    UNION ALL
    SELECT o.n, 'before', b.id, b.bound_at, b.sequence, b.distributor_id, NULL, NULL, NULL,
           b.member_id, b.valid_until, b.protected_until
      FROM o JOIN last l ON l.member_id = o.member_id AND l.bound_at > o.placed_at
     CROSS JOIN LATERAL (
          SELECT * FROM attribution_binding
           WHERE tenant_id = %s AND member_id = o.member_id AND bound_at <= o.placed_at
           ORDER BY sequence DESC LIMIT 1) b
)
SELECT f.*, d.id, d.organisation_id, d.status, d.left_at, d.qualified_from, d.qualified_until,
       d.member_id
  FROM found f
  LEFT JOIN distributors_distributor d ON d.tenant_id = %s AND d.id = f.distributor_id
"""

_STANDINGS = """
SELECT d.code, d.id, d.organisation_id, d.status, d.left_at, d.qualified_from, d.qualified_until,
       d.member_id
  FROM distributors_distributor d
 WHERE d.tenant_id = %s AND (d.id = ANY(%s::bigint[]) OR d.code = ANY(%s::text[]))
"""

_LAST = """
SELECT b.id, b.member_id, b.sequence, b.distributor_id, b.bound_at, b.valid_until, b.protected_until
  FROM unnest(%s::bigint[]) AS m(member_id) CROSS JOIN LATERAL (
      SELECT * FROM attribution_binding
       WHERE tenant_id = %s AND member_id = m.member_id
       ORDER BY sequence DESC LIMIT 1) b
"""


class Question(NamedTuple):
    """A buyer at a moment, of whom is asked who led them here."""

    member_id: int | None
    visitor: str
    """Empty: unknown."""
    code: str
    """A distributor's code typed, in capitals; empty: none."""
    coupon: str
    """A coupon used, in capitals; empty: none."""
    placed_at: datetime
    since: datetime
    """Where the policy's window begins. Older touches are found too, as long as any window is, so
    that the evidence can say that they came too early."""


class Known(NamedTuple):
    """What the tables say of a distributor."""

    id: int
    organisation_id: int
    status: str
    left_at: datetime | None
    qualified_from: datetime | None
    qualified_until: datetime | None
    member_id: int | None

    def standing(self, at: datetime, organisations: Tree) -> DistributorStanding:
        """What is known at a moment. Who left later was still active then."""
        active = self.status == DistributorStatus.ACTIVE or (
            self.status == DistributorStatus.LEFT and self.left_at is not None and at < self.left_at
        )
        node = organisations.by_id.get(self.organisation_id)
        return DistributorStanding(
            distributor_id=self.id,
            active=active,
            distribution_on=node is not None and node.distribution_effective,
            qualification_required=bool(self.qualified_from or self.qualified_until),
            qualified_from=self.qualified_from or _EPOCH,
            qualified_until=self.qualified_until,
            own_member_id=self.member_id,
        )


@dataclass(slots=True)
class BuyerFacts:
    """What was written down before about the buyer of one question."""

    touches: list[TouchFact] = field(default_factory=list)
    typed: int | None = None
    """The distributor whose code was typed."""
    used: int | None = None
    """The distributor who owns the coupon."""
    binding: BindingStep | None = None
    """The last one that began before."""


@dataclass(slots=True)
class Facts:
    """The answers, and what is known of everybody in them."""

    of_question: list[BuyerFacts]
    last_bindings: dict[int, BindingStep]
    """The newest one by member."""
    distributors: dict[int, Known]


def facts_for(questions: Sequence[Question]) -> Facts:
    """The facts of every question, in order, in one statement."""
    facts = Facts([BuyerFacts() for _ in questions], {}, {})
    if not questions:
        return facts
    tenant_id = current_tenant_id()
    columns = [list(values) for values in zip(*questions, strict=True)]
    longest = timedelta(days=MAX_WINDOW_DAYS)
    oldest = [question.placed_at - longest for question in questions]
    params = [list(range(len(questions))), *columns, oldest, *[tenant_id] * 7]
    for row in sql.fetch(_FACTS, params):
        _take(facts, row)
    for question, found in zip(questions, facts.of_question, strict=True):
        last = facts.last_bindings.get(question.member_id or 0)
        if last is not None and last.bound_at <= question.placed_at:
            found.binding = last
    return facts


def _take(facts: Facts, row: tuple[Any, ...]) -> None:
    n, what, id_, at, seq, distributor_id, link_id, sku_id, channel, *binding = row[:12]
    if row[12] is not None and row[12] not in facts.distributors:
        facts.distributors[row[12]] = Known(*row[12:])
    if what in {"last", "before"}:
        member_id, valid_until, protected_until = binding
        step = BindingStep(id_, member_id, seq, distributor_id, at, valid_until, protected_until)
        if what == "last":
            facts.last_bindings[member_id] = step
        else:
            facts.of_question[n].binding = step
    elif what == "typed":
        facts.of_question[n].typed = distributor_id
    elif what == "used":
        facts.of_question[n].used = distributor_id
    else:
        touch = TouchFact(id_, Source(what), at, seq, distributor_id, link_id, sku_id, channel)
        facts.of_question[n].touches.append(touch)


def recorded_seq(recorded_at: datetime) -> int:
    """The order of recording as a number: microseconds since 1970."""
    return (recorded_at - _EPOCH) // _MICROSECOND


def known_distributors(
    *, ids: Sequence[int] = (), codes: Sequence[str] = ()
) -> tuple[dict[int, Known], dict[str, int]]:
    """(what is known by id, id by code) of distributors, in one statement."""
    by_id, by_code = {}, {}
    for code, *known in sql.fetch(_STANDINGS, (current_tenant_id(), list(ids), list(codes))):
        by_id[known[0]] = Known(*known)
        by_code[code] = known[0]
    return by_id, by_code


def last_bindings(member_ids: Sequence[int]) -> dict[int, BindingStep]:
    """The newest row of each member's history, in one statement (index: binding_chain)."""
    rows = sql.fetch(_LAST, (sorted(set(member_ids)), current_tenant_id()))
    return {row[1]: BindingStep(*row) for row in rows}
