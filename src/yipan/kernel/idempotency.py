"""Idempotency keys: the first answer is stored in the transaction of its effect.

Same key and payload again: the first answer, byte for byte. Other payload: 422. First request
still running: 409. A request that failed leaves no record, so it may be tried again.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel import clock, sql
from yipan.kernel.crypto import derived_key, generations
from yipan.kernel.errors import DomainError
from yipan.kernel.ids import next_id
from yipan.kernel.models import IdempotencyRecord
from yipan.kernel.tenancy import current_tenant_id


class KeyMissing(DomainError):
    """A request that moves money or makes orders came without its key."""

    code = "idempotency.key_missing"
    status = HTTPStatus.BAD_REQUEST
    message = _("This request needs the header Idempotency-Key.")


class KeyInvalid(DomainError):
    """The key is too long or has odd characters."""

    code = "idempotency.key_invalid"
    status = HTTPStatus.BAD_REQUEST
    message = _("Idempotency-Key must be 1 to 200 visible ASCII characters.")


class KeyReused(DomainError):
    """The key came before with another payload."""

    code = "idempotency.key_reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This Idempotency-Key was used for another request.")


class StillRunning(DomainError):
    """The first request with this key has not finished."""

    code = "idempotency.still_running"
    status = HTTPStatus.CONFLICT
    message = _("The first request with this Idempotency-Key is still running.")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it was first given."""

    status: int
    body: bytes
    content_type: str


_LOOK = """
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s)) AS got
)
SELECT lock.got, r.fingerprint, r.status, r.body, r.content_type
  FROM lock
  LEFT JOIN kernel_idempotencyrecord r
    ON r.tenant_id = %s AND r.owner = %s AND r.key = %s
"""
_MOST = 200
_COLUMNS = (
    "id", "tenant_id", "owner", "key", "fingerprint", "status", "body", "content_type", "created_at"
)  # fmt: skip


def fingerprint(method: str, path: str, body: bytes) -> tuple[str, ...]:
    """What makes two requests the same, under each key that is set, the live one first.

    Keyed, for the number of a card that stands in a request could be found by its plain hash.
    """
    said = b"\n".join([method.encode(), path.encode(), body])
    keys = (derived_key("idempotency", each) for each in generations())
    return tuple(hmac.new(key, said, hashlib.sha256).hexdigest() for key in keys)


def check_key(key: str | None) -> str:
    """The key of a request's header. Raises KeyMissing, KeyInvalid."""
    if not key:
        raise KeyMissing
    if len(key) > _MOST or not key.isascii() or not key.isprintable():
        raise KeyInvalid
    return key


def earlier_answer(*, owner: str, key: str, print_: tuple[str, ...]) -> Answer | None:
    """Claim the key for this transaction; the first answer if there is one (`fingerprint`).

    Raises KeyReused, StillRunning.
    """
    tenant_id = current_tenant_id()
    row = sql.fetch_one(_LOOK, (f"{owner}|{key}", tenant_id, tenant_id, owner, key))
    got, first_print, status, body, content_type = row or (False, None, 0, b"", "")
    if first_print is not None:
        if first_print not in print_:
            raise KeyReused
        return Answer(status, bytes(body), content_type)
    if not got:
        raise StillRunning
    return None


def store_answer(*, owner: str, key: str, print_: tuple[str, ...], answer: Answer) -> None:
    """Write the answer beside its effect. Raises StillRunning if another request was faster."""
    row = (
        next_id(), current_tenant_id(), owner, key, print_[0],
        answer.status, answer.body, answer.content_type, clock.now(),
    )  # fmt: skip
    conflict = "ON CONFLICT (tenant_id, owner, key) DO NOTHING"
    if not sql.insert(IdempotencyRecord, _COLUMNS, [row], suffix=conflict):
        raise StillRunning
