"""Days have exactly the orders of the plan, more of them when people buy more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.demo.plan import Plan
from yipan.demo.season import campaign_of, campaign_spans, moment_of, orders_per_day

UNTIL = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


@given(orders=st.integers(1, 5_000), days=st.integers(1, 200), seed=st.integers(0, 99))
def test_the_days_together_have_the_orders_of_the_plan(orders: int, days: int, seed: int) -> None:
    counts = orders_per_day(Plan(until=UNTIL, orders=orders, days=days, seed=seed))
    assert len(counts) == days
    assert sum(counts) == orders
    assert min(counts) >= 0


def test_saturdays_and_campaigns_sell_more() -> None:
    plan = Plan(until=UNTIL, orders=60_000, days=90)
    by_day = dict(zip(map(plan.day, range(90)), orders_per_day(plan), strict=True))
    plain = {day: count for day, count in by_day.items() if campaign_of(day) is None}
    saturdays = [count for day, count in plain.items() if day.weekday() == 5]
    tuesdays = [count for day, count in plain.items() if day.weekday() == 1]
    assert min(saturdays) > max(tuesdays)
    assert by_day[date(2026, 3, 6)] > max(plain.values())


@given(number=st.integers(0, 29), throw=st.integers(0, 10_000))
def test_nobody_buys_outside_of_the_day_or_after_the_end(number: int, throw: int) -> None:
    plan = Plan(until=UNTIL, days=30)
    moment = moment_of(plan, number, plan.chance(str(throw)))
    assert plan.start_of(number) <= moment <= plan.end_of(number) <= plan.until


def test_the_days_of_a_campaign_are_one_span() -> None:
    plan = Plan(until=UNTIL, days=40)
    spans = campaign_spans(plan)
    assert [campaign.name for campaign, _, _ in spans] == ["周末特惠", "女神节", "周末特惠"]
    campaign, start, end = spans[1]
    assert (end - start).days == campaign.last - campaign.first + 1
    for (_, _, before), (_, after, _) in pairwise(spans):
        assert before <= after


@pytest.mark.parametrize("part", ["stores", "trade"])
def test_one_part_of_chance_does_not_move_another(part: str) -> None:
    plan = Plan(until=UNTIL)
    first = plan.chance(part).random()
    plan.chance("something else").random()
    assert plan.chance(part).random() == first
    assert Plan(until=UNTIL, seed=2).chance(part).random() != first
