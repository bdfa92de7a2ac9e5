"""What the lines of a return file mean for us: pure comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from yipan.payouts.withdrawals.rules.bank_layout import ReturnRow

PAYS: Final = "pays"
FAILS: Final = "fails"
KNOWN: Final = "known"
AMOUNT_DIFFERS: Final = "amount_differs"
UNKNOWN: Final = "unknown"
NOT_HANDED_OVER: Final = "not_handed_over"
OTHER_OUTCOME: Final = "other_outcome"
TWICE: Final = "twice"
UNREADABLE: Final = "unreadable"

MOVING: Final = frozenset({PAYS, FAILS})
"""Findings that end a payout."""
BREAKING: Final = frozenset({AMOUNT_DIFFERS, UNKNOWN, NOT_HANDED_OVER, OTHER_OUTCOME, TWICE})
"""Findings that somebody has to see to."""

_AWAITED: Final = frozenset({"submitted", "unknown"})


class Booked(NamedTuple):
    """A payout as our books have it."""

    id: int
    state: str
    net: int
    """Fen."""


def findings(rows: Sequence[ReturnRow], books: Mapping[str, Booked]) -> list[str]:
    """One finding for each line; `books` are the payer's filed payouts by reference.

    A reference that occurs more than once is never acted on: which of its lines holds is for
    people to find out.
    """
    times = Counter(row.reference for row in rows)
    return [_finding(row, books.get(row.reference), times[row.reference]) for row in rows]


def _finding(row: ReturnRow, booked: Booked | None, times: int) -> str:
    if not row.reference or row.amount is None or row.is_paid is None:
        return UNREADABLE
    if times > 1:
        return TWICE
    if booked is None:
        return UNKNOWN
    if row.amount != booked.net:
        return AMOUNT_DIFFERS
    if booked.state in _AWAITED:
        return PAYS if row.is_paid else FAILS
    if booked.state == ("succeeded" if row.is_paid else "failed"):
        return KNOWN
    return OTHER_OUTCOME if booked.state in {"succeeded", "failed"} else NOT_HANDED_OVER
