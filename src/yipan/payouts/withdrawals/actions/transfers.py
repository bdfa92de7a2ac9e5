"""Handing payouts to a provider and learning what became of them.

Claim and commit, call outside of any transaction, record: a process may die between any two of
these. The reference is older than the first call, so asking again never pays twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from yipan.distribution.commissions.accounts import IN_WITHDRAWAL
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.events import announce
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.payouts.withdrawals.accounts import BANK, TAX_PAYABLE
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.events import WithdrawalFailed, WithdrawalSucceeded
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.providers.registry import (
    MadeUpError,
    Provider,
    filed_codes,
    provider_named,
)
from yipan.payouts.withdrawals.queries import transfer_of
from yipan.payouts.withdrawals.rules.outcome import (
    Answer,
    AnswerKind,
    Verdict,
    pause_before_query,
    verdict,
)

logger = logging.getLogger(__name__)

LOT: Final = 10
"""Payouts claimed at once, to be handed over one after the other."""
LEASE: Final = timedelta(minutes=5)
"""How long a lot is left to the one who claimed it; longer than all its calls may take."""
RESUBMIT_WITHIN: Final = timedelta(hours=24)
"""For so long a reference that the provider does not know is handed over again. Later it stays in
doubt: the provider may have forgotten a payment it made."""
_AWAITED: Final = (WithdrawalState.SUBMITTED, WithdrawalState.UNKNOWN)

_CLAIM_APPROVED = """
WITH mine AS MATERIALIZED (
    SELECT id FROM withdrawals_withdrawal
     WHERE tenant_id = %s AND state = 'approved' AND provider <> ALL(%s::text[])
     ORDER BY requested_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE withdrawals_withdrawal w
   SET state = 'submitted', submitted_at = %s, next_query_at = %s
  FROM mine WHERE w.id = mine.id
RETURNING w.id
"""
_CLAIM_AWAITED = """
WITH mine AS MATERIALIZED (
    SELECT id FROM withdrawals_withdrawal
     WHERE tenant_id = %s AND state IN ('submitted', 'unknown') AND next_query_at <= %s
       AND provider <> ALL(%s::text[])
     ORDER BY next_query_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE withdrawals_withdrawal w
   SET next_query_at = %s, queries = w.queries + 1
  FROM mine WHERE w.id = mine.id
RETURNING w.id
"""


def submit_approved(*, limit: int = LOT) -> int:
    """Hand approved payouts to their providers; how many. Not to be called in a transaction.

    Those that go by bank file are left to `bank_out`.
    """
    now = clock.now()
    with unit_of_work():
        params = (current_tenant_id(), filed_codes(), limit, now, now + LEASE)
        ids = [row[0] for row in sql.fetch(_CLAIM_APPROVED, params)]
        steps.write_steps(
            ids, before=WithdrawalState.APPROVED, to=WithdrawalState.SUBMITTED, by=SYSTEM
        )
    for withdrawal in _with_cards(ids):
        record_answer(withdrawal_id=withdrawal.id, answer=_submitted(withdrawal))
    return len(ids)


def query_awaited(*, limit: int = LOT) -> int:
    """Ask how handed-over payouts stand, where it is time to; how many. Not in a transaction."""
    now = clock.now()
    with unit_of_work():
        params = (current_tenant_id(), now, filed_codes(), limit, now + LEASE)
        ids = [row[0] for row in sql.fetch(_CLAIM_AWAITED, params)]
    for withdrawal in _with_cards(ids):
        record_answer(withdrawal_id=withdrawal.id, answer=_queried(withdrawal))
    return len(ids)


def _with_cards(ids: list[int]) -> list[Withdrawal]:
    found = Withdrawal.objects.select_related("card").filter(id__in=ids)
    return list(found.order_by("requested_at", "id"))


def _submitted(withdrawal: Withdrawal) -> Answer:
    return _asked(withdrawal, lambda provider: provider.submit(transfer_of(withdrawal)))


def _queried(withdrawal: Withdrawal) -> Answer:
    answer = _asked(withdrawal, lambda provider: provider.query(withdrawal.reference))
    if answer.kind is not AnswerKind.NOT_FOUND:
        return answer
    if withdrawal.submitted_at and clock.now() - withdrawal.submitted_at < RESUBMIT_WITHIN:
        return _submitted(withdrawal)
    return answer


def _asked(withdrawal: Withdrawal, call: Callable[[Provider], Answer]) -> Answer:
    try:
        return call(provider_named(withdrawal.provider))
    except Exception as error:  # noqa: BLE001 - whatever a provider throws, the outcome is unknown
        # Only the kind of error: its text may carry personal data.
        kind = type(error).__name__
        level = logging.INFO if isinstance(error, MadeUpError) else logging.WARNING
        logger.log(level, "provider %s, %s: %s", withdrawal.provider, withdrawal.reference, kind)
        return Answer(AnswerKind.UNKNOWN, reason=kind)


def record_answer(*, withdrawal_id: int, answer: Answer) -> Withdrawal:
    """Draw the consequence of a provider's answer; once there is an outcome, nothing changes it."""
    with unit_of_work():
        withdrawal = steps.locked(withdrawal_id)
        if withdrawal.state not in _AWAITED:
            _log_late(withdrawal, answer)
            return withdrawal
        consequence = verdict(answer, withdrawal.net)
        if consequence is Verdict.SUCCEED:
            _succeed(withdrawal)
        elif consequence is Verdict.FAIL:
            _fail(withdrawal, answer.reason)
        else:
            _wait(withdrawal, answer, in_doubt=consequence is Verdict.DOUBT)
    return withdrawal


def end_transfers(*, paid: Sequence[int], failed: Mapping[int, str], by: Actor) -> None:
    """End payouts as a bank's file says: ids of those paid, and of those not paid with the reason.

    All are locked by the caller, inside its unit of work, awaited, and told with the right amount.
    A constant number of statements.
    """
    now = clock.now()
    rows = Withdrawal.objects.select_related("distributor").filter(id__in=[*paid, *failed])
    found = {each.id: each for each in rows.order_by("id")}
    if not found:
        return
    succeeded = [found[id_] for id_ in sorted(paid)]
    refused = [found[id_] for id_ in sorted(failed)]
    _mark(succeeded, WithdrawalState.SUCCEEDED, by, now, {})
    _mark(refused, WithdrawalState.FAILED, by, now, failed)
    post([_payment(each, now) for each in succeeded])
    steps.book_endings(refused, now)
    announce(*(WithdrawalSucceeded(steps.snapshot(each), at=now) for each in succeeded))
    announce(*(WithdrawalFailed(steps.snapshot(each), now, failed[each.id]) for each in refused))


_END: Final = """
UPDATE withdrawals_withdrawal w
   SET state = %s, reason = u.reason, ended_at = %s, next_query_at = NULL
  FROM unnest(%s::bigint[], %s::text[]) AS u(id, reason)
 WHERE w.tenant_id = %s AND w.id = u.id
"""


def _mark(
    ended: Sequence[Withdrawal],
    to: WithdrawalState,
    by: Actor,
    now: datetime,
    reasons: Mapping[int, str],
) -> None:
    if not ended:
        return
    ids = [each.id for each in ended]
    told = [reasons.get(id_, "") for id_ in ids]
    sql.execute(_END, (to.value, now, ids, told, current_tenant_id()))
    for before in sorted({each.state for each in ended}):
        steps.write_steps(
            [each.id for each in ended if each.state == before], before=before, to=to, by=by
        )
    for each in ended:
        each.state, each.ended_at = to, now


def _succeed(withdrawal: Withdrawal) -> None:
    now = clock.now()
    steps.move(withdrawal, to=WithdrawalState.SUCCEEDED, by=SYSTEM, ended_at=now)
    post([_payment(withdrawal, now)])
    announce(WithdrawalSucceeded(steps.snapshot(withdrawal), at=now))


def _payment(withdrawal: Withdrawal, now: datetime) -> JournalDraft:
    payee, payer, currency = withdrawal.distributor_id, withdrawal.payer_id, withdrawal.currency
    postings = [
        PostingDraft(IN_WITHDRAWAL.name, payee, withdrawal.gross, currency),
        PostingDraft(BANK.name, payer, -withdrawal.net, currency),
    ]
    if withdrawal.tax:
        postings.append(PostingDraft(TAX_PAYABLE.name, payer, -withdrawal.tax, currency))
    key = steps.outcome_key(withdrawal)
    return JournalDraft(key, "withdrawal_success", now, tuple(postings))


def _fail(withdrawal: Withdrawal, reason: str) -> None:
    now = clock.now()
    steps.move(withdrawal, to=WithdrawalState.FAILED, by=SYSTEM, reason=reason, ended_at=now)
    steps.book_ending(withdrawal, now)
    announce(WithdrawalFailed(steps.snapshot(withdrawal), at=now, reason=reason))


def _wait(withdrawal: Withdrawal, answer: Answer, *, in_doubt: bool) -> None:
    state = WithdrawalState.UNKNOWN if in_doubt else WithdrawalState.SUBMITTED
    if withdrawal.state != state:
        steps.move(withdrawal, to=state, by=SYSTEM, reason=_why(answer, withdrawal))
    withdrawal.next_query_at = clock.now() + pause_before_query(withdrawal.queries)
    withdrawal.save(update_fields=["next_query_at"])


def _why(answer: Answer, withdrawal: Withdrawal) -> str:
    if answer.kind is AnswerKind.PAID:
        return f"paid amount {answer.amount} instead of {withdrawal.net}"
    return answer.reason or answer.kind.value


def _log_late(withdrawal: Withdrawal, answer: Answer) -> None:
    logger.info(
        "%s has ended as %s; the answer %s changes nothing",
        withdrawal.reference,
        withdrawal.state,
        answer.kind.value,
    )
