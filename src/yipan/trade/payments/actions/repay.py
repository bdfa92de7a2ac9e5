"""Giving money back through the provider that took it: once per refund, tried until it is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.events import LineRefunded
from yipan.trade.payments.errors import RepaymentEnded
from yipan.trade.payments.models import Repayment, RepaymentState
from yipan.trade.payments.providers.registry import (
    Repaid,
    RepaidState,
    Repaying,
    provider_named,
)
from yipan.trade.payments.references import new_reference

MOST: Final = 200
"""In one run."""
_LEASE: Final = timedelta(minutes=2)
"""How long a try may take before another worker tries, with the same reference."""
_LONGEST_PAUSE: Final = timedelta(hours=6)
_MESSAGE: Final = 200
_log = logging.getLogger(__name__)
_NOTE: Final = """
INSERT INTO payments_repayment
       (id, tenant_id, intent_id, key, reference, amount, reason, state, attempts, next_try_at,
        message, created_at)
SELECT r.id, i.tenant_id, i.id, r.key, r.reference, r.amount, r.reason, 'due', 0, r.at, '', r.at
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[],
              %s::timestamptz[])
       AS r(id, order_id, key, reference, amount, reason, at)
  JOIN payments_paymentintent i
    ON i.tenant_id = %s AND i.order_id = r.order_id AND i.state = 'paid' AND NOT i.is_stray
    ON CONFLICT (tenant_id, key) DO NOTHING
"""
# Who gets the row tries it; the others pass by.
_CLAIM: Final = """
UPDATE payments_repayment r SET next_try_at = %s, attempts = attempts + 1, state = 'unknown'
  FROM (SELECT id FROM payments_repayment
         WHERE tenant_id = %s AND next_try_at <= %s
         ORDER BY next_try_at LIMIT %s FOR UPDATE SKIP LOCKED) due
 WHERE r.id = due.id
RETURNING r.id
"""


def note_refunds(*, refunds: Sequence[LineRefunded]) -> None:
    """Have refunds of lines paid through a provider given back there; one statement for all."""
    tenant_id, now = current_tenant_id(), clock.now()
    ids = list(next_ids(len(refunds)))
    params = (
        ids,
        [refund.order_id for refund in refunds],
        [f"refund-{refund.refund_id}" for refund in refunds],
        [new_reference(tenant_id, id_) for id_ in ids],
        [refund.amount for refund in refunds],
        [refund.number for refund in refunds],
        [now] * len(refunds),
        tenant_id,
    )
    sql.execute(_NOTE, params)


def make_repayments() -> int:
    """Give back what is due; how many succeeded.

    Claimed first, in a transaction of their own, so that two workers never try one at once; the
    provider's own reference keeps a try whose answer was lost from giving back twice.
    """
    now = clock.now()
    with unit_of_work():
        rows = sql.fetch(_CLAIM, (now + _LEASE, current_tenant_id(), now, MOST))
    done = 0
    claimed = Repayment.objects.filter(id__in=[id_ for (id_,) in rows]).select_related("intent")
    for repayment in claimed.order_by("id"):
        done += _repay(repayment)
    return done


def retry_repayment(*, repayment_id: int, by: Actor) -> None:
    """Try again what a provider refused. Raises NotFound, RepaymentEnded."""
    with unit_of_work():
        found: Repayment | None = (
            Repayment.objects.select_for_update(of=("self",))
            .select_related("intent")
            .filter(id=repayment_id)
            .first()
        )
        if found is None:
            raise NotFound(kind="repayment", ref=repayment_id)
        if found.state != RepaymentState.REFUSED:
            raise RepaymentEnded
        found.state, found.next_try_at, found.ended_at = RepaymentState.DUE, clock.now(), None
        found.save(update_fields=["state", "next_try_at", "ended_at"])
        _audit("retry_repayment", found, by)


def _repay(repayment: Repayment) -> bool:
    intent = repayment.intent
    try:
        answer = provider_named(intent.provider).refund(
            Repaying(
                reference=repayment.reference,
                payment_reference=intent.reference,
                provider_reference=intent.provider_reference,
                amount=repayment.amount,
                paid=intent.amount,
                currency=intent.currency,
                reason=repayment.reason,
            )
        )
    except Exception as error:  # noqa: BLE001 - whatever it was, the outcome is unknown
        _log.exception("repayment %s: no answer", repayment.reference)
        answer = Repaid(RepaidState.PENDING, f"{type(error).__name__}")
    now = clock.now()
    with unit_of_work():
        changes = _changes(answer, repayment.attempts, now)
        undone = Repayment.objects.filter(id=repayment.id, state=RepaymentState.UNKNOWN)
        if undone.update(**changes) and answer.state is RepaidState.REFUSED:
            repayment.message = answer.message
            _audit("refuse_repayment", repayment, SYSTEM)
    return answer.state is RepaidState.DONE


def _changes(answer: Repaid, attempts: int, now: datetime) -> dict[str, object]:
    message = answer.message[:_MESSAGE]
    if answer.state is RepaidState.PENDING:
        pause = min(timedelta(seconds=15) * 2 ** min(attempts, 12), _LONGEST_PAUSE)
        return {"next_try_at": now + pause, "message": message}
    ended = RepaymentState.DONE if answer.state is RepaidState.DONE else RepaymentState.REFUSED
    return {"state": ended, "next_try_at": None, "ended_at": now, "message": message}


def _audit(verb: str, repayment: Repayment, by: Actor) -> None:
    audit.record(
        action=f"payments.{verb}",
        subject_type="repayment",
        subject_id=repayment.id,
        after={"reference": repayment.reference, "amount": repayment.amount},
        by=by,
        reason=repayment.message,
    )
