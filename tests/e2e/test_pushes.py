"""What the server says by itself, and a network that was away meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scripts.entrance import enter
from scripts.visit import Platform
from tests.e2e.acts import PUSHED_MS, balance
from tests.e2e.conftest import Visit


@pytest.mark.timeout(300)
def test_as_soon_as_the_network_is_back_an_open_page_asks_what_it_missed(
    platform: Platform, visit: Visit
) -> None:
    visitor = visit(phone=True)
    page = visitor.page()
    enter(page, platform, "guide")
    with page.expect_response(re.compile(r"/live")):
        page.goto("/w/")
    expect(balance(page, "pending")).to_be_visible()
    visitor.context.set_offline(True)
    with page.expect_response(re.compile(r"/w/figures/"), timeout=PUSHED_MS):
        visitor.context.set_offline(False)
    visitor.faults.clear()  # the network that was away on purpose


@pytest.mark.timeout(300)
def test_goods_that_come_in_move_the_numbers_of_an_open_counter(
    platform: Platform, visit: Visit
) -> None:
    counter = visit(phone=True).page()
    enter(counter, platform, "guide")
    with counter.expect_response(re.compile(r"/live")):
        counter.goto("/w/counter/")
    card = counter.locator("[data-test=goods-card]").first
    sku, units = card.get_attribute("data-sku"), card.locator("[data-test=units-store]")
    before = int(units.inner_text())

    desk = visit().page()
    enter(desk, platform, "manager")
    desk.goto(f"/console/stock/?q={sku}")
    desk.locator("[data-test=act-receive]").first.click()
    desk.fill("[name=quantity]", "3")
    desk.click("[data-test=ask-confirm]")

    expect(units).to_have_text(str(before + 3), timeout=PUSHED_MS)
