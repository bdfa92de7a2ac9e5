"""Signing in to a running demo, through the same doors as people do."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from playwright.sync_api import Page

from scripts.visit import Platform

CONSOLE: Final = frozenset(
    {"admin", "ops", "finance", "approver", "auditor", "group", "company", "manager"}
)
"""Sign-ins that have the console; the others have the workbench."""
_CODE: Final = re.compile(r"\b\d{6}\b")


def enter(page: Page, platform: Platform, role: str) -> None:
    """Sign in as somebody of the demo; `visitor` stays nobody.

    To the workbench and the mall by the tour's button: phones get only a few codes an hour.
    """
    if role == "visitor":
        return
    if role in CONSOLE:
        enter_console(page, platform, role)
        return
    page.goto("/demo/")
    with page.context.expect_page() as opened:
        page.locator(f"[data-test=enter-{role}]").first.click()
    opened.value.wait_for_load_state()
    opened.value.close()


def kept(platform: Platform) -> dict[str, Any]:
    """What the generator wrote down about its sign-ins."""
    found: dict[str, Any] = json.loads((platform.home / "demo.json").read_text(encoding="utf-8"))
    return found


def phone_of(platform: Platform, role: str) -> str:
    """The phone of a sign-in of the demo."""
    return _sign_in(platform, role)["phone"]


def name_of(platform: Platform, role: str) -> str:
    """The name of a sign-in of the demo."""
    return _sign_in(platform, role)["name"]


def _sign_in(platform: Platform, role: str) -> dict[str, str]:
    for each in kept(platform)["sign_ins"]:
        if each["username"] == role:
            return dict(each)
    raise LookupError(role)


def enter_console(page: Page, platform: Platform, username: str) -> None:
    """With user name and password."""
    page.goto("/console/login/")
    page.fill("input[name=group]", platform.group)
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", str(kept(platform)["password"]))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/(?!login)"))


def enter_by_code(page: Page, door: str, phone: str) -> None:
    """With the phone and the code that the development inbox shows."""
    page.goto(door)
    page.fill("input[name=phone]", phone)
    page.click("[data-test=send-code]")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", newest_code(page, phone))
    page.click("[data-test=sign-in]")
    page.wait_for_url(lambda url: "sign-in" not in url)


def newest_code(page: Page, phone: str) -> str:
    """The last code that was sent to a phone."""
    inbox = page.context.new_page()
    inbox.goto("/demo/inbox/")
    message = inbox.locator(f"[data-test=message][data-phone$='{phone[-4:]}']").first.inner_text()
    inbox.close()
    found = _CODE.search(message)
    if found is None:
        raise LookupError(message)
    return found.group()
