"""Text messages to phones, sent by what is configured, after the commit.

`http` posts them to a gateway (YIPAN_SMS_URL); `inbox` keeps them for the page /demo/inbox/ and is
there in demo mode only. With neither nothing can be sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Protocol

import httpx
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yipan.kernel import clock, sql
from yipan.kernel.crypto import decrypt, encrypt
from yipan.kernel.errors import DomainError
from yipan.kernel.ids import next_id
from yipan.kernel.models import TextMessage, TextMessageState
from yipan.kernel.tenancy import current_tenant_id, tenant_context
from yipan.kernel.uow import unit_of_work

KEPT: Final = timedelta(days=1)
TASK: Final = "kernel.send_text_message"
_TABLE: Final = "kernel_textmessage"
_TIMEOUT_SECONDS: Final = 10
_RETRIES: Final = 4
_SENT: Final = """
SELECT count(*) FROM (
    SELECT FROM kernel_textmessage WHERE tenant_id = %s AND created_at > %s LIMIT %s
) sent
"""
_log = logging.getLogger(__name__)


class NothingSends(DomainError):
    """No sender of text messages is configured."""

    code = "kernel.nothing_sends_messages"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = _("Text messages are not set up here yet. Ask whoever runs the platform.")


class MessagesUsedUp(DomainError):
    """As many messages were sent within an hour as the installation allows."""

    code = "kernel.messages_used_up"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = _("Far more codes than usual were asked for, so none is sent now. Try again later.")


class NotDelivered(Exception):
    """The gateway did not take a message; it may be tried again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the clear."""

    id: int
    purpose: str
    language: str
    phone: str
    code: str
    text: str
    created_at: datetime


class Sender(Protocol):
    """Hands a written message over. Raises NotDelivered."""

    def __call__(self, message: Message) -> None: ...


def _keep(message: Message) -> None:
    """The development inbox: the message stays where it is."""


def _post(message: Message) -> None:
    body = {
        "id": str(message.id),
        "purpose": message.purpose,
        "language": message.language,
        "to": message.phone,
        "code": message.code,
        "text": message.text,
    }
    headers = {"Idempotency-Key": str(message.id)}
    if settings.YIPAN_SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.YIPAN_SMS_TOKEN}"
    try:
        answer = httpx.post(
            settings.YIPAN_SMS_URL, json=body, headers=headers, timeout=_TIMEOUT_SECONDS
        )
    except httpx.HTTPError as error:
        raise NotDelivered(type(error).__name__) from error
    if not answer.is_success:
        raise NotDelivered(f"HTTP {answer.status_code}")


_SENDERS: Final[dict[str, Sender]] = {"http": _post, "inbox": _keep}


def sender_name() -> str:
    """Which sender is configured: `http`, `inbox` in demo mode, or empty."""
    if settings.YIPAN_SMS_URL:
        return "http"
    return "inbox" if settings.YIPAN_DEMO else ""


def check_sender() -> str:
    """The name of the sender. Raises NothingSends."""
    name = sender_name()
    if not name:
        raise NothingSends
    return name


def check_spending() -> None:
    """See that a tenant does not pay for more than YIPAN_SMS_PER_HOUR (0: any number) messages.

    Whoever has many phones and addresses is stopped by nothing else. Messages sent at the same
    moment do not see each other, so there may be a few more. Raises MessagesUsedUp.
    """
    most = settings.YIPAN_SMS_PER_HOUR
    if not most:
        return
    tenant_id, since = current_tenant_id(), clock.now() - timedelta(hours=1)
    (sent,) = sql.fetch_one(_SENT, (tenant_id, since, most)) or (0,)
    if sent >= most:
        _log.warning("tenant %s: %d text messages within an hour, no more now", tenant_id, sent)
        raise MessagesUsedUp


def send(*, phone: str, text: str, code: str = "", purpose: str) -> int:
    """Write a message down and have it sent after the commit; its id. Raises NothingSends."""
    name = check_sender()
    id_ = next_id()
    with unit_of_work():
        message = TextMessage(
            id=id_,
            sender=name,
            purpose=purpose,
            language=translation.get_language() or settings.LANGUAGE_CODE,
            phone_sealed=_seal(phone, "phone_sealed", id_),
            code_sealed=_seal(code, "code_sealed", id_) if code else "",
            text_sealed=_seal(text, "text_sealed", id_),
            created_at=clock.now(),
        )
        if name == "inbox":
            message.state = TextMessageState.SENT
        message.save(force_insert=True)
        if name != "inbox":
            app.configure_task(TASK).defer(tenant_id=message.tenant_id, message_id=id_)
    return id_


def hand_over(message_id: int) -> None:
    """Give a waiting message to its sender, and forget its words. Raises NotDelivered."""
    row = TextMessage.objects.filter(id=message_id, state=TextMessageState.WAITING).first()
    if row is None or row.sender not in _SENDERS:
        return
    try:
        _SENDERS[row.sender](_opened(row))
    except NotDelivered as error:
        TextMessage.objects.filter(id=message_id).update(error=str(error)[:200])
        raise
    TextMessage.objects.filter(id=message_id).update(
        state=TextMessageState.SENT, error="", code_sealed="", text_sealed=""
    )


def give_up(message_id: int) -> None:
    """Forget a message that nobody took."""
    TextMessage.objects.filter(id=message_id, state=TextMessageState.WAITING).update(
        state=TextMessageState.FAILED, code_sealed="", text_sealed=""
    )


@app.task(
    name=TASK,
    retry=RetryStrategy(max_attempts=_RETRIES, exponential_wait=4),
    pass_context=True,
)
def send_text_message(context: JobContext, tenant_id: int, message_id: int) -> None:
    """Hand one message over; tried again after 4, 16, 64 and 256 seconds."""
    with tenant_context(tenant_id):
        try:
            hand_over(message_id)
        except NotDelivered:
            if context.job.attempts >= _RETRIES:
                _log.warning("text message %s was not taken by the gateway", message_id)
                give_up(message_id)
            raise


def newest(limit: int) -> list[Message]:
    """The messages of the development inbox, newest first (index: text_message_newest).

    Empty outside of demo mode, whatever stands in the table.
    """
    if not settings.YIPAN_DEMO:
        return []
    rows = TextMessage.objects.filter(sender="inbox").order_by("-created_at", "-id")[:limit]
    return [_opened(row) for row in rows]


def forget_old() -> int:
    """Remove messages older than a day; how many there were."""
    old = TextMessage.objects.filter(created_at__lt=clock.now() - KEPT)
    return int(old.delete()[0])


def _seal(plain: str, column: str, row_id: int) -> str:
    return encrypt(plain, table=_TABLE, column=column, row_id=row_id)


def _opened(row: TextMessage) -> Message:
    unseal: Callable[[str, str], str] = lambda value, column: (  # noqa: E731
        decrypt(value, table=_TABLE, column=column, row_id=row.id) if value else ""
    )
    return Message(
        id=row.id,
        purpose=row.purpose,
        language=row.language,
        phone=unseal(row.phone_sealed, "phone_sealed"),
        code=unseal(row.code_sealed, "code_sealed"),
        text=unseal(row.text_sealed, "text_sealed"),
        created_at=row.created_at,
    )
