"""Reads of settlement: policies, what is due and late, what is held and why, batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yipan.distribution.commissions.accounts import CLAWBACK
from yipan.distribution.commissions.models import EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import Node, tree, within
from yipan.kernel import clock, policies, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.queries import balances
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.rules import Claim, Debtor, offsets
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
    """Entries of a subtree by where they stand, each with its distributor's code.

    For `paginate` in `ORDER` (index: entry_due).
    """
    found: QuerySet[EntryState] = EntryState.objects.filter(within([scope_path], "organisation_id"))
    found = with_distributor_code(found)
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


def with_distributor_code(states: QuerySet[EntryState]) -> QuerySet[EntryState]:
    """The same rows, each with the code of its distributor as `distributor_code`."""
    codes = Distributor.objects.filter(id=OuterRef("distributor_id")).values("code")
    return states.annotate(distributor_code=Subquery(codes))


def node_in_reach(code: str, *, within_path: str) -> Node:
    """An organisation of a subtree by code; its top where no code is given. Raises NotFound."""
    organisations = tree()
    if not code:
        return organisations.node(int(within_path.rstrip("/").rsplit("/", 1)[-1]))
    node = organisations.by_code.get(code)
    if node is None or not node.path.startswith(within_path):
        raise NotFound(kind="organisation", ref=code)
    return node


def batches(scope_path: str) -> QuerySet[ReleaseBatch]:
    """Chunks of the release job (index: release_newest).

    A chunk has entries of every company, so only headquarters see any.
    """
    found: QuerySet[ReleaseBatch] = ReleaseBatch.objects.all()
    return found if scope_path == tree().root.path else found.none()


class Part(NamedTuple):
    """What of a batch belongs to some organisations, as it was booked. Amounts in fen."""

    entries: int
    amount: int
    """Moved from pending to available."""
    offset: int
    """Of that, taken for claw-back."""


# From the ledger and not from what is left of the entries: refunds since then do not change it.
# Each entry asks for its journals by their whole keys: an OR of both would compare every journal.
_PARTS: Final = """
WITH released AS MATERIALIZED (
    SELECT s.id, s.released_at
      FROM commissions_entrystate s
     WHERE s.tenant_id = %s AND s.released_at = ANY(%s::timestamptz[])
       AND s.organisation_id = ANY(%s::bigint[])
), counted AS (
    SELECT released_at, count(*) AS entries FROM released GROUP BY released_at
), moved AS (
    SELECT r.released_at,
           coalesce(sum(p.amount) FILTER (WHERE j.kind = 'release'), 0)::bigint AS amount,
           coalesce(sum(p.amount) FILTER (WHERE j.kind = 'offset'), 0)::bigint AS offset_amount
      FROM released r
     CROSS JOIN LATERAL (VALUES ('release:' || r.id), ('offset:' || r.id)) AS k(key)
      JOIN ledger_journal j ON j.tenant_id = %s AND j.key = k.key
      JOIN ledger_posting p ON p.journal_id = j.id AND p.amount > 0
     GROUP BY r.released_at
)
SELECT c.released_at, c.entries, coalesce(m.amount, 0), coalesce(m.offset_amount, 0)
  FROM counted c LEFT JOIN moved m ON m.released_at = c.released_at
"""


def parts_of(moments: Sequence[datetime], *, paths: Sequence[str]) -> dict[datetime, Part]:
    """By the moment of a batch: what of it belongs to these subtrees.

    One statement (indexes: entry_released, journal_once).
    """
    inside = [id_ for id_, node in tree().by_id.items() if node.path.startswith(tuple(paths))]
    tenant_id = current_tenant_id()
    rows = sql.fetch(_PARTS, (tenant_id, list(moments), inside, tenant_id))
    return {moment: Part(*part) for moment, *part in rows}


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


def lateness(scope_path: str) -> Lateness:
    """The gauge of the release job for a subtree (index: entry_due)."""
    now = clock.now()
    due = entries_standing(Standing.DUE, scope_path=scope_path, at=now)
    return Lateness(
        **due.aggregate(
            entries=Count("id"),
            amount=Coalesce(Sum("remaining"), 0),
            oldest_due_at=Min("due_at"),
            late=Count("id", filter=Q(due_at__lte=now - LATE)),
        )
    )


class Release(NamedTuple):
    """What a distributor would get released. Amounts in fen."""

    distributor_id: int
    distributor: str
    entries: int
    amount: int
    offset: int
    """Of the amount, taken for claw-back that is owed, as things stand now."""


_WOULD_RELEASE: Final = """
SELECT d.id, d.code, s.organisation_id, s.currency, count(*), sum(s.remaining)::bigint
  FROM commissions_entrystate s
  JOIN distributors_distributor d ON d.id = s.distributor_id
 WHERE s.tenant_id = %s AND s.due_at <= %s AND s.released_at IS NULL AND NOT s.held
   AND s.organisation_id = ANY(%s::bigint[])
 GROUP BY d.id, d.code, s.organisation_id, s.currency
"""


def would_release(*, scope_path: str, until: datetime) -> list[Release]:
    """What would be released up to a moment if nothing happened before, largest amount first.

    Entries of the subtree that are not held; two statements (index: entry_due).
    """
    nodes = {id_: node for id_, node in tree().by_id.items() if node.path.startswith(scope_path)}
    rows = sql.fetch(_WOULD_RELEASE, (current_tenant_id(), until, list(nodes)))
    owed: dict[Debtor, int] = {}
    for currency in {row[3] for row in rows}:
        owners = sorted({row[0] for row in rows if row[3] == currency})
        for owner, purse in balances(owners, [CLAWBACK.name], currency).items():
            owed[owner, currency] = purse[CLAWBACK.name]
    claims = [
        Claim(number, 0, id_, organisation_id, currency, amount)
        for number, (id_, _, organisation_id, currency, _, amount) in enumerate(rows)
    ]
    shares = {id_: policy_for(nodes[id_].lineage, until).clawback_ppm for _, _, id_, *_ in rows}
    taken = offsets(claims, owed, shares)
    found: dict[int, Release] = {}
    for number, (id_, code, _, _, entries, amount) in enumerate(rows):
        before = found.get(id_, Release(id_, code, 0, 0, 0))
        found[id_] = Release(
            id_,
            code,
            before.entries + entries,
            before.amount + amount,
            before.offset + taken.get(number, 0),
        )
    return sorted(found.values(), key=lambda each: (-each.amount, each.distributor))
