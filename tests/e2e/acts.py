"""What people do on the pages, step by step, as tests need it."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Final

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

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
    rows = page.locator("[data-test=pool-row]")
    expect(rows.first).to_be_visible()
    # The dearest: what it earns is more than the least that can be withdrawn.
    row = max(rows.all(), key=yuan)
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


def share(page: Page, base: str, sku: str = "") -> str:
    """The guide finds the SKU (else takes the first), and shares its poster; where that leads."""
    page.goto("/w/goods/")
    cards = page.locator("[data-test=goods-card]")
    if sku:
        page.fill("[data-test=goods-search]", sku)
        expect(cards).to_have_count(1)
    card = cards.filter(has_text=sku).first
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
    page.locator("[data-test=row]").filter(has_text=number).locator("a").first.click()
    page.locator("select[name=step]").select_option("ship")
    page.fill("input[name=given_carrier]", "顺丰速运")
    page.fill("input[name=given_tracking_no]", "SF1234567890123")
    page.locator("input[name=_save], button[name=_save]").first.click()
    page.wait_for_load_state()


def receive(page: Page, order: str) -> None:
    """The buyer says that the parcel has come."""
    page.goto(order)
    page.locator("[data-test=confirm-receipt]").first.click()
    page.locator("[data-test=received-confirm]").first.click()
    page.wait_for_load_state()


def approve_all(page: Page, name: str) -> int:
    """The approver signs every withdrawal of somebody that waits, one by one; how many."""
    signed = 0
    while True:
        page.goto("/console/withdrawals/withdrawal/?state__exact=requested&needs_approval__exact=1")
        row = page.locator("[data-test=withdrawal-row]").filter(has_text=name).first
        if not row.count():
            return signed
        row.locator("td a").first.click()
        page.click("[data-test=withdrawal-approve]")
        page.click("[data-test=approve-confirm]")
        page.wait_for_load_state()
        signed += 1


def withdraw(page: Page) -> None:
    """The guide asks for everything."""
    page.goto("/w/withdraw/")
    page.click("[data-test=withdraw-all]")
    page.click("[data-test=withdraw-submit]")
    page.click("[data-test=withdraw-confirm]")
    expect(page.locator("[data-test=withdrawal-state]").first).to_be_visible()
