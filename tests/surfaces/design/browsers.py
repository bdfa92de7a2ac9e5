"""Pages that were made by the test client, shown by a real browser: no server, no open port.

What a page does with its server is for tests/e2e; this is for how it looks and reads. Pages are
made beforehand: the browser's library runs a loop in which the test's transaction is not seen.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

from scripts.browser import chromium

ORIGIN = "http://localhost"
_CHROMIUM = chromium()
# What pages ask for by themselves, again and again.
_SAYS_NOTHING = frozenset({"/console/work/bell/", "/live"})
needs_chromium = pytest.mark.skipif(
    _CHROMIUM is None, reason="no Chromium here: python -m scripts.browser says how to get one"
)


@contextmanager
def browser_showing(
    pages: Mapping[str, Any], *, width: int, height: int
) -> Iterator[tuple[Page, list[str]]]:
    """A browser that knows these pages, by address with query, and a list of what went wrong.

    Files of `/static/` are served as they lie; anything else asked for is a fault.
    """
    faults: list[str] = []

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        address = f"{asked.path}?{asked.query}" if asked.query else asked.path
        made = pages.get(address)
        is_file = asked.path.startswith("/static/")
        found = finders.find(asked.path.removeprefix("/static/")) if is_file else None
        if asked.path in _SAYS_NOTHING:
            route.fulfill(status=204)
        elif f"{asked.scheme}://{asked.netloc}" == ORIGIN and made is not None:
            headers = {name: value for name, value in made.items() if name != "Content-Length"}
            route.fulfill(status=made.status_code, headers=headers, body=made.content)
        elif isinstance(found, str):
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            route.fulfill(content_type=kind, body=Path(found).read_bytes())
        else:
            faults.append(f"asked for {route.request.url}")
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.route("**/*", answer)
        yield page, faults
        browser.close()


def serious_findings(page: Page, within: str = "body") -> list[str]:
    """What axe finds serious or critical, one line each."""
    found = Axe().run(page, context={"include": [within]})
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in found.response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
