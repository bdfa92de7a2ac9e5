"""Every page people see: where it is, who looks at it, and whether with a phone or at a desk.

Screenshots, the accessibility check and the benchmark of pages walk through this one list. A place
that shows one object is found from its list as a person finds it, by following a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Place:
    """One page."""

    name: str
    """Its name as a file, such as `workbench-earnings`."""
    path: str
    """Where one gets in; `{group}` is the group's code."""
    role: str
    """Whose sign-in of the demo; `consumer` is a member, `visitor` is nobody."""
    phone: bool
    follow: tuple[str, ...] = ()
    """Selectors of links to follow from there, each the first that is found."""
    click: str = ""
    """What is pressed before one looks, such as the button of a sheet."""

    def visit(self, page: Page, group: str) -> int:
        """Go there; the status of the last answer."""
        answer = page.goto(self.path.format(group=group), wait_until="load")
        for selector in self.follow:
            href = page.locator(selector).first.get_attribute("href", timeout=5_000)
            answer = page.goto(str(href), wait_until="load")
        if self.click:
            page.locator(self.click).first.click(timeout=5_000)
            page.wait_for_timeout(400)
        return answer.status if answer else 0


def _phone(name: str, path: str, role: str, *follow: str, click: str = "") -> Place:
    return Place(name, path, role, phone=True, follow=follow, click=click)


def _desk(name: str, path: str, role: str, *follow: str, click: str = "") -> Place:
    return Place(name, path, role, phone=False, follow=follow, click=click)


PLACES: Final = (
    _phone("workbench-home", "/w/", "guide"),
    _phone("workbench-goods", "/w/goods/", "guide"),
    _phone("workbench-counter", "/w/counter/", "guide"),
    _phone("workbench-earnings", "/w/earnings/", "guide"),
    _phone("workbench-withdraw", "/w/withdraw/", "guide"),
    _phone("workbench-sign-in", "/w/sign-in/", "visitor"),
    _phone("mall-home", "/m/{group}/", "visitor"),
    _phone("mall-sign-in", "/m/{group}/sign-in/", "visitor"),
    _desk("demo", "/demo", "visitor"),
    _desk("landing", "/", "visitor"),
    _desk("console-sign-in", "/console/login/", "visitor"),
    _desk("console-overview", "/console/", "admin"),
    _desk("console-design", "/console/design", "admin"),
)
