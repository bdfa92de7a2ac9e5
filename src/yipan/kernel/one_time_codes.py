"""Codes sent to a phone to prove whose it is.

Six digits, kept as a keyed hash over tenant, purpose, phone and code; good for five minutes, five
tries and one use. Only the newest code of a phone counts. Whoever asks gets the same answer
whether the phone is known or not: an unknown one has a row as well, and merely no message.
"""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.kernel import clock, sql, text_messages, uow
from yipan.kernel.crypto import blind_index, derived_key
from yipan.kernel.errors import DomainError
from yipan.kernel.ids import next_id
from yipan.kernel.locks import take_turn
from yipan.kernel.models import OneTimeCode
from yipan.kernel.networks import subscriber
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

DIGITS: Final = 6
LIFETIME: Final = timedelta(minutes=5)
MOST_TRIES: Final = 5
PAUSE: Final = timedelta(seconds=60)
"""Between two codes for one phone."""
KEPT: Final = timedelta(days=1)

_PER_PHONE: Final = ((timedelta(hours=1), 6), (timedelta(days=1), 15))
_PER_ADDRESS: Final = ((timedelta(hours=1), 30), (timedelta(days=1), 150))
_COLUMNS: Final = (
    "id", "tenant_id", "purpose", "phone_index", "address_index", "code_hash", "tries", "sent_at",
    "expires_at", "used_at",
)  # fmt: skip

_OF_PHONE: Final = """
SELECT sent_at FROM kernel_onetimecode
 WHERE tenant_id = %s AND purpose = %s AND phone_index = %s AND sent_at > %s
 ORDER BY sent_at DESC LIMIT 100
"""
_OF_ADDRESS: Final = """
SELECT sent_at FROM kernel_onetimecode
 WHERE tenant_id = %s AND address_index = %s AND sent_at > %s
 ORDER BY sent_at DESC LIMIT 1000
"""
_COUNT_TRY: Final = """
UPDATE kernel_onetimecode SET tries = tries + 1
 WHERE tenant_id = %s AND tries < %s AND used_at IS NULL AND expires_at > %s
   AND id = (SELECT id FROM kernel_onetimecode
              WHERE tenant_id = %s AND purpose = %s AND phone_index = %s
              ORDER BY sent_at DESC, id DESC LIMIT 1)
RETURNING id, code_hash, tries
"""
_USE: Final = """
UPDATE kernel_onetimecode SET used_at = %s WHERE tenant_id = %s AND id = %s AND used_at IS NULL
"""


class TooManyCodes(DomainError):
    """The phone or the address asked for codes too often; `retry_after` is in seconds."""

    code = "kernel.too_many_codes"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = _("A code was sent a moment ago. You can ask for another in {retry_after} seconds.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(field="phone", retry_after=retry_after)


class CodeWrong(DomainError):
    """Not the code that was sent; `left` tries are left."""

    code = "kernel.code_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This is not the code that was sent.")

    def __init__(self, *, left: int) -> None:
        super().__init__(field="code", left=left)


class CodeOver(DomainError):
    """There is no code that could be used: too old, used, or tried too often."""

    code = "kernel.code_over"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This code is no longer good. Ask for a new one.")

    def __init__(self) -> None:
        super().__init__(field="code")


@dataclass(frozen=True, slots=True)
class CodeSent:
    """What whoever asked is told."""

    resend_after: int
    """Seconds until another code may be asked for."""
    expires_at: datetime


def send_code(
    *,
    purpose: str,
    phone: str,
    address: str,
    is_known: Callable[[], bool] = lambda: True,
) -> CodeSent:
    """Send a fresh code to a normalised phone; one before is worth nothing any more.

    `address` is where the wish comes from. Where `is_known` says no, all happens but the message.
    Raises TooManyCodes, NothingSends, MessagesUsedUp.
    """
    text_messages.check_sender()
    text_messages.check_spending()
    now = clock.now()
    index, asker = _phone_index(purpose, phone), _address_index(address)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with unit_of_work():
        for turn in sorted((f"code:{index}", f"code:{asker}")):
            take_turn(turn)
        _check_allowance(purpose, index, asker, now)
        row = (
            next_id(), current_tenant_id(), purpose, index, asker, _hash(purpose, index, code), 0,
            now, now + LIFETIME, None,
        )  # fmt: skip
        sql.insert(OneTimeCode, _COLUMNS, [row])
        if is_known():
            text_messages.send(phone=phone, text=_words(code), code=code, purpose=purpose)
    return CodeSent(resend_after=int(PAUSE.total_seconds()), expires_at=now + LIFETIME)


def use_code(*, purpose: str, phone: str, code: str) -> None:
    """Take the newest code of a normalised phone, once. Raises CodeWrong, CodeOver.

    The try is counted and committed before the code is looked at, so this must not be part of a
    unit of work, whose rollback would give the try back.
    """
    if uow.is_running():
        message = "a try of a code would be rolled back with the unit of work"
        raise RuntimeError(message)
    now, tenant_id = clock.now(), current_tenant_id()
    index = _phone_index(purpose, phone)
    row = sql.fetch_one(_COUNT_TRY, (tenant_id, MOST_TRIES, now, tenant_id, purpose, index))
    if row is None:
        raise CodeOver
    id_, expected, tries = row
    if not hmac.compare_digest(_hash(purpose, index, code.strip()), expected):
        if tries >= MOST_TRIES:
            raise CodeOver
        raise CodeWrong(left=MOST_TRIES - tries)
    if not sql.execute(_USE, (now, tenant_id, id_)):  # somebody else was faster with it
        raise CodeOver


def forget_old() -> int:
    """Remove codes older than a day; how many there were (index: code_age)."""
    return int(OneTimeCode.objects.filter(sent_at__lt=clock.now() - KEPT).delete()[0])


def _check_allowance(purpose: str, index: str, asker: str, now: datetime) -> None:
    tenant_id, day = current_tenant_id(), now - timedelta(days=1)
    sent = [row[0] for row in sql.fetch(_OF_PHONE, (tenant_id, purpose, index, day))]
    asked = [row[0] for row in sql.fetch(_OF_ADDRESS, (tenant_id, asker, day))]
    free_at = [sent[0] + PAUSE] if sent else []
    for moments, limits in ((sent, _PER_PHONE), (asked, _PER_ADDRESS)):
        for window, most in limits:
            if len(moments) >= most:
                free_at.append(moments[most - 1] + window)
    wait = (max(free_at, default=now) - now).total_seconds()
    if wait > 0:
        raise TooManyCodes(retry_after=math.ceil(wait))


def _phone_index(purpose: str, phone: str) -> str:
    return blind_index(phone, purpose=f"code:{purpose}", tenant_id=current_tenant_id())


def _address_index(address: str) -> str:
    asker = subscriber(address)
    return blind_index(asker, purpose="code.address", tenant_id=current_tenant_id())


def _hash(purpose: str, phone_index: str, code: str) -> str:
    bound = f"{current_tenant_id()}|{purpose}|{phone_index}|{code}".encode()
    return hmac.new(derived_key("one-time-code"), bound, sha256).hexdigest()


def _words(code: str) -> str:
    return _now("Your code is {code}. It is good for 5 minutes. Tell it to nobody.").format(
        code=code
    )
