"""Sending what is due."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from yipan.kernel import clock, sql
from yipan.kernel.crypto import Undecipherable
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.webhooks import signing
from yipan.surfaces.webhooks.actions.endpoints import give_up_waiting, opened
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint
from yipan.surfaces.webhooks.rules import JITTER_PERCENT, pause_after
from yipan.surfaces.webhooks.sending import Message, Outcome, send

KEPT_DAYS: Final = 30
_AT_ONCE: Final = 64
_LEASE: Final = timedelta(minutes=2)  # longer than any batch lasts: 64 in two waves of 15 s
_BUDGET_SECONDS: Final = 30
_MOST_ERROR: Final = 300

# The try is counted and the next one set before the request goes out, so a process that dies on
# the way costs one try and two minutes; another that looks meanwhile passes over these rows.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT d.id FROM webhooks_delivery d
     WHERE d.tenant_id = %s AND d.state = 'waiting' AND d.next_at <= %s
     ORDER BY d.next_at
     LIMIT %s
       FOR UPDATE SKIP LOCKED
)
UPDATE webhooks_delivery d
   SET attempts = d.attempts + 1, next_at = %s
  FROM due, webhooks_endpoint p, kernel_outboxevent e
 WHERE d.id = due.id AND p.id = d.endpoint_id AND e.id = d.event_id
RETURNING d.id, d.attempts, p.id, p.url, p.secret_sealed, p.former_sealed, p.former_until,
          e.id, e.name, e.occurred_at, e.payload
"""

# `attempts` tells this try from a later one of a process that took the row over.
_RECORD: Final = """
UPDATE webhooks_delivery d
   SET state = u.state, next_at = u.next_at, ended_at = u.ended_at, last_status = u.status,
       last_error = u.error
  FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[],
              %s::int[], %s::text[])
       AS u(id, attempts, state, next_at, ended_at, status, error)
 WHERE d.tenant_id = %s AND d.id = u.id AND d.attempts = u.attempts AND d.state = 'waiting'
"""


def send_due() -> int:
    """Send what is due, for at most half a minute; the number of tries.

    Requests go out outside of any transaction.
    """
    stop_at = monotonic() + _BUDGET_SECONDS
    tries = 0
    while monotonic() < stop_at:
        claimed = _claimed()
        if not claimed:
            break
        _record(claimed, _outcomes(claimed))
        tries += len(claimed)
    return tries


def forget_old_deliveries() -> int:
    """Remove what ended more than 30 days ago from the log; the number of rows."""
    limit = clock.now() - timedelta(days=KEPT_DAYS)
    removed, _ = Delivery.objects.filter(ended_at__lt=limit).delete()
    return int(removed)


def _claimed() -> list[sql.Row]:
    now = clock.now()
    return sql.fetch(_CLAIM, (current_tenant_id(), now, _AT_ONCE, now + _LEASE))


def _outcomes(claimed: Sequence[sql.Row]) -> list[Outcome]:
    """How each try ended, in the order of the claims."""
    messages, unsendable = [], []
    for row in claimed:
        try:
            messages.append(_message(row))
        except Undecipherable as error:  # one endpoint's trouble stops no other
            unsendable.append(Outcome(row[0], None, str(error)))
    by_id = {outcome.delivery_id: outcome for outcome in [*send(messages), *unsendable]}
    return [by_id[row[0]] for row in claimed]


def _message(row: sql.Row) -> Message:
    delivery_id, _attempts, endpoint_id, url, sealed, former, until, *event = row
    event_id, name, occurred_at, payload = event
    now = clock.now()
    signing_secrets = [opened(sealed, endpoint_id, "secret_sealed")]
    if former and until is not None and until > now:
        signing_secrets.append(opened(former, endpoint_id, "former_sealed"))
    body = body_of(name, occurred_at, payload)
    headers = signing.headers_of(
        message_id=str(event_id), at=now, body=body, secrets_=signing_secrets
    )
    headers["Content-Type"] = "application/json"
    headers["User-Agent"] = "Yipan-Webhooks/1"
    return Message(delivery_id, url, headers, body)


def body_of(name: str, occurred_at: datetime, payload: Any) -> str:
    """The payload of Standard Webhooks: `type`, `timestamp`, `data`; the same in every try."""
    moment = occurred_at.isoformat().replace("+00:00", "Z")
    return f'{{"type":"{name}","timestamp":"{moment}","data":{payload}}}'


def _record(claimed: Sequence[sql.Row], outcomes: Sequence[Outcome]) -> None:
    now = clock.now()
    rows = [
        (row[0], row[1], *_verdict(outcome, row[1], now))
        for row, outcome in zip(claimed, outcomes, strict=True)
    ]
    gone = {row[2] for row, outcome in zip(claimed, outcomes, strict=True) if outcome.is_gone}
    with unit_of_work():
        columns = [list(column) for column in zip(*rows, strict=True)]
        sql.execute(_RECORD, (*columns, current_tenant_id()))
        if gone:
            Endpoint.objects.filter(id__in=gone).update(is_active=False, ended_by="410 Gone")
            give_up_waiting(gone, "the endpoint answered 410 Gone")


def _verdict(outcome: Outcome, attempts: int, now: datetime) -> tuple[object, ...]:
    """state, next_at, ended_at, status and error of a delivery after a try."""
    error = outcome.error[:_MOST_ERROR]
    if outcome.is_success:
        return DeliveryState.DELIVERED.value, None, now, outcome.status, ""
    jitter = secrets.randbelow(2 * JITTER_PERCENT + 1) - JITTER_PERCENT
    pause = None if outcome.is_gone else pause_after(attempts, jitter)
    if pause is None:
        return DeliveryState.GIVEN_UP.value, None, now, outcome.status, error
    return DeliveryState.WAITING.value, now + pause, None, outcome.status, error
