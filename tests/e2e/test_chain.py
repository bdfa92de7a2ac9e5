"""The main chain by clicking: pool → share → poster → buy → credit → release → withdraw → paid."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scripts.entrance import enter, name_of
from scripts.visit import Platform
from tests.e2e.acts import (
    PAID_MS,
    PUSHED_MS,
    approve_all,
    balance,
    buy,
    put_into_pool,
    receive,
    send,
    share,
    withdraw,
    yuan,
)
from tests.e2e.conftest import Visit


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_pool_to_the_bank_card(platform: Platform, visit: Visit, language: str) -> None:
    tour = visit(language=language).page()
    tour.goto("/demo/")  # it tells what happens from now on
    operations = visit(language=language).page()
    enter(operations, platform, "ops")
    sku = put_into_pool(operations)

    guide = visit(phone=True, language=language)
    shelf = guide.page()
    enter(shelf, platform, "guide")
    address = share(shelf, platform.base, sku)
    home = guide.page()
    home.goto("/w/")
    pending, available = yuan(balance(home, "pending")), yuan(balance(home, "available"))

    buyer = visit(phone=True, language=language).page()
    enter(buyer, platform, "consumer")
    order, number = buy(buyer, address)

    # Pushed: nobody reloads this page.
    expect(balance(home, "pending")).not_to_contain_text(f"¥{pending:,.2f}", timeout=PUSHED_MS)
    earned = yuan(balance(home, "pending")) - pending
    assert earned > 0
    shelf.goto("/w/earnings/")
    shelf.locator("[data-test=entry-why]").first.click()
    expect(shelf.locator("[data-test=why-sentence]").first).to_contain_text(f"{earned:,.2f}")

    send(operations, number)
    receive(buyer, order)
    tour.reload()
    tour.locator("[data-test=act-wait]").first.click()
    ours = shelf.locator(f"[data-test=entry-row][data-order='{number}']")
    expect(ours).to_have_attribute("data-state", "released", timeout=PAID_MS)
    # What others bought may fall due in the meantime, too: then it is here instead of there.
    expect(balance(home, "pending")).not_to_contain_text(f"¥{pending + earned:,.2f}")
    expect(balance(home, "available")).not_to_contain_text(f"¥{available:,.2f}")
    now = yuan(balance(home, "available"))
    assert now >= available + earned
    assert now + yuan(balance(home, "pending")) == available + pending + earned

    withdraw(shelf)
    expect(balance(home, "available")).to_contain_text("¥0.00", timeout=PUSHED_MS)
    waiting, paid = yuan(balance(home, "in-withdrawal")), yuan(balance(home, "paid"))
    assert waiting >= available + earned
    approver = visit(language=language).page()
    enter(approver, platform, "approver")
    approve_all(approver, name_of(platform, "guide"))
    expect(balance(home, "in-withdrawal")).to_contain_text("¥0.00", timeout=PAID_MS)
    assert yuan(balance(home, "paid")) == paid + waiting
