"""What distributors sold under a rule in a month (commission.md §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from yipan.distribution.pool.rules import Progress
from yipan.kernel import sql
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id


class ProgressKey(NamedTuple):
    """Whose progress, under which rule, in which month."""

    distributor_id: int
    rule_id: int
    month: date


# The no-op update locks the rows, in the order of the keys: payments of one distributor under one
# rule see each other, and no two runs wait in a circle.
_LOCK = """
INSERT INTO commissions_periodprogress
       (id, tenant_id, distributor_id, rule_id, month, units, amount)
SELECT u.id, %s, u.distributor_id, u.rule_id, u.month, 0, 0
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
       AS u(id, distributor_id, rule_id, month)
 ORDER BY u.distributor_id, u.rule_id, u.month
ON CONFLICT (tenant_id, distributor_id, rule_id, month)
DO UPDATE SET units = commissions_periodprogress.units
RETURNING distributor_id, rule_id, month, units, amount
"""
_SET = """
UPDATE commissions_periodprogress p SET units = u.units, amount = u.amount
  FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[], %s::bigint[])
       AS u(distributor_id, rule_id, month, units, amount)
 WHERE p.tenant_id = %s AND p.distributor_id = u.distributor_id AND p.rule_id = u.rule_id
   AND p.month = u.month
"""


def lock_progress(keys: Sequence[ProgressKey]) -> dict[ProgressKey, Progress]:
    """The progress so far, locked until the transaction ends; one statement."""
    if not keys:
        return {}
    unique = sorted(set(keys))
    distributors, rules, months = map(list, zip(*unique, strict=True))
    params = (current_tenant_id(), list(next_ids(len(unique))), distributors, rules, months)
    return {
        ProgressKey(distributor, rule, month): Progress(units, amount)
        for distributor, rule, month, units, amount in sql.fetch(_LOCK, params)
    }


def set_progress(values: Mapping[ProgressKey, Progress]) -> None:
    """Write the progress of locked rows; one statement."""
    if not values:
        return
    distributors, rules, months = map(list, zip(*values, strict=True))
    units = [progress.units for progress in values.values()]
    amounts = [progress.amount for progress in values.values()]
    sql.execute(_SET, (distributors, rules, months, units, amounts, current_tenant_id()))
