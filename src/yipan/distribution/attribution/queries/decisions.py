"""Decisions read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, cast

from django.db.models import QuerySet

from yipan.distribution.attribution.models import Decision
from yipan.distribution.attribution.rules import BindingStep
from yipan.kernel import sql, uow
from yipan.kernel.tenancy import current_tenant_id

DECISIONS: Final = "attribution.decisions"
"""Note of the running unit of work: dict of order id → credits."""


class Credit(NamedTuple):
    """Some lines of an order and who is credited with them."""

    line_ids: tuple[int, ...]
    distributor_id: int | None
    """None: nobody."""
    source: str
    """`code`, `coupon`, `link`, `binding`; empty: nobody."""
    touch_id: int | None
    binding_id: int | None
    decision_id: int


_DECISIONS = """
SELECT order_id, line_ids, distributor_id, source, touch_id, binding_id, id
  FROM attribution_decision
 WHERE tenant_id = %s AND order_id = ANY(%s::bigint[])
 ORDER BY order_id, sequence
"""

# Index: decision_once; binding_chain for the buyer's last binding.
_WITH_BINDINGS = """
SELECT w.order_id, d.line_ids, d.distributor_id, d.source, d.touch_id, d.binding_id, d.id,
       b.id, b.member_id, b.sequence, b.distributor_id, b.bound_at, b.valid_until,
       b.protected_until
  FROM unnest(%s::bigint[], %s::bigint[]) AS w(order_id, member_id)
  LEFT JOIN attribution_decision d ON d.tenant_id = %s AND d.order_id = w.order_id
  LEFT JOIN LATERAL (
      SELECT * FROM attribution_binding
       WHERE tenant_id = %s AND member_id = w.member_id
       ORDER BY sequence DESC LIMIT 1) b ON true
 ORDER BY w.order_id, d.sequence
"""


def noted() -> dict[int, tuple[Credit, ...]]:
    """The decisions that the running unit of work has made or read, to be added to."""
    notes = uow.notes().setdefault(DECISIONS, {})
    return cast("dict[int, tuple[Credit, ...]]", notes)


def decisions_of(order_ids: Sequence[int]) -> dict[int, tuple[Credit, ...]]:
    """Who is credited with the lines of each order; an order without a decision is missing.

    What the running unit of work decided or read before costs nothing, the rest one statement.
    """
    known: Mapping[int, tuple[Credit, ...]] = noted() if uow.is_running() else {}
    missing = [id_ for id_ in order_ids if id_ not in known]
    found = {id_: known[id_] for id_ in order_ids if id_ in known}
    if missing:
        rows = sql.fetch(_DECISIONS, (current_tenant_id(), missing))
        for order_id, line_ids, *rest in rows:
            credit = Credit(tuple(line_ids), *rest)
            found[order_id] = (*found.get(order_id, ()), credit)
    return found


def decisions_and_last_bindings(
    buyers: Sequence[tuple[int, int | None]],
) -> tuple[dict[int, tuple[Credit, ...]], dict[int, BindingStep]]:
    """(credits by order, newest binding by member) for pairs of order and member; one statement."""
    credits_: dict[int, tuple[Credit, ...]] = {}
    last: dict[int, BindingStep] = {}
    tenant_id = current_tenant_id()
    columns = [list(values) for values in zip(*buyers, strict=True)]
    for row in sql.fetch(_WITH_BINDINGS, (*columns, tenant_id, tenant_id)):
        order_id, line_ids, *rest = row[:7]
        if line_ids is not None:
            credit = Credit(tuple(line_ids), *rest)
            credits_[order_id] = (*credits_.get(order_id, ()), credit)
        if row[7] is not None:
            last[row[8]] = BindingStep(*row[7:])
    return credits_, last


def decisions_with_evidence(order_id: int) -> QuerySet[Decision]:
    """The decisions of one order with all they were made of (index: decision_once)."""
    found: QuerySet[Decision] = Decision.objects.filter(order_id=order_id)
    return found.order_by("sequence")
