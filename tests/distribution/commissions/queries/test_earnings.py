"""What one distributor earned: sums, days and entries, to the fen and in few statements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.trade.orders.builders import PAID, Shop, give_back, open_shop
from yipan.distribution.commissions.queries import (
    DayTakings,
    EarnedState,
    Takings,
    days_of,
    earned,
    earned_entry,
    history_of,
    months_of,
    sums_of,
)
from yipan.kernel import clock
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.payouts.settlement.actions import release_due
from yipan.trade.orders.actions import open_refund_request
from yipan.trade.orders.requests import LineRequest


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def states(shop: Shop, **asked: str) -> list[str]:
    return [each.state for each in earned(shop.guide.id, **asked).items]  # type: ignore[arg-type]


def test_sums_are_of_the_day_and_the_month_less_what_was_refunded(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 2))
    yesterday = PAID - timedelta(days=1)
    shop.sell(shop.line("FIXED"), placed_at=yesterday, paid_at=yesterday)
    last_month = PAID - timedelta(days=20)
    shop.sell(shop.line("FIXED"), placed_at=last_month, paid_at=last_month)
    give_back(line, 1, 10_000)
    with clock.at(PAID + timedelta(hours=1)):
        sums = sums_of(shop.guide.id)
    assert sums.today == Takings(orders=1, sales=10_000, commission=350)
    assert sums.month == Takings(orders=2, sales=20_000, commission=700)


def test_an_upline_has_commission_but_not_the_seller_s_sales(shop: Shop) -> None:
    shop.sell(shop.line("LINE"))
    with clock.at(PAID):
        assert sums_of(shop.leader.id).today == Takings(orders=1, sales=0, commission=100)


def test_who_earned_nothing_has_sums_of_nothing(shop: Shop) -> None:
    assert sums_of(shop.guide.id).month == Takings()
    assert earned(shop.guide.id).items == []


def test_days_are_business_days_of_the_group_and_have_no_gap(shop: Shop) -> None:
    # 16:30 UTC is half past midnight of the next day in Shanghai.
    late = PAID.replace(hour=16, minute=30)
    shop.sell(shop.line("FIXED"), placed_at=late, paid_at=late)
    days = days_of(shop.guide.id, first=date(2026, 3, 8), last=date(2026, 3, 10))
    assert days == [
        DayTakings(date(2026, 3, 8), 0, 0),
        DayTakings(date(2026, 3, 9), 10_000, 350),
        DayTakings(date(2026, 3, 10), 0, 0),
    ]


def test_an_entry_tells_where_it_stands(shop: Shop) -> None:
    (pending,) = shop.sell(shop.line("FIXED"))
    (held,) = shop.sell(shop.line("FIXED"))
    (back,) = shop.sell(shop.line("FIXED"))
    shop.sell(LineRequest("FIXED", 1, 10_000, discount=10_000))
    open_refund_request(line_id=held.id, quantity=1, amount=100, reason="色差")
    give_back(back, 1, 10_000)
    found = {each.line_id: each.state for each in earned(shop.guide.id).items}
    assert found[pending.id] == EarnedState.PENDING
    assert found[held.id] == EarnedState.HELD
    assert found[back.id] == EarnedState.REVERSED
    assert states(shop, state="nothing") == [EarnedState.NOTHING]
    with clock.at(PAID + timedelta(days=60)):
        release_due()
    assert states(shop, state="released") == [EarnedState.RELEASED]


def test_an_entry_shows_what_is_left_of_it_and_its_whole_history(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("LINE", 2))
    give_back(line, 1, 10_000)
    (entry,) = earned(shop.guide.id).items
    assert (entry.sku_code, entry.quantity, entry.net_amount) == ("LINE", 2, 20_000)
    assert (entry.amount, entry.remaining, entry.taken_back) == (1_300, 650, 650)
    assert [each.amount for each in history_of(entry)] == [1_300, -650]


def test_an_entry_of_somebody_else_is_not_found(shop: Shop) -> None:
    shop.sell(shop.line("LINE"))
    (mine,) = earned(shop.guide.id).items
    assert earned_entry(shop.guide.id, mine.id) == mine
    with pytest.raises(NotFound):
        earned_entry(shop.leader.id, mine.id)


def test_pages_hold_every_entry_once_and_take_one_statement(shop: Shop) -> None:
    for number in range(5):
        moment = PAID + timedelta(minutes=number // 2)
        shop.sell(shop.line("FIXED"), placed_at=moment, paid_at=moment)
    months_of(shop.guide.id)  # the zone is read once in a process
    seen: list[int] = []
    cursor = None
    while True:
        with CaptureQueriesContext(connection) as captured:
            page = earned(shop.guide.id, cursor=cursor, limit=2)
        assert len(captured) == 1
        seen += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_the_month_is_the_group_s_and_a_cursor_fits_its_own_list(shop: Shop) -> None:
    edge = PAID.replace(day=31, hour=16)  # the first of April in Shanghai
    shop.sell(shop.line("FIXED"), placed_at=edge, paid_at=edge)
    shop.sell(shop.line("FIXED"))
    assert len(earned(shop.guide.id, month=date(2026, 4, 1)).items) == 1
    page = earned(shop.guide.id, limit=1)
    with pytest.raises(InvalidField):
        earned(shop.guide.id, state="held", cursor=page.next_cursor)
    with pytest.raises(InvalidField):
        earned(shop.leader.id, cursor=page.next_cursor)


def test_months_go_back_to_the_first_entry(shop: Shop) -> None:
    shop.sell(shop.line("FIXED"))
    with clock.at(PAID + timedelta(days=60)):
        assert months_of(shop.guide.id) == [date(2026, 5, 1), date(2026, 4, 1), date(2026, 3, 1)]
