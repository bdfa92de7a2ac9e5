"""Every page of the workbench: who sees it, in which words, in how many statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.surfaces.workbench.builders import Phone, opened_shop, text_of, with_money
from tests.trade.orders.builders import Shop
from yipan.distribution.commissions.queries import earned
from yipan.distribution.sharing.models import ShareLink
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.actions import request_withdrawal
from yipan.payouts.withdrawals.queries import own_cards

PAGES = {
    "": 8,
    "figures/": 7,
    "figures/?part=balances": 6,
    "goods/": 14,
    "goods/?q=手机&sort=sales": 15,
    "counter/": 14,
    "counter/?view=all": 14,
    "counter/units/?sku=1": 6,
    "rule/LINE/": 10,
    "share/": 9,
    "share/LINE/": 15,
    "earnings/": 9,
    "statements/": 5,
    "customers/": 6,
    "customers/?tab=bound": 6,
    "withdraw/": 9,
    "withdraw/recent/": 6,
    "withdraw/estimate/?amount=5": 6,
    "cards/": 6,
}
"""Statements of each: four of the door (session, tenant, person, distributor), and its own."""


@pytest.fixture
def desk(tenant: Tenant) -> tuple[Shop, Phone]:
    shop, phone = opened_shop()
    shop.sell(shop.line("LINE", 2))
    with_money(shop.guide, 50_000)
    return shop, phone


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_there_in_a_constant_number_of_statements(
    desk: tuple[Shop, Phone], address: str
) -> None:
    _, phone = desk
    phone.get(address)  # the tree and the policies are read once in a process
    with CaptureQueriesContext(connection) as captured:
        answer = phone.get(address)
    assert answer.status_code == 200
    assert len(captured) <= PAGES[address], [row["sql"][:120] for row in captured]


OF_ONE = {
    "earnings/{entry}/": 7,
    "withdraw/{withdrawal}/": 7,
    "withdraw/confirm/?amount=5&card={card}": 10,
    "withdraw/all/": 11,
    "poster/{link}/bold/": 5,
    "poster/{link}/bold.png": 8,
    "code/{link}.svg": 6,
    "earnings/entries.csv": 5,
    "statements/months.csv": 5,
}
"""Likewise, of what belongs to one thing."""


@pytest.mark.parametrize("address", OF_ONE)
def test_so_is_every_page_of_one_thing(
    desk: tuple[Shop, Phone], address: str, settings: Any, tmp_path: Path
) -> None:
    settings.YIPAN_MEDIA_ROOT = tmp_path
    shop, phone = desk
    card = own_cards(shop.guide)[0]
    made = request_withdrawal(
        distributor=shop.guide, card=card, amount=9_000, by=phone.person.actor
    )
    phone.get("share/LINE/")
    found = address.format(
        entry=earned(shop.guide.id).items[0].id,
        withdrawal=made.id,
        card=card.id,
        link=ShareLink.objects.get(distributor=shop.guide, channel="poster").id,
    )
    phone.get(found)
    with CaptureQueriesContext(connection) as captured:
        answer = phone.get(found)
    assert answer.status_code == 200
    assert len(captured) <= OF_ONE[address], [row["sql"][:120] for row in captured]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_speaks_both_languages(desk: tuple[Shop, Phone], address: str) -> None:
    shop, phone = desk
    chinese = Phone.of(shop.guide, language="zh-hans").get(address)
    assert chinese.status_code == 200
    english = phone.get(address)
    if "<html" in text_of(english):
        assert 'lang="en"' in text_of(english)
        assert 'lang="zh-hans"' in text_of(chinese)
        assert "Earnings" in text_of(english)
        assert "佣金业绩" in text_of(chinese)


@pytest.mark.parametrize("address", PAGES)
def test_nobody_sees_a_page_without_signing_in(tenant: Tenant, address: str) -> None:
    answer: Any = Client().get(f"/w/{address}")
    assert answer.status_code == 302
    assert answer.url.startswith("/w/sign-in/")
