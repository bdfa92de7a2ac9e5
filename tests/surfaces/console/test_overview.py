"""The first page: right sums, of the reader's subtrees, in few statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.payouts.withdrawals.builders import BOSS, CLERK, NAME, card_with
from tests.surfaces.webhooks.builders import make_delivery, make_endpoint
from tests.trade.orders.builders import PAID, Shop, give_back, open_shop
from yipan.group.people.models import Person, Role
from yipan.group.people.scope import Scope
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.zones import zone
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    verify_card,
    verify_name,
)
from yipan.surfaces.console.dashboard import Board, Earned, Trade, board_of
from yipan.surfaces.console.tasks import tasks_of
from yipan.trade.orders.actions import open_refund_request

STATEMENTS = 22
"""Session, tenant, person, roles, the tree, one for each part of the page (two for sales), and one
for each kind of task."""


MORNING = PAID + timedelta(hours=20)
"""In the zone of the group the day after PAID."""
NOON = PAID + timedelta(hours=25)
TODAY = {"placed_at": MORNING, "paid_at": MORNING}


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def board(shop: Shop, code: str = "HQ", role: Role = Role.ADMINISTRATOR) -> Board:
    person = make_person(f"{code}-{role}", shop.tree[code], role)
    return board_of(person.scope)


def test_trade_counts_what_buyers_paid_and_kept(shop: Shop) -> None:
    with clock.at(NOON):
        (line,) = shop.sell(shop.line("FIXED", 2), **TODAY)
        shop.sell(shop.line("NONE"), placed_at=MORNING, paid_at=None)
        shop.sell(shop.line("FIXED"))
        give_back(line, 1, 4_000)
        found = board(shop).sales
    assert found is not None
    assert found.today == Trade(orders=2, net=16_000)
    assert found.month == Trade(orders=3, net=26_000)
    assert sum((day.trade for day in found.days), Trade()) == found.month
    assert [day.height for day in found.days][-2:] == [62, 100]


def test_commission_counts_what_was_earned_and_taken_back(shop: Shop) -> None:
    with clock.at(NOON):
        (line,) = shop.sell(shop.line("FIXED", 2), **TODAY)
        shop.sell(shop.line("FIXED"))
        give_back(line, 1, 10_000)
        found = board(shop)
    assert found.earned_today == Earned(accrued=700, reversed=350)
    assert found.earned_month == Earned(accrued=1_050, reversed=350)


def test_the_four_places_of_commission_add_up(shop: Shop) -> None:
    set_settlement_policy(organisation_id=shop.tree["HQ"].id, data={"hold_days": 3}, by=CLERK)
    shop.sell(shop.line("FIXED", 100))
    with clock.at(PAID + timedelta(days=40)):
        release_due()
        shop.sell(shop.line("FIXED", 2))
        _withdraw(shop, 10_000)
        found = board(shop)
    assert found.purses is not None
    assert found.payouts is not None
    assert (found.purses.pending, found.purses.available) == (700, 25_000)
    assert (found.purses.in_withdrawal, found.purses.owed) == (10_000, 0)
    assert (found.payouts.open, found.payouts.open_amount, found.payouts.paid) == (1, 10_000, 0)


def test_late_and_held_releases_are_told(shop: Shop) -> None:
    set_settlement_policy(organisation_id=shop.tree["HQ"].id, data={"hold_days": 3}, by=CLERK)
    shop.sell(shop.line("FIXED"))
    (line,) = shop.sell(shop.line("FIXED"))
    open_refund_request(line_id=line.id, quantity=1, amount=100, reason="色差")
    with clock.at(PAID + timedelta(days=400)):
        found = board(shop).releases
    assert found is not None
    assert (found.late, found.late_amount) == (1, 350)
    assert (found.held, found.held_amount) == (1, 350)


def test_everybody_sees_their_own_subtrees(shop: Shop) -> None:
    with clock.at(PAID + timedelta(hours=1)):
        shop.sell(shop.line("FIXED"))
        mine, other = board(shop, "R1"), board(shop, "F1")
    assert mine.sales is not None
    assert mine.sales.today.orders == 1
    assert other.sales is not None
    assert other.sales.month == Trade()
    assert other.earned_month == Earned()
    assert other.purses is not None
    assert other.purses.pending == 0


def test_what_a_role_may_not_see_is_left_out(shop: Shop) -> None:
    found = board(shop, "R1-A", Role.STORE_MANAGER)
    assert found.sales is not None
    assert (found.releases, found.payouts) == (None, None)
    assert board_of(Scope(0, {})) == Board(
        found.today, found.month, None, None, None, None, None, None
    )


def test_the_page_needs_few_statements_however_much_was_sold(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    console = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    with clock.at(PAID + timedelta(hours=1)):
        for sold in (1, 12):
            for _ in range(sold):
                shop.sell(shop.line("FIXED"), shop.line("LINE"))
            with django_assert_max_num_queries(STATEMENTS):
                answer = console.get("")
            assert answer.status_code == 200


def test_every_number_is_a_way_in(shop: Shop) -> None:
    shop.sell(shop.line("FIXED"))
    console = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    links = [card.link for part in console.get("").context["parts"] for card in part.cards]
    assert len(links) == 12
    for link in links:
        assert console.client.get(link).status_code == 200, link


def test_a_number_leads_nowhere_where_its_list_is_closed(shop: Shop) -> None:
    manager = make_person("manager", shop.tree["R1-A"], Role.STORE_MANAGER)
    parts = Console.of(manager).get("").context["parts"]
    links = {card.label: card.link for part in parts for card in part.cards}
    assert links["Pending"] == ""
    assert links["Net sales today"].startswith("/console/orders/order/?")


def test_the_day_begins_in_the_groups_zone(shop: Shop, tenant: Tenant) -> None:
    with clock.at(PAID):
        found = board(shop)
    assert zone() == "Asia/Shanghai"
    assert found.today.isoformat() == "2026-03-08T00:00:00+08:00"
    assert found.month.isoformat() == "2026-03-01T00:00:00+08:00"


def _withdraw(shop: Shop, amount: int) -> None:
    guide = shop.guide
    verify_name(distributor=guide, name=NAME, by=CLERK)
    card = add_card(
        distributor=guide, holder=NAME, number=card_with("8888"), bank="工商银行", by=CLERK
    )
    verify_card(card=card, by=BOSS)
    request_withdrawal(distributor=guide, card=card, amount=amount, by=CLERK)


def test_nobody_sees_anything_without_a_role(shop: Shop, tenant: Tenant) -> None:
    person: Person = make_person("nobody")
    assert board_of(person.scope).sales is None


def tasks(shop: Shop, role: Role, code: str = "HQ") -> dict[str, int]:
    person = make_person(f"{code}-{role}-tasks", shop.tree[code], role)
    return {task.name: task.count for task in tasks_of(person.scope)}


def test_each_role_is_told_what_waits_for_it(shop: Shop) -> None:
    set_settlement_policy(organisation_id=shop.tree["HQ"].id, data={"hold_days": 3}, by=CLERK)
    shop.sell(shop.line("FIXED", 500))
    with clock.at(PAID + timedelta(days=40)):
        release_due()
        (line,) = shop.sell(shop.line("FIXED"))
        open_refund_request(line_id=line.id, quantity=1, amount=100, reason="色差")
        _withdraw(shop, 150_000)
        make_delivery(
            make_endpoint(shop.tree["HQ"]).endpoint,
            state="given_up",
            next_at=None,
            ended_at=clock.now(),
        )
        assert tasks(shop, Role.APPROVER) == {"approve": 1}
        assert tasks(shop, Role.FINANCE) == {"held": 1}
        assert tasks(shop, Role.OPERATIONS) == {"refunds": 1}
        assert tasks(shop, Role.AUDITOR) == {}
        everything = tasks(shop, Role.ADMINISTRATOR)
        assert everything == {"refunds": 1, "approve": 1, "held": 1, "deliveries": 1}
        assert tasks(shop, Role.ADMINISTRATOR, "F1").get("approve") is None


def test_every_task_leads_to_its_rows(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"))
    open_refund_request(line_id=line.id, quantity=1, amount=100, reason="色差")
    console = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    page = console.get("")
    found = page.context["tasks"]
    assert found
    for task in found:
        assert console.client.get(task.link).status_code == 200, task
        assert f'data-test="task-{task.name}"' in page.content.decode()
