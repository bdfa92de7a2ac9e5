"""Signing in with a phone and the code that was sent to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from scripts.entrance import enter_by_code, phone_of
from scripts.visit import Platform
from tests.e2e.conftest import Visit

WRONG = "000000"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("door", "who"), [("/w/sign-in/", "manager"), ("/m/demo/sign-in/", "consumer")]
)
def test_a_phone_and_its_code_open_the_door(
    platform: Platform, visit: Visit, door: str, who: str
) -> None:
    page = visit(phone=True).page()
    enter_by_code(page, door, phone_of(platform, who))
    expect(page).not_to_have_url(re.compile("sign-in"))


@pytest.mark.timeout(300)
def test_a_wrong_code_opens_nothing_and_says_so(platform: Platform, visit: Visit) -> None:
    page = visit(phone=True).page()
    page.goto("/w/sign-in/")
    page.fill("input[name=phone]", phone_of(platform, "partner"))
    page.click("[data-test=send-code]")
    page.fill("input[name=code]", WRONG)
    page.click("[data-test=sign-in]")
    expect(page.locator("input[name=code][aria-invalid=true]")).to_be_visible()
    expect(page).to_have_url(re.compile("sign-in"))
