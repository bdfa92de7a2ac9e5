"""How trade comes and goes: weekdays, paydays, campaigns, hours."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from yipan.demo.plan import Plan

# Monday … Sunday, in hundredths of an average day.
_WEEKDAYS: Final = (80, 78, 82, 88, 108, 138, 126)
# Of every hour of the day.
_HOURS: Final = (
    1, 0, 0, 0, 0, 0, 1, 2, 4, 9, 13, 15, 16, 13, 13, 14, 14, 15, 17, 20, 21, 18, 10, 4,
)  # fmt: skip
_PAYDAYS: Final = {10, 15, 25}


@dataclass(frozen=True, slots=True)
class Campaign:
    """A promotion of some days in every year, or (month 0) in every month."""

    name: str
    month: int
    first: int
    last: int
    strength: int
    """Trade in hundredths of what it would be without."""
    off: int
    """Per cent off the list price, for what takes part."""


CAMPAIGNS: Final = (
    Campaign("年货节", 1, 8, 18, 190, 15),
    Campaign("女神节", 3, 4, 8, 180, 20),
    Campaign("五一大促", 5, 1, 5, 170, 15),
    Campaign("年中大促", 6, 14, 18, 220, 25),
    Campaign("开学季", 8, 25, 31, 140, 10),
    Campaign("国庆大促", 10, 1, 7, 180, 15),
    Campaign("双十一", 11, 8, 11, 260, 30),
    Campaign("双十二", 12, 10, 12, 170, 20),
    Campaign("会员日", 0, 8, 8, 130, 12),
    Campaign("周末特惠", 0, 21, 24, 125, 10),
)


def campaign_of(day: date) -> Campaign | None:
    """The campaign that runs on a day, if any."""
    for campaign in CAMPAIGNS:
        if campaign.month in {0, day.month} and campaign.first <= day.day <= campaign.last:
            return campaign
    return None


def campaign_spans(plan: Plan) -> list[tuple[Campaign, datetime, datetime]]:
    """The campaigns of the plan's days, each with its first moment and the first one after it."""
    spans: list[tuple[Campaign, datetime, datetime]] = []
    for number in range(plan.days):
        campaign = campaign_of(plan.day(number))
        if campaign is None:
            continue
        start = plan.start_of(number)
        if spans and spans[-1][0] is campaign and spans[-1][2] == start:
            start = spans.pop()[1]
        spans.append((campaign, start, plan.start_of(number) + timedelta(days=1)))
    return spans


def orders_per_day(plan: Plan) -> list[int]:
    """How many orders each day has; together exactly those of the plan."""
    dice = plan.chance("days")
    weights = []
    for number in range(plan.days):
        day = plan.day(number)
        weight = _WEEKDAYS[day.weekday()] * dice.randint(88, 112)
        weight += weight * (day.day in _PAYDAYS) // 10
        campaign = campaign_of(day)
        weight = weight * (campaign.strength if campaign else 100) // 100
        weight += weight * number // (4 * plan.days)  # the group grows
        if number == plan.days - 1:  # today is not over
            gone = plan.until - plan.start_of(number)
            weight = weight * int(gone.total_seconds()) // 86_400
        weights.append(weight)
    total, given, counts, so_far = sum(weights), 0, [], 0
    for weight in weights:
        so_far += weight
        upto = plan.orders * so_far // total
        counts.append(upto - given)
        given = upto
    return counts


def moment_of(plan: Plan, number: int, dice: random.Random) -> datetime:
    """A moment of a day at which somebody buys, not after the plan's end."""
    hour = dice.choices(range(24), _HOURS)[0]
    moment = plan.start_of(number) + timedelta(hours=hour, seconds=dice.randrange(3600))
    end = plan.end_of(number)
    if moment > end:
        opened = plan.start_of(number)
        moment = opened + (end - opened) * dice.randrange(1000) / 1000
    return moment
