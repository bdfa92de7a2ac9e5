"""The arithmetic of settlement."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidField
from yipan.payouts.settlement.rules import (
    Claim,
    SettlementPolicy,
    due_after_completion,
    due_at_payment,
    offsets,
)
from yipan.payouts.settlement.rules.policy import MILLION

PAID = datetime(2026, 3, 1, 4, tzinfo=UTC)


def test_a_line_that_nobody_completes_is_due_after_completion_by_itself_and_the_hold() -> None:
    assert due_at_payment(PAID, SettlementPolicy()) == PAID + timedelta(days=17)


def test_completion_brings_the_due_moment_forward() -> None:
    due = due_at_payment(PAID, SettlementPolicy())
    assert due_after_completion(PAID + timedelta(days=2), 7, due) == PAID + timedelta(days=9)


def test_a_late_word_of_completion_does_not_put_it_off() -> None:
    due = due_at_payment(PAID, SettlementPolicy())
    assert due_after_completion(PAID + timedelta(days=12), 7, due) == due


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"hold_days": -1}, "hold_days"),
        ({"hold_days": 366}, "hold_days"),
        ({"hold_days": "7"}, "hold_days"),
        ({"hold_days": True}, "hold_days"),
        ({"auto_complete_days": 1.5}, "auto_complete_days"),
        ({"clawback_share": 1}, "clawback_share"),
        ({"clawback_share": "1.1"}, "clawback_share"),
        ({"clawback_share": "0.1234567"}, "clawback_share"),
        ({"clawback_share": "-0"}, "clawback_share"),
        ({"days": 3}, "days"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_the_name_of_the_field(
    data: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        SettlementPolicy.from_data(data)
    assert caught.value.data["field"] == field


def test_a_policy_survives_the_way_through_data() -> None:
    policy = SettlementPolicy(hold_days=0, clawback_share=Decimal("0.25"))
    assert SettlementPolicy.from_data(policy.to_data()) == policy
    assert SettlementPolicy.from_data({}) == SettlementPolicy(7, 10, Decimal(1))


def claim(entry_id: int, distributor_id: int, amount: int) -> Claim:
    return Claim(entry_id, entry_id, distributor_id, 1, "CNY", amount)


def test_what_is_owed_is_taken_from_the_oldest_release_first() -> None:
    claims = [claim(1, 7, 300), claim(2, 7, 500), claim(3, 8, 100)]
    assert offsets(claims, {(7, "CNY"): 400, (8, "CNY"): 0}, {1: MILLION}) == {1: 300, 2: 100}


def test_no_more_than_the_policy_s_share_is_taken() -> None:
    assert offsets([claim(1, 7, 301)], {(7, "CNY"): 400}, {1: MILLION // 2}) == {1: 150}
    assert offsets([claim(1, 7, 301)], {(7, "CNY"): 400}, {1: 0}) == {}


@given(
    amounts=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10**6)), max_size=20),
    owed=st.dictionaries(st.integers(1, 3), st.integers(0, 10**6)),
    ppm=st.integers(0, MILLION),
)
def test_offsets_never_exceed_the_share_or_what_is_owed(
    amounts: list[tuple[int, int]], owed: dict[int, int], ppm: int
) -> None:
    claims = [claim(number, who, amount) for number, (who, amount) in enumerate(amounts)]
    taken = offsets(claims, {(who, "CNY"): fen for who, fen in owed.items()}, {1: ppm})
    sums: dict[int, int] = defaultdict(int)
    for each in claims:
        part = taken.get(each.entry_id, 0)
        assert 0 <= part <= Decimal(each.amount) * ppm / MILLION
        sums[each.distributor_id] += part
    assert all(sums[who] <= owed.get(who, 0) for who in sums)
