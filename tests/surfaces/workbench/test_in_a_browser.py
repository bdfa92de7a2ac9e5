"""The workbench in a real browser: posters that are late or fail, phones that cannot copy or save.

The pages are made beforehand (see `browsers`); pictures are answered by the test itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.surfaces.design.browsers import (
    ORIGIN,
    browser_showing,
    needs_chromium,
    serious_findings,
)
from tests.surfaces.workbench.builders import Phone, opened_shop, with_money
from yipan.kernel.models import Tenant

pytestmark = needs_chromium

SHARE = "/w/share/LINE/"
PLACES = (
    "", "goods/", "counter/", "rule/LINE/", "share/LINE/", "earnings/", "statements/",
    "customers/", "customers/?tab=bound", "withdraw/", "cards/",
)  # fmt: skip
NO_CLIPBOARD = """
Object.defineProperty(navigator, "clipboard", {value: undefined});
document.execCommand = () => false;
"""
WECHAT = """Object.defineProperty(navigator, "userAgent", {value: "iPhone MicroMessenger/8.0"});"""
IPHONE = """
Object.defineProperty(navigator, "userAgent", {value: "Mozilla/5.0 (iPhone) Safari"});
navigator.canShare = () => true;
navigator.share = async (given) => { document.title = given.files[0].name; };
"""
TAPPED_AT_ONCE = """
document.addEventListener("htmx:afterSwap", (event) => {
  const share = event.target.querySelector("[data-test=share-open]");
  if (share) setTimeout(() => share.click());
});
"""


def png() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (54, 96), "#1f7a66").save(buffer, "PNG")
    return buffer.getvalue()


def drawn(route: Route) -> None:
    route.fulfill(content_type="image/png", body=png())


@contextmanager
def shown(
    phone: Phone, address: str, *, script: str = "", width: int = 360, poster: Any = drawn
) -> Iterator[Page]:
    """A page of the workbench, with `poster` to answer for its posters."""
    pages = {address: phone.client.get(address)}
    with browser_showing(pages, width=width, height=780) as (page, _faults):
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        if script:
            page.add_init_script(script)
        page.route("**/media/**", drawn)
        page.route("**/w/code/**", drawn)
        page.route("**/w/poster/**", poster)
        page.goto(ORIGIN + address, wait_until="domcontentloaded")
        yield page
        assert broken == []


@pytest.fixture
def phone(tenant: Tenant) -> Phone:
    return opened_shop()[1]


def test_a_poster_shows_bones_until_it_has_arrived(phone: Phone) -> None:
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    with shown(phone, SHARE, poster=keep_waiting) as page:
        frame = page.locator("[data-test=poster-frame]").first
        page.wait_for_selector("[data-test=poster-frame][data-state=loading]")
        assert frame.locator(".y-poster-bones").is_visible()
        assert frame.get_by_role("alert").is_hidden()
        drawn(waiting[0])
        page.wait_for_selector("[data-test=poster-frame][data-state=there]")
        assert frame.locator(".y-poster-bones").is_hidden()


def test_a_poster_that_failed_is_asked_for_again(phone: Phone) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort("connectionreset")
        elif len(asked) == 2:
            route.fulfill(status=503)
        else:
            drawn(route)

    with shown(phone, SHARE, poster=answer) as page:
        again = page.locator("[data-test=poster-again]").first
        again.click()
        page.wait_for_timeout(100)
        again.click()
        page.wait_for_selector("[data-test=poster-frame][data-state=there]")
        assert again.is_hidden()
        assert len(asked) == 3


def test_what_may_not_be_copied_is_shown_to_be_copied_by_hand(phone: Phone) -> None:
    with shown(phone, SHARE, script=NO_CLIPBOARD) as page:
        field = page.locator("[data-test=share-by-hand]")
        assert field.is_hidden()
        page.click("[data-test=share-copy]")
        page.wait_for_selector(".c-toast.is-bad")
        link = page.locator("[data-test=share-copy]").get_attribute("data-link")
        assert field.input_value() == link
        assert field.evaluate("each => each.selectionEnd - each.selectionStart") == len(str(link))


def test_wechat_shows_the_poster_large_where_a_download_would_do_nothing(phone: Phone) -> None:
    with shown(phone, SHARE, script=WECHAT) as page:
        page.wait_for_selector("[data-test=poster-frame][data-state=there]")
        page.click("[data-test=poster-save]")
        page.wait_for_selector("#poster-large[open] img:visible")


def test_an_iphone_saves_the_poster_through_its_share_sheet(phone: Phone) -> None:
    with shown(phone, SHARE, script=IPHONE) as page:
        page.click("[data-test=poster-save]")
        expect(page).to_have_title("poster-classic.png")
        assert page.locator("#poster-large").is_hidden()


def test_a_search_is_cleared_with_one_tap(phone: Phone) -> None:
    with shown(phone, "/w/goods/?q=LINE") as page:
        with page.expect_request("**/w/goods/?q=&*"):
            page.click("[data-test=goods-clear]")
        assert page.input_value("[data-test=goods-search]") == ""
        assert page.locator("[data-test=goods-clear]").is_hidden()


def test_share_opens_while_a_search_is_on_its_way(phone: Phone) -> None:
    asked: list[Route] = []

    def keep_waiting(route: Route) -> None:
        asked.append(route)

    sheet = phone.client.get(SHARE, headers={"HX-Request": "true"}).content

    with shown(phone, "/w/goods/") as page:
        page.route("**/w/goods/?q=*", keep_waiting)
        page.route("**/w/share/**", lambda route: route.fulfill(body=sheet))
        with page.expect_request("**/w/goods/?q=*"):
            page.fill("[data-test=goods-search]", "LINE")
        page.locator("[data-test=share-open]").first.click()
        expect(page.locator("#share [data-test=share-code]")).to_be_visible()
        asked[0].fulfill(body="<p data-test=answer></p>")
        expect(page.locator("[data-test=answer]")).to_have_count(1)


def test_share_opens_in_the_moment_its_list_has_come(phone: Phone) -> None:
    sheet = phone.client.get(SHARE, headers={"HX-Request": "true"}).content
    found = phone.client.get("/w/goods/?q=LINE", headers={"HX-Request": "true"}).content

    with shown(phone, "/w/goods/", script=TAPPED_AT_ONCE) as page:
        page.route("**/w/goods/?q=*", lambda route: route.fulfill(body=found))
        page.route("**/w/share/**", lambda route: route.fulfill(body=sheet))
        page.fill("[data-test=goods-search]", "LINE")
        expect(page.locator("#share [data-test=share-code]")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_the_smallest_phone_and_is_in_nobodys_way(
    tenant: Tenant, language: str
) -> None:
    shop, _phone = opened_shop()
    shop.sell(shop.line("LINE", 2))
    with_money(shop.guide, 123_456_789)
    client = Phone.of(shop.guide, language=language).client
    pages = {f"/w/{place}": client.get(f"/w/{place}") for place in PLACES}
    with browser_showing(pages, width=320, height=780) as (page, _faults):
        for kind in ("media", "code", "poster"):
            page.route(f"**/{kind}/**", drawn)
        for address in pages:
            page.goto(ORIGIN + address)
            assert page.evaluate("document.documentElement.scrollWidth") == 320, address
            assert serious_findings(page) == [], address
