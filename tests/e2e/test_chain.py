"""The main chain by clicking: pool → share → poster → buy → credit → release → withdraw → paid."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Final

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from scripts.entrance import enter
from scripts.visit import Platform
from tests.e2e.conftest import Visit

PUSHED_MS: Final = 20_000
"""Within which what happened elsewhere is on an open page; a build machine has two busy cores."""
PAID_MS: Final = 150_000
"""Within which the worker, which looks every minute, has released or paid out."""
MOST_TAPS: Final = 5
_AMOUNT: Final = re.compile(r"¥([\d,]+\.\d\d)")
_CODE: Final = re.compile(r"\b[A-Z]{2}\d{6}\b")


def yuan(place: Locator) -> Decimal:
    """The first amount in a text."""
    text = place.inner_text()
    found = _AMOUNT.search(text)
    assert found is not None, text
    return Decimal(found.group(1).replace(",", ""))


def balance(page: Page, which: str) -> Locator:
    return page.locator(f"[data-test=balance-{which}]").first


def put_into_pool(page: Page) -> str:
    """Operations put a SKU that earns nothing yet into the pool, by the first rule; its code."""
    page.goto("/console/pool/goods/?state=outside")
    row = page.locator("[data-test=pool-row]").first
    code = _CODE.search(row.inner_text())
    assert code is not None
    row.locator("[data-test=pool-select]").check()
    page.click("[data-test=pool-bulk-put-on]")
    page.locator("[data-test=bulk-rule]").select_option(index=1)
    page.fill("[data-test=bulk-reason]", "主推")
    apply = page.locator("[data-test=pool-bulk-apply]")
    expect(apply).to_be_enabled()
    apply.click()
    expect(page.locator("[data-test=work-panel]")).to_have_attribute("data-state", "done")
    return code.group()


def read_poster(page: Page, base: str) -> str:
    """The address in the poster that the page shows, read by an independent reader."""
    source = page.locator("[data-test=poster-image]").first.get_attribute("src")
    answer = page.request.get(f"{base}{source}")
    assert answer.headers["content-type"] == "image/png"
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.body())))
    return str(code.text)


def share(page: Page, sku: str, base: str) -> str:
    """The guide finds the SKU, and shares its poster; where the poster leads."""
    page.goto("/w/goods/")
    page.fill("[data-test=goods-search]", sku)
    card = page.locator("[data-test=goods-card]").filter(has_text=sku)
    assert yuan(card.locator("[data-test=card-commission]")) > 0
    card.locator("[data-test=share-open]").click()
    expect(page.locator("[data-test=poster-image]").first).to_be_visible()
    return read_poster(page, base)


def buy(page: Page, address: str) -> tuple[str, str]:
    """A known buyer buys what the address shows; the order's address and number."""
    taps = 0
    page.goto(address)
    for hook in ("buy-now", "sku-confirm", "checkout-submit", "pay-now"):
        page.locator(f"[data-test={hook}]").first.click()
        taps += 1
    page.wait_for_url(re.compile(r"/orders/\d+/paid/"))
    assert taps <= MOST_TAPS
    return page.url.removesuffix("paid/"), page.locator("[data-test=order-number]").inner_text()


def send(page: Page, number: str) -> None:
    """Operations send the parcel of an order."""
    page.goto(f"/console/fulfilment/fulfilment/?q={number}")
    page.locator("#result_list tbody tr").filter(has_text=number).locator("a").first.click()
    page.locator("select[name=step]").select_option("ship")
    page.fill("input[name=given_carrier]", "顺丰速运")
    page.fill("input[name=given_tracking_no]", "SF1234567890123")
    page.locator("input[name=_save], button[name=_save]").first.click()
    page.wait_for_load_state()


def approve_all(page: Page) -> int:
    """The approver signs every withdrawal that waits, one by one; how many."""
    signed = 0
    while True:
        page.goto("/console/withdrawals/withdrawal/?state__exact=requested&needs_approval__exact=1")
        row = page.locator("[data-test=withdrawal-row], #result_list tbody tr").first
        if not row.count():
            return signed
        row.locator("a").first.click()
        page.click("[data-test=withdrawal-approve]")
        page.click("[data-test=approve-confirm]")
        page.wait_for_load_state()
        signed += 1


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
    address = share(shelf, sku, platform.base)
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
    buyer.goto(order)
    buyer.locator("[data-test=confirm-receipt]").first.click()
    buyer.locator("[data-test=received-confirm]").first.click()
    buyer.wait_for_load_state()
    tour.reload()
    tour.locator("[data-test=act-wait]").first.click()
    expect(balance(home, "available")).not_to_contain_text(f"¥{available:,.2f}", timeout=PAID_MS)
    assert yuan(balance(home, "available")) == available + earned
    assert yuan(balance(home, "pending")) == pending

    withdraw(shelf)
    expect(balance(home, "available")).to_contain_text("¥0.00", timeout=PUSHED_MS)
    waiting, paid = yuan(balance(home, "in-withdrawal")), yuan(balance(home, "paid"))
    assert waiting >= available + earned
    approver = visit(language=language).page()
    enter(approver, platform, "approver")
    approve_all(approver)
    expect(balance(home, "in-withdrawal")).to_contain_text("¥0.00", timeout=PAID_MS)
    assert yuan(balance(home, "paid")) == paid + waiting


def withdraw(page: Page) -> None:
    """The guide asks for everything."""
    page.goto("/w/withdraw/")
    page.click("[data-test=withdraw-all]")
    page.click("[data-test=withdraw-submit]")
    page.click("[data-test=withdraw-confirm]")
    expect(page.locator("[data-test=withdrawal-state]").first).to_be_visible()
