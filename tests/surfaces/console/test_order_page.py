"""The page of an order shows its whole chain, to those who may see each part."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.payouts.withdrawals.builders import BOSS, CLERK, NAME, card_with
from tests.trade.orders.builders import PAID, Shop, give_back, open_shop
from yipan.distribution.commissions.models import Entry
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    verify_card,
    verify_name,
)
from yipan.surfaces.console.chain import Chain
from yipan.trade.orders.models import OrderLine

STATEMENTS = 21
"""Session, tenant, person, roles, the order, and one for each link of its chain."""


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    made = open_shop()
    set_settlement_policy(organisation_id=made.tree["HQ"].id, data={"hold_days": 3}, by=CLERK)
    return made


@pytest.fixture
def boss(shop: Shop) -> Console:
    return Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))


def page(console: Console, line: OrderLine) -> Any:
    return console.get(f"orders/order/{line.order_id}/change/")


def chain(console: Console, line: OrderLine) -> Chain:
    found: Chain = page(console, line).context["chain"]
    return found


def sell_release_and_withdraw(shop: Shop) -> OrderLine:
    """A line of 200 yuan, half of it given back, the rest released and partly paid out."""
    (line,) = shop.sell(
        shop.line("LINE", 2), payment_provider="cash", buyer_scheme="crm", buyer="M-1"
    )
    give_back(line, 1, 10_000)
    with clock.at(PAID + timedelta(days=60)):
        release_due()
        guide = shop.guide
        verify_name(distributor=guide, name=NAME, by=CLERK)
        number = card_with("8888")
        card = add_card(distributor=guide, holder=NAME, number=number, bank="工商银行", by=CLERK)
        verify_card(card=card, by=BOSS)
        request_withdrawal(distributor=guide, card=card, amount=400, by=CLERK)
    return line


def test_the_chain_is_whole(shop: Shop, boss: Console) -> None:
    line = sell_release_and_withdraw(shop)
    found = chain(boss, line)
    (credit,) = found.credits or []
    assert (credit.distributor, credit.line_nos, credit.rule) == (shop.guide, [1], "code.last")
    assert [each.reason for each in credit.candidates] == [""]
    (sold,) = found.sold
    assert [(e.entry.role, e.entry.amount) for e in sold.earnings] == [
        (entry.role, entry.amount)
        for entry in Entry.objects.filter(line_id=line.id).order_by("role", "sequence")
    ]
    accrual, reversal = sold.earnings[0], sold.earnings[1]
    assert accrual.state is not None
    assert accrual.state.released_at is not None
    assert [booking.journal.kind for booking in accrual.bookings] == ["accrual", "release"]
    assert [booking.journal.kind for booking in reversal.bookings] == ["reversal"]
    for booking in [*accrual.bookings, *reversal.bookings]:
        assert sum(amount for _, _, amount in booking.sides) == 0
    purses = {purse.distributor: purse for purse in found.purses or []}
    assert [each.gross for each in purses[shop.guide].withdrawals] == [400]
    assert purses[shop.leader].withdrawals == []
    assert found.payment is not None
    assert found.payment.provider == "cash"


def test_the_page_says_why(shop: Shop, boss: Console) -> None:
    line = sell_release_and_withdraw(shop)
    boss.client.cookies["django_language"] = "en"
    text = page(boss, line).content.decode()
    assert "the last code typed or scanned" in text
    assert "this refund takes back" in text
    assert "¥200.00" in text
    assert f"accrual:{line.id}:seller" in text
    boss.client.cookies["django_language"] = "zh-hans"
    text = page(boss, line).content.decode()
    assert "最后输入或扫描的推广码" in text
    assert "本次退款冲正" in text


def test_losers_are_shown_with_their_reasons(shop: Shop, boss: Console) -> None:
    buyer = {"buyer_scheme": "crm", "buyer": "M-1"}
    shop.sell(shop.line("LINE"), distributor_code=shop.leader.code, **buyer)
    later = PAID + timedelta(hours=1)
    (line,) = shop.sell(shop.line("LINE"), placed_at=later, paid_at=later, **buyer)
    (credit,) = chain(boss, line).credits or []
    shown = [(each.distributor, each.source, each.reason) for each in credit.candidates]
    assert shown == [
        (shop.guide, "code", ""),
        (shop.leader, "code", "NOT_LAST"),
        (shop.leader, "binding", "LOWER_PRECEDENCE"),
    ] or {each[2] for each in shown} == {"", "NOT_LAST", "LOWER_PRECEDENCE"}


def test_an_order_that_nobody_led_to_says_so(shop: Shop, boss: Console) -> None:
    (line,) = shop.sell(shop.line("LINE"), distributor_code="")
    (credit,) = chain(boss, line).credits or []
    assert (credit.distributor, credit.candidates) == (None, [])
    boss.client.cookies["django_language"] = "en"
    text = page(boss, line).content.decode()
    assert "Credited to nobody" in text
    assert "Earns no commission." in text


def test_a_store_manager_sees_commission_but_neither_books_nor_payouts(shop: Shop) -> None:
    line = sell_release_and_withdraw(shop)
    manager = Console.of(make_person("manager", shop.tree["R1-A"], Role.STORE_MANAGER))
    found = chain(manager, line)
    assert found.credits
    assert found.sold[0].earnings
    assert not any(earning.bookings for earning in found.sold[0].earnings)
    assert (found.purses, found.payment) == (None, None)
    text = page(manager, line).content.decode()
    assert "/console/ledger/" not in text
    assert "/console/withdrawals/" not in text


def test_an_approver_sees_money_but_not_how_it_was_decided(shop: Shop) -> None:
    line = sell_release_and_withdraw(shop)
    approver = Console.of(make_person("approver", shop.tree.headquarters, Role.APPROVER))
    found = chain(approver, line)
    assert found.credits is None
    assert found.sold[0].earnings[0].bookings
    assert found.purses


def test_rights_elsewhere_open_nothing_here(shop: Shop) -> None:
    line = sell_release_and_withdraw(shop)
    person = make_person("both", shop.tree["F1"], Role.ADMINISTRATOR)
    assert page(Console.of(person), line).status_code == 404


def test_the_page_needs_as_many_statements_for_many_lines(
    shop: Shop, boss: Console, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    few = shop.sell(shop.line("LINE"))
    many = shop.sell(*[shop.line(rule) for rule in ("LINE", "FIXED", "MONTH", "NONE")] * 3)
    for line in many[:3]:
        give_back(line, 1, 10_000)
    with clock.at(PAID + timedelta(days=60)):
        release_due()
    page(boss, few[0])
    for line in (few[0], many[0]):
        with django_assert_max_num_queries(STATEMENTS):
            assert page(boss, line).status_code == 200


def test_the_page_changes_nothing(shop: Shop, boss: Console) -> None:
    (line,) = shop.sell(shop.line("LINE"))
    answer = boss.client.post(f"/console/orders/order/{line.order_id}/change/", {"number": "X"})
    assert answer.status_code == 403
    assert line.order.number == type(line.order).objects.get(id=line.order_id).number


def test_every_link_of_the_chain_is_a_way_in(shop: Shop, boss: Console) -> None:
    """To the touch, the policy, the refund, the accounts, the journals and the payout."""
    line = sell_release_and_withdraw(shop)
    shown = page(boss, line).content.decode()
    for place in (
        "attribution/touch/", "attribution/decision/", "policies/?organisation=", "catalogue/sku/",
        "orders/refund/", "commissions/entry/", "ledger/journal/", "ledger/account/",
        "withdrawals/withdrawal/", "distributors/",
    ):  # fmt: skip
        links = set(re.findall(rf'href="(/console/{re.escape(place)}[^"]+)"', shown))
        assert links, place
        for link in list(links)[:3]:
            assert boss.client.get(link).status_code == 200, link
