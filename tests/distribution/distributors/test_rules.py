from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from yipan.distribution.distributors.errors import ChainTooLong, SpanEmpty, UplineMakesCycle
from yipan.distribution.distributors.rules import (
    LONGEST_CHAIN,
    check_chain,
    check_span,
    in_utc,
    normalised_code,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line_above", "levels_below", "fits"),
    [
        ([1], 1, True),
        ([1], 2, True),
        ([1, 2], 1, True),
        ([1], 3, False),
        ([1, 2], 2, False),
        ([1, 2, 3], 1, False),
    ],
)
def test_a_chain_has_at_most_three_levels(
    line_above: list[int], levels_below: int, fits: bool
) -> None:
    if fits:
        check_chain(distributor_id=9, code="M", line_above=line_above, levels_below=levels_below)
        return
    with pytest.raises(ChainTooLong) as refused:
        check_chain(distributor_id=9, code="M", line_above=line_above, levels_below=levels_below)
    assert refused.value.data["levels"] == len(line_above) + levels_below
    assert refused.value.data["most"] == LONGEST_CHAIN == 3


@pytest.mark.parametrize("line_above", [[9], [1, 9], [1, 2, 3, 9]])
def test_nobody_stands_above_themselves(line_above: list[int]) -> None:
    with pytest.raises(UplineMakesCycle):
        check_chain(distributor_id=9, code="M", line_above=line_above, levels_below=1)


@pytest.mark.parametrize(
    ("typed", "stored"), [(" g01 ", "G01"), ("G01", "G01"), ("店-1a", "店-1A")]
)
def test_a_code_is_stored_in_capitals(typed: str, stored: str) -> None:
    assert normalised_code(typed) == stored


def test_a_span_ends_after_it_begins() -> None:
    check_span(None, DAY, field="until")
    check_span(DAY, None, field="until")
    check_span(DAY, DAY + timedelta(microseconds=1), field="until")
    for end in (DAY, DAY - timedelta(days=1)):
        with pytest.raises(SpanEmpty):
            check_span(DAY, end, field="until")


def test_moments_are_kept_in_utc() -> None:
    shanghai = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert str(in_utc(shanghai)) == "2026-03-01 00:00:00+00:00"
    assert in_utc(None) is None
    with pytest.raises(ValueError, match="zone"):
        in_utc(datetime(2026, 3, 1))  # noqa: DTZ001
