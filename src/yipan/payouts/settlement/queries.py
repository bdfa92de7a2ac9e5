"""Reads of settlement: policies, what is due and late, what is held and why, batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from yipan.distribution.commissions.models import EntryState
from yipan.group.organisations.queries import within
from yipan.kernel import clock, policies, sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.rules.policy import KIND, SettlementPolicy

LATE: Final = timedelta(minutes=5)
"""A due entry that waits longer than this is late."""


def policy_for(lineage: Sequence[int], at: datetime) -> SettlementPolicy:
    """The policy in force for an organisation, given with its ancestors, nearest first."""
    policy = policies.policy_in_force(kind=KIND, organisation_ids=lineage, at=at)
    return SettlementPolicy.from_data(policy.data)


class Standing(StrEnum):
    """Where an entry stands on its way to being released."""

    UNDATED = "undated"
    """No settlement policy has set its due moment yet."""
    HELD = "held"
    """A refund request on its line is open."""
    WAITING = "waiting"
    """Its due moment has not come."""
    DUE = "due"
    """The next run of the release job takes it."""
    RELEASED = "released"


def standing_of(state: EntryState, at: datetime) -> Standing:
    """Where an entry stands at a moment, and so why it is not released."""
    if state.released_at is not None:
        return Standing.RELEASED
    if state.due_at is None:
        return Standing.UNDATED
    if state.held:
        return Standing.HELD
    return Standing.DUE if state.due_at <= at else Standing.WAITING


ORDER: Final = {
    Standing.UNDATED: ("id",),
    Standing.HELD: ("due_at", "id"),
    Standing.WAITING: ("due_at", "id"),
    Standing.DUE: ("due_at", "id"),
    Standing.RELEASED: ("-released_at", "-id"),
}


def entries_standing(standing: Standing, *, scope_path: str, at: datetime) -> QuerySet[EntryState]:
    """Entries of a subtree by where they stand, for `paginate` in `ORDER` (index: entry_due)."""
    found: QuerySet[EntryState] = EntryState.objects.filter(within([scope_path], "organisation_id"))
    if standing is Standing.RELEASED:
        return found.filter(released_at__isnull=False)
    found = found.filter(released_at__isnull=True)
    if standing is Standing.UNDATED:
        return found.filter(due_at__isnull=True)
    if standing is Standing.HELD:
        return found.filter(held=True, due_at__isnull=False)
    found = found.filter(held=False)
    if standing is Standing.DUE:
        return found.filter(due_at__lte=at)
    return found.filter(due_at__gt=at)


def batches() -> QuerySet[ReleaseBatch]:
    """Chunks of the release job (index: release_newest)."""
    return ReleaseBatch.objects.all()


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far the release job is behind."""

    entries: int
    """Entries that are due and not released."""
    amount: int
    """Fen of them."""
    oldest_due_at: datetime | None
    late: int
    """Those due for more than five minutes."""


_LATENESS = """
SELECT count(*), coalesce(sum(remaining), 0)::bigint, min(due_at),
       count(*) FILTER (WHERE due_at <= %s)
  FROM commissions_entrystate
 WHERE tenant_id = %s AND due_at <= %s AND released_at IS NULL AND NOT held
"""


def lateness() -> Lateness:
    """The gauge of the release job for the tenant (index: entry_due)."""
    now = clock.now()
    row = sql.fetch_one(_LATENESS, (now - LATE, current_tenant_id(), now))
    count, amount, oldest, late = row or (0, 0, None, 0)
    return Lateness(entries=count, amount=amount, oldest_due_at=oldest, late=late)
