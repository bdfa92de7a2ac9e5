"""The page that every phone page is made from."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory

from tests.surfaces.design.browsers import (
    ORIGIN,
    browser_showing,
    needs_chromium,
    serious_findings,
)
from yipan.kernel.models import Tenant

BUDGET = 150 * 1024
"""Bytes over the line, without pictures."""
STATIC = re.compile(r'(?:href|src)="/static/([^"?#]+)')


def page(**context: object) -> HttpResponse:
    request = RequestFactory().get("/w/")
    return render(request, "design/phone.html", {"title": "我的", "messages": [], **context})


def loaded(answer: HttpResponse) -> list[str]:
    """The files that a browser fetches to show a page, pictures left out."""
    names = set(STATIC.findall(answer.content.decode()))
    return sorted(name for name in names if not name.endswith((".png", "icon.svg")))


def test_the_first_load_is_small() -> None:
    names = loaded(page())
    assert {"design/phone.css", "design/phone.js", "design/icons.svg"} <= set(names)
    client = Client(headers={"Accept-Encoding": "gzip"})
    sizes = {name: int(client.get(f"/static/{name}").headers["Content-Length"]) for name in names}
    assert sum(sizes.values()) < BUDGET, sizes


def test_charts_are_not_part_of_it() -> None:
    found = finders.find("design/phone.js")
    assert isinstance(found, str)
    assert "zrender" not in Path(found).read_text(encoding="utf-8")
    assert "design/chart.js" not in loaded(page())


def test_no_script_style_or_handler_stands_in_it() -> None:
    text = page(live_url="/live", worker_url="/w/worker.js", worker_scope="/w/").content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []


def test_it_says_what_the_surface_gives() -> None:
    text = page(live_url="/live", manifest_url="/w/m.json", accent="indigo", back_url="/w/").content
    for part in (b'data-live="/live"', b'rel="manifest"', b'data-accent="indigo"', b'href="/w/"'):
        assert part in text


def test_its_language_is_switched_where_one_stands(tenant: Tenant) -> None:
    client = Client(headers={"Accept-Language": "zh-hans"})
    answer = client.post("/language/", {"language": "en", "next": "/w/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/w/")
    assert answer.cookies["django_language"].value == "en"


@needs_chromium
def test_nothing_serious_stands_in_anybodys_way() -> None:
    pages = {"/w/": page(back_url="/w/")}
    with browser_showing(pages, width=360, height=780) as (shown, faults):
        shown.goto(f"{ORIGIN}/w/")
        assert shown.evaluate("Boolean(window.Alpine && window.htmx)")
        assert serious_findings(shown) == []
        width = shown.evaluate("document.documentElement.scrollWidth")
        assert width == 360
        assert faults == []
