"""How long a chain may be, and how codes and spans are written: pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from yipan.distribution.distributors.errors import ChainTooLong, SpanEmpty, UplineMakesCycle

LONGEST_CHAIN: Final = 3
"""Levels of a chain, the lowest seller included: seller and two uplines (commission.md §2).

This bounds who may stand above whom. How many of those above earn is a smaller matter of the rules
and of YIPAN_UPLINE_LIMIT; a chain that is known but does not earn is lawful, and the setting can be
changed without rebuilding relations.
"""


def check_chain(
    *, distributor_id: int, code: str, line_above: Sequence[int], levels_below: int
) -> None:
    """Whether a distributor may be hung under an upline.

    `line_above` are the ids of the upline and those above it, nearest first; `levels_below` counts
    the distributor and the longest line below. Raises UplineMakesCycle, ChainTooLong.
    """
    if distributor_id in line_above:
        raise UplineMakesCycle(distributor=code)
    levels = len(line_above) + levels_below
    if levels > LONGEST_CHAIN:
        raise ChainTooLong(levels=levels, most=LONGEST_CHAIN)


def normalised_code(code: str) -> str:
    """Codes are typed and scanned: without blanks around, in capitals."""
    return code.strip().upper()


def in_utc(moment: datetime | None) -> datetime | None:
    """The same moment written in UTC. Raises ValueError for one without a zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        message = "a moment has a zone"
        raise ValueError(message)
    return moment.astimezone(UTC)


def check_span(start: datetime | None, end: datetime | None, *, field: str) -> None:
    """A half-open span from `start` to `end` holds some moment. Raises SpanEmpty."""
    if start is not None and end is not None and end <= start:
        raise SpanEmpty(field=field)
