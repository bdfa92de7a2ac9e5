"""What does not go straight: a refund, a withdrawal that is refused, a network that fails."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from scripts.entrance import enter
from scripts.visit import Platform
from tests.e2e.acts import PUSHED_MS, balance, buy, share, yuan
from tests.e2e.conftest import Visit

REASON = "户名与银行卡不一致"


@pytest.mark.timeout(600)
def test_a_refund_is_asked_for_answered_and_taken_off_the_commission(
    platform: Platform, visit: Visit
) -> None:
    guide = visit(phone=True)
    shelf = guide.page()
    enter(shelf, platform, "guide")
    address = share(shelf, platform.base)
    home = guide.page()
    home.goto("/w/")
    before = yuan(balance(home, "pending"))
    buyer = visit(phone=True).page()
    enter(buyer, platform, "consumer")
    order, number = buy(buyer, address)
    expect(balance(home, "pending")).not_to_contain_text(f"¥{before:,.2f}", timeout=PUSHED_MS)

    buyer.goto(order)
    buyer.locator("[data-test=refund-request]").first.click()
    buyer.locator("[data-test=refund-reason]").select_option(index=1)
    buyer.click("[data-test=refund-submit]")
    expect(buyer.locator("[data-test=refund-state]").first).to_be_visible()

    manager = visit().page()
    enter(manager, platform, "manager")
    manager.goto("/console/orders/refundrequest/?state__exact=open")
    manager.locator("[data-test=row]").filter(has_text=number).locator("a").first.click()
    manager.locator("select[name=decision]").select_option("granted")
    manager.check("input[name=is_sure]")
    manager.locator("input[name=_save], button[name=_save]").first.click()
    manager.wait_for_load_state()

    expect(balance(home, "pending")).to_contain_text(f"¥{before:,.2f}", timeout=PUSHED_MS)


@pytest.mark.timeout(600)
def test_a_refused_withdrawal_says_why_and_gives_the_money_back(
    platform: Platform, visit: Visit
) -> None:
    approver = visit().page()
    enter(approver, platform, "approver")
    approver.goto("/console/withdrawals/withdrawal/?state__exact=requested&needs_approval__exact=1")
    row = approver.locator("[data-test=withdrawal-row]").first
    row.locator("td a").first.click()
    approver.click("[data-test=withdrawal-reject]")
    approver.fill("[name=reason]", REASON)
    approver.click("[data-test=reject-confirm]")
    expect(approver.get_by_text(REASON).first).to_be_visible()


@pytest.mark.timeout(600)
def test_on_a_network_that_fails_nothing_is_sent_twice(platform: Platform, visit: Visit) -> None:
    visitor = visit(phone=True)
    page = visitor.page()
    enter(page, platform, "employee")
    page.goto("/w/withdraw/")
    same = page.locator("[data-test=withdrawal-row]").filter(has_text="¥12.00")
    before = same.count()
    page.fill("[data-test=withdraw-amount]", "12.00")
    page.click("[data-test=withdraw-submit]")

    def swallow(route: Route) -> None:
        route.fetch()  # it arrives, and the answer is lost
        route.abort("connectionreset")

    page.route(re.compile("/w/withdraw/submit/"), swallow, times=1)
    page.click("[data-test=withdraw-confirm]")
    page.locator("[data-test=retry]:visible").first.click()
    page.wait_for_url(re.compile(r"/w/withdraw/\d+/"))
    page.goto("/w/withdraw/")
    expect(same).to_have_count(before + 1)
    visitor.faults.clear()  # the connection that was reset on purpose
