"""The page that shows the components: all of them, in both themes, fit for everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.html import escape

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.design.browsers import ORIGIN, browser_showing, needs_chromium, serious_findings
from yipan.group.people.models import Role
from yipan.surfaces.console.specimens import sections
from yipan.surfaces.design.appearance import accent

ROOT = Path(__file__).parents[3]
SURFACES = ROOT / "src" / "yipan" / "surfaces"
COTTON = SURFACES / "design" / "templates" / "cotton"
STYLES = ROOT / "frontend" / "src" / "styles"
GALLERY = SURFACES / "console" / "templates" / "console"
COMPONENTS = sorted(each.stem for each in COTTON.glob("*.html"))
OF_THE_PAGE = {"network", "toasts"}
"""There once on every page, hidden until something is to be said."""
BY_SCRIPT = {("c-toast", "is-leaving"), ("c-drop", "is-over")}
"""What only a moment shows."""


@pytest.fixture
def console(group: GroupTree) -> Console:
    return Console.of(make_person("boss", group.headquarters, Role.ADMINISTRATOR))


def shown() -> str:
    """The markup of all specimens."""
    return "".join(each.markup for section in sections() for each in section.specimens)


def names_of(component: str) -> list[str]:
    """The attributes that a component knows by name."""
    text = (COTTON / f"{component}.html").read_text(encoding="utf-8")
    head = re.match(r"<c-vars\s*(.*?)/>", text, re.DOTALL)
    assert head is not None, "a component begins with <c-vars />"
    return re.findall(r":?([\w-]+)(?:=(?:\"[^\"]*\"|'[^']*'))?", head[1])


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_is_on_the_page(component: str) -> None:
    tag = f"<c-{component.replace('_', '-')}"
    anywhere = shown() + (GALLERY / "page.html").read_text(encoding="utf-8")
    assert re.search(rf"{tag}[\s/>]", anywhere), f"show {tag}> in console/specimens/"


@pytest.mark.parametrize("component", [each for each in COMPONENTS if each not in OF_THE_PAGE])
def test_every_attribute_is_on_the_page(component: str) -> None:
    """What a component can be told is what it can be: each of it is to be seen."""
    tag = f"<c-{component.replace('_', '-')}"
    used = " ".join(re.findall(rf"{tag}((?:\s[^>]*?)?)/?>", shown()))
    slots = set(re.findall(r'<c-slot name="(\w+)"', shown()))
    lacking = [
        name
        for name in names_of(component)
        if name not in slots | {"open"} and not re.search(rf"(?<![\w-])(?::|){name}(?![\w-])", used)
    ]
    assert lacking == [], f"show {lacking} of {tag}>"


def test_every_state_of_the_sheets_is_on_the_page(console: Console) -> None:
    """Each `.c-some.is-so` that a sheet draws differently stands there once."""
    page = console.get("design/").content.decode()
    worn = [set(each.split()) for each in re.findall(r'class="([^"]*)"', page)]
    drawn = set()
    for sheet in ("controls", "display", "over"):
        text = (STYLES / f"{sheet}.css").read_text(encoding="utf-8")
        drawn |= set(re.findall(r"\.(c-[\w-]+)\.(is-[\w-]+)", text))
    lacking = {(name, state) for name, state in drawn if not any({name, state} <= w for w in worn)}
    assert lacking - BY_SCRIPT == set()


def test_what_one_copies_is_what_was_drawn(console: Console) -> None:
    page = console.get("design/").content.decode()
    for section in sections():
        for each in section.specimens:
            assert escape(each.markup) in page


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
