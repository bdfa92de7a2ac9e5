"""Every page, as its own people see it: it answers, nothing goes wrong, everybody can use it.

Its people have a phone or a PC; with the other one it stands as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from scripts.atlas import PLACES, Place
from scripts.entrance import enter
from scripts.visit import DESK, PHONE, Platform
from tests.e2e.conftest import Visit

SERIOUS = frozenset({"serious", "critical"})
ROLES = tuple(dict.fromkeys(place.role for place in PLACES))


def findings(page: Page) -> list[str]:
    """What an accessibility check finds serious, with where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(width))


def resize(page: Page, size: tuple[int, int]) -> None:
    """Another window; charts follow a frame later."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def look_at(place: Place, page: Page, platform: Platform, *sizes: tuple[int, int]) -> list[str]:
    """Everything wrong with one page: as it is opened, then in windows of other sizes."""
    status = place.visit(page, platform.group)
    wrong = [f"answered {status}"] if status != 200 else []
    opened = DESK if not place.phone else PHONE
    for size in (opened, *sizes):
        if size != opened:
            resize(page, size)
        wrong += [f"{overflow(page)} px too wide in {size}"] if overflow(page) > 0 else []
        wrong += [f"in {size}: {found}" for found in findings(page)]
    if sizes:
        resize(page, opened)
    return wrong


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_whole(
    platform: Platform, visit: Visit, role: str, language: str
) -> None:
    places = [place for place in PLACES if place.role == role]
    wrong: dict[str, list[str]] = {}
    for phone in dict.fromkeys(place.phone for place in places):
        page = visit(phone=phone, language=language).page()
        enter(page, platform, role)
        for place in (each for each in places if each.phone is phone):
            found = look_at(place, page, platform, DESK if phone else PHONE)
            if found:
                wrong[place.name] = found
    assert wrong == {}


def test_every_page_of_the_console_is_whole_in_the_dark(platform: Platform, visit: Visit) -> None:
    page = visit(dark=True).page()
    enter(page, platform, "admin")
    wrong = {
        place.name: found
        for place in PLACES
        if place.role == "admin" and (found := look_at(place, page, platform))
    }
    assert wrong == {}
