"""A running platform, and people with browsers in front of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, expect

from scripts.browser import chromium
from scripts.visit import Platform, Watched, opened_browser, started, watched

expect.set_options(timeout=20_000)  # a build machine has two busy cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are left out, by name and with the reason."""
    ours = [item for item in items if "tests/e2e/" in item.path.as_posix()]
    if not ours or chromium() is not None:
        return
    reason = "no Chromium here: python -m scripts.browser says how to get one"
    for item in ours:
        item.add_marker(pytest.mark.skip(reason=reason))


class Visit(Protocol):
    """Makes visitors; all that went wrong in their browsers fails the test at its end."""

    def __call__(
        self, *, phone: bool = False, language: str = "zh-hans", dark: bool = False
    ) -> Watched: ...


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """`yipan up` with a small demo, as `make run` starts it.

    YIPAN_TEST_PLATFORM names a running one instead, with its home folder: `http://… /folder`.
    """
    given = os.environ.get("YIPAN_TEST_PLATFORM")
    if given:
        base, home = given.split(maxsplit=1)
        yield Platform(base, Path(home))
        return
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the tests of one file.

    Not for more: as long as it is there, its library's event loop counts as running in this
    process, and no other test of it could begin one.
    """
    with opened_browser() as running:
        yield running


@pytest.fixture
def visit(platform: Platform, browser: Browser) -> Iterator[Visit]:
    """Visitors with a phone or at a desk."""
    made: list[Watched] = []

    def arrive(*, phone: bool = False, language: str = "zh-hans", dark: bool = False) -> Watched:
        visitor = watched(browser, platform.base, phone=phone, language=language, dark=dark)
        made.append(visitor)
        return visitor

    yield arrive
    faults = [fault for visitor in made for fault in visitor.faults]
    for visitor in made:
        visitor.context.close()
    assert faults == []
