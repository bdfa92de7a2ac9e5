"""What a provider's answer means, and when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(hours=6)
_DOUBLINGS: Final = 12


class AnswerKind(StrEnum):
    """What a provider says of a transfer."""

    PAID = "paid"
    """The money has arrived, or surely will."""
    REFUSED = "refused"
    """Definite: it was not paid and never will be under this reference."""
    PENDING = "pending"
    """Taken on; the outcome comes later."""
    NOT_FOUND = "not_found"
    """The provider has never heard of this reference."""
    UNKNOWN = "unknown"
    """Time-out, 5xx, an answer nobody understands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer to a submission or a query."""

    kind: AnswerKind
    amount: int | None = None
    """Fen that were paid; needed with PAID."""
    reason: str = ""
    """In plain words, without personal data."""


class Verdict(StrEnum):
    """What is done with a withdrawal after an answer."""

    SUCCEED = "succeed"
    FAIL = "fail"
    WAIT = "wait"
    DOUBT = "doubt"
    """Outcome unknown: the money stays reserved and the provider is asked again."""


def verdict(answer: Answer, net: int) -> Verdict:
    """What an answer means for a withdrawal of `net` fen.

    Only a definite refusal frees the money, and only a payment of exactly the right amount is a
    success; everything else is doubt.
    """
    if answer.kind is AnswerKind.PAID:
        return Verdict.SUCCEED if answer.amount == net else Verdict.DOUBT
    if answer.kind is AnswerKind.REFUSED:
        return Verdict.FAIL
    if answer.kind is AnswerKind.PENDING:
        return Verdict.WAIT
    return Verdict.DOUBT


def pause_before_query(queries: int) -> timedelta:
    """How long to wait before asking again, after so many queries: 15 s, doubled up to 6 h."""
    return min(FIRST_PAUSE * (1 << min(queries, _DOUBLINGS)), LONGEST_PAUSE)
