"""The page that shows the components: all of them, in both themes, fit for everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.design.browsers import ORIGIN, browser_showing, needs_chromium, serious_findings
from yipan.group.people.models import Role
from yipan.kernel.models import Tenant
from yipan.surfaces.design.appearance import accent

SURFACES = Path(__file__).parents[3] / "src" / "yipan" / "surfaces"
COMPONENTS = sorted((SURFACES / "design" / "templates" / "cotton").glob("*.html"))
GALLERY = SURFACES / "console" / "templates" / "console"


@pytest.fixture
def group(tenant: Tenant) -> GroupTree:
    return make_tree()


@pytest.fixture
def console(group: GroupTree) -> Console:
    return Console.of(make_person("boss", group.headquarters, Role.ADMINISTRATOR))


@pytest.mark.parametrize("component", [each.stem for each in COMPONENTS])
def test_every_component_is_on_the_page(component: str) -> None:
    tag = f"<c-{component.replace('_', '-')}"
    pages = [GALLERY / "design.html", GALLERY / "page.html", *(GALLERY / "design").glob("*.html")]
    shown = "".join(each.read_text(encoding="utf-8") for each in pages)
    assert re.search(rf"{tag}[\s/>]", shown), f"show {tag}> in console/design/"


def test_whoever_may_open_the_console_sees_it(console: Console) -> None:
    assert console.get("design/").status_code == 200
    assert "<c-" not in console.get("design/").content.decode()


def test_strangers_are_asked_to_sign_in(console: Console, group: GroupTree) -> None:
    console.client.logout()
    assert console.get("design/").status_code == 302
    guide = Console.of(make_person("guide", group["R1-A"], Role.GUIDE))
    assert guide.get("design/").status_code == 302


def test_attributes_stay_attributes(console: Console) -> None:
    page = console.client.get("/console/design/", {"theme": '"><script>'}).content.decode()
    assert '"><script>' not in page


@needs_chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_anybodys_way(console: Console, theme: str) -> None:
    address = f"/console/design/?theme={theme}"
    pages = {address: console.client.get(address)}
    with browser_showing(pages, width=1440, height=900) as (page, faults):
        page.goto(ORIGIN + address)
        page.wait_for_selector("[data-test=design]")
        assert serious_findings(page, "[data-test=design]") == []
        for opener, dialog in (("open-sheet", "#d-sheet"), ("open-danger", "#d-danger")):
            page.click(f"[data-test={opener}]")
            page.wait_for_selector(f"{dialog}[open]")
            page.wait_for_timeout(400)
            assert serious_findings(page, dialog) == []
            page.keyboard.press("Escape")
            page.wait_for_selector(f"{dialog}[open]", state="hidden")
        page.locator("y-chart").first.scroll_into_view_if_needed()
        page.wait_for_selector("y-chart svg")
        assert faults == []


def test_headquarters_choose_the_accent(console: Console, group: GroupTree) -> None:
    answer = console.client.post("/console/design/", {"accent": "indigo"})
    assert answer.status_code == 302
    assert accent() == "indigo"
    console.client.post("/console/design/", {"accent": "nonsense"})
    part = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    assert part.client.post("/console/design/", {"accent": "plum"}).status_code == 404
    assert accent() == "indigo"
