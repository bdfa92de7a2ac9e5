"""Handing payouts to a provider and learning what became of them.

Claim and commit, call outside of any transaction, record: a process may die between any two of
these. The reference is older than the first call, so asking again never pays twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from yipan.distribution.commissions.accounts import IN_WITHDRAWAL
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.events import announce
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.payouts.withdrawals.accounts import BANK, TAX_PAYABLE
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.events import WithdrawalFailed, WithdrawalSucceeded
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.providers.registry import Provider, provider_named
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
     WHERE tenant_id = %s AND state = 'approved'
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
     ORDER BY next_query_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE withdrawals_withdrawal w
   SET next_query_at = %s, queries = w.queries + 1
  FROM mine WHERE w.id = mine.id
RETURNING w.id
"""


def submit_approved(*, limit: int = LOT) -> int:
    """Hand approved payouts to their providers; how many. Not to be called in a transaction."""
    now = clock.now()
    with unit_of_work():
        params = (current_tenant_id(), limit, now, now + LEASE)
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
        params = (current_tenant_id(), now, limit, now + LEASE)
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
        logger.warning("provider %s, %s: %s", withdrawal.provider, withdrawal.reference, kind)
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


def _succeed(withdrawal: Withdrawal) -> None:
    now = clock.now()
    steps.move(withdrawal, to=WithdrawalState.SUCCEEDED, by=SYSTEM, ended_at=now)
    payee, payer, currency = withdrawal.distributor_id, withdrawal.payer_id, withdrawal.currency
    postings = [
        PostingDraft(IN_WITHDRAWAL.name, payee, withdrawal.gross, currency),
        PostingDraft(BANK.name, payer, -withdrawal.net, currency),
    ]
    if withdrawal.tax:
        postings.append(PostingDraft(TAX_PAYABLE.name, payer, -withdrawal.tax, currency))
    key = steps.outcome_key(withdrawal)
    post([JournalDraft(key, "withdrawal_success", now, tuple(postings))])
    announce(WithdrawalSucceeded(steps.snapshot(withdrawal), at=now))


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
