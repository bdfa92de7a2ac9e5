"""Releasing what is due, holding what is in dispute, and the policy that says when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from yipan.distribution.commissions.accounts import AVAILABLE, CLAWBACK, PENDING
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, policies, sql
from yipan.kernel.actor import Actor
from yipan.kernel.events import announce
from yipan.kernel.models import PolicyVersion
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.accounts import AccountRef
from yipan.ledger.actions import JournalDraft, PostingDraft, lock_balances, post
from yipan.ledger.queries import balances
from yipan.payouts.settlement.events import EntriesReleased, ReleasedEntry
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import policy_for
from yipan.payouts.settlement.rules import (
    Claim,
    Debtor,
    SettlementPolicy,
    due_after_completion,
    due_at_payment,
    offsets,
)
from yipan.payouts.settlement.rules.policy import KIND

CHUNK: Final = 2_000
"""Entries released in one transaction."""
BY_HAND: Final = 10
"""Chunks that a person releases at once."""

# Rows that a refund or another worker has locked are left to the next run.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT id FROM commissions_entrystate
     WHERE tenant_id = %s AND due_at <= %s AND released_at IS NULL AND NOT held
     ORDER BY due_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE commissions_entrystate s SET released_at = %s
      FROM due WHERE s.id = due.id
    RETURNING s.due_at, s.id, s.line_id, s.distributor_id, s.organisation_id, s.currency,
              s.remaining
)
SELECT id, line_id, distributor_id, organisation_id, currency, remaining
  FROM claimed ORDER BY due_at, id
"""


def release_due(*, limit: int = CHUNK, until: datetime | None = None) -> ReleaseBatch | None:
    """Release one chunk of entries that are due, oldest first; None where there is nothing to do.

    `until`: only what was due at that moment, not after now. One transaction and a constant number
    of statements. What is booked is what this call really claimed, so it may run twice, in two
    places, and be killed at any point.
    """
    now = clock.now()
    with unit_of_work():
        claims = _claimed(now, min(until or now, now), limit)
        if not claims:
            return None
        taken = _offsets(claims, now)
        post(_journals(claims, taken, now))
        batch: ReleaseBatch = ReleaseBatch.objects.create(
            released_at=now,
            entries=len(claims),
            amount=sum(claim.amount for claim in claims),
            offset_amount=sum(taken.values()),
        )
        released = tuple(ReleasedEntry(*claim, taken.get(claim.entry_id, 0)) for claim in claims)
        announce(EntriesReleased(batch.id, now, released))
    return batch


def _claimed(now: datetime, until: datetime, limit: int) -> list[Claim]:
    rows = sql.fetch(_CLAIM, (current_tenant_id(), until, limit, now))
    return [Claim(*row) for row in rows]


def release_by_hand(*, until: datetime, by: Actor) -> list[ReleaseBatch]:
    """Release what was due at a moment, without waiting for the job; the batches that were made.

    Never more than what was shown as due then; what the job has taken meanwhile is left out. At
    most `BY_HAND` chunks, the job goes on with the rest. Each batch is audited with its release.
    """
    batches: list[ReleaseBatch] = []
    while len(batches) < BY_HAND:
        with unit_of_work():
            batch = release_due(until=until)
            if batch is None:
                break
            audit.record(
                action="settlement.release",
                subject_type="release_batch",
                subject_id=batch.id,
                organisation_id=tree().root.id,
                after={"entries": batch.entries, "amount": batch.amount},
                by=by,
            )
        batches.append(batch)
    return batches


def _offsets(claims: Sequence[Claim], now: datetime) -> dict[int, int]:
    """Entry id → fen to be taken for claw-back; locks the balances where somebody owes."""
    if not _anybody_owes({(claim.distributor_id, claim.currency) for claim in claims}):
        return {}
    # Every account that will be booked on is locked at once, in one order for everybody.
    purses = lock_balances(
        AccountRef(kind.name, claim.distributor_id, claim.currency)
        for claim in claims
        for kind in (PENDING, AVAILABLE, CLAWBACK)
    )
    owed = {
        (ref.owner_id, ref.currency): amount
        for ref, amount in purses.items()
        if ref.kind == CLAWBACK.name
    }
    nodes = tree().by_id
    shares = {
        id_: policy_for(nodes[id_].lineage, now).clawback_ppm
        for id_ in {claim.organisation_id for claim in claims}
    }
    return offsets(claims, owed, shares)


def _anybody_owes(debtors: Iterable[Debtor]) -> bool:
    by_currency: dict[str, list[int]] = {}
    for distributor_id, currency in debtors:
        by_currency.setdefault(currency, []).append(distributor_id)
    return any(
        owed[CLAWBACK.name] > 0
        for currency, owners in by_currency.items()
        for owed in balances(owners, [CLAWBACK.name], currency).values()
    )


def _journals(
    claims: Sequence[Claim], taken: Mapping[int, int], now: datetime
) -> list[JournalDraft]:
    journals = []
    pending, available, clawback = PENDING.name, AVAILABLE.name, CLAWBACK.name
    for claim in claims:
        owner, amount, currency = claim.distributor_id, claim.amount, claim.currency
        if amount:
            postings = (
                PostingDraft(pending, owner, amount, currency),
                PostingDraft(available, owner, -amount, currency),
            )
            journals.append(JournalDraft(f"release:{claim.entry_id}", "release", now, postings))
        offset = taken.get(claim.entry_id)
        if offset:
            postings = (
                PostingDraft(available, owner, offset, currency),
                PostingDraft(clawback, owner, -offset, currency),
            )
            journals.append(JournalDraft(f"offset:{claim.entry_id}", "offset", now, postings))
    return journals


# The states are locked in the order of their ids, as refunds do it. Keep in step with
# `due_after_completion`.
_COMPLETE: Final = """
WITH mine AS MATERIALIZED (
    SELECT s.id, w.completed_at
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS w(line_id, completed_at)
      JOIN commissions_entrystate s ON s.tenant_id = %s AND s.line_id = w.line_id
     WHERE s.released_at IS NULL AND s.due_at IS NOT NULL
     ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE commissions_entrystate s
   SET due_at = least(s.due_at, mine.completed_at + s.hold_days * interval '24 hours')
  FROM mine WHERE s.id = mine.id
"""
_HOLD: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM commissions_entrystate
     WHERE tenant_id = %s AND line_id = ANY(%s::bigint[]) AND released_at IS NULL AND held <> %s
     ORDER BY id FOR NO KEY UPDATE
)
UPDATE commissions_entrystate s SET held = %s FROM mine WHERE s.id = mine.id
"""


def bring_due_forward(*, completed: Mapping[int, datetime]) -> None:
    """Count the hold of lines (id → moment of completion) from when they were really completed."""
    params = (list(completed.keys()), list(completed.values()), current_tenant_id())
    sql.execute(_COMPLETE, params)


def hold_lines(*, line_ids: Sequence[int], held: bool) -> None:
    """Hold, or hold no longer, what the lines earn and is not yet released."""
    sql.execute(_HOLD, (current_tenant_id(), list(line_ids), held, held))


_UNDATED: Final = """
SELECT s.id, s.organisation_id, e.paid_at, l.completed_at
  FROM commissions_entrystate s
  JOIN commissions_entry e ON e.id = s.id
  JOIN orders_orderline l ON l.id = s.line_id
 WHERE s.tenant_id = %s AND s.due_at IS NULL AND s.released_at IS NULL
 ORDER BY s.id LIMIT %s FOR NO KEY UPDATE OF s SKIP LOCKED
"""
_DATE: Final = """
UPDATE commissions_entrystate s SET due_at = u.due_at, hold_days = u.hold_days
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[]) AS u(id, due_at, hold_days)
 WHERE s.id = u.id
"""


def date_undated(*, limit: int = CHUNK) -> int:
    """Give a due moment to entries that were earned while nothing settled; how many."""
    nodes = tree().by_id
    with unit_of_work():
        ids, moments, holds = [], [], []
        for row in sql.fetch(_UNDATED, (current_tenant_id(), limit)):
            id_, organisation_id, paid_at, completed_at = row
            policy = policy_for(nodes[organisation_id].lineage, paid_at)
            due_at = due_at_payment(paid_at, policy)
            if completed_at is not None:
                due_at = due_after_completion(completed_at, policy.hold_days, due_at)
            ids.append(id_)
            moments.append(due_at)
            holds.append(policy.hold_days)
        if ids:
            sql.execute(_DATE, (ids, moments, holds))
    return len(ids)


_CORRECT_HOLDS: Final = """
WITH open AS MATERIALIZED (
    SELECT line_id FROM orders_refundrequest WHERE tenant_id = %s AND state = 'open'
), wrong AS MATERIALIZED (
    SELECT s.id FROM commissions_entrystate s
     WHERE s.tenant_id = %s AND s.released_at IS NULL
       AND s.held <> EXISTS (SELECT 1 FROM open WHERE open.line_id = s.line_id)
     ORDER BY s.id FOR NO KEY UPDATE
)
UPDATE commissions_entrystate s SET held = NOT s.held FROM wrong WHERE s.id = wrong.id
"""


def correct_holds() -> int:
    """Hold exactly the entries with an open refund request; how many were wrong.

    Requests opened or closed while settlement was switched off went unheard.
    """
    tenant_id = current_tenant_id()
    with unit_of_work():
        return sql.execute(_CORRECT_HOLDS, (tenant_id, tenant_id))


def set_settlement_policy(
    *,
    organisation_id: int,
    data: Mapping[str, Any],
    by: Actor,
    reason: str = "",
    valid_from: datetime | None = None,
) -> PolicyVersion:
    """Set the whole policy of an organisation and its subtree; what is left out has its default.

    Commission earned before keeps its due moment. Raises InvalidField with the name of the field
    that is wrong.
    """
    return policies.set_policy(
        kind=KIND,
        organisation_id=organisation_id,
        data=SettlementPolicy.from_data(data).to_data(),
        by=by,
        reason=reason,
        valid_from=valid_from,
    )
