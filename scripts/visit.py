"""Visiting a running Yipan with a real browser, as a phone or at a desk."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.browser import arguments, chromium

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 240
STOP_SECONDS: Final = 40
PHONE: Final = (360, 780)
DESK: Final = (1440, 900)
# A browser that says it is headless counts as a program, which leaves no touch.
_PHONE_AGENT: Final = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
_DESK_AGENT: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36"
)
_PATIENCE_MS: Final = 45_000
_LOCALES: Final = {"zh-hans": "zh-CN", "en": "en-US"}


@dataclass(frozen=True, slots=True)
class Platform:
    """A running Yipan with its demo group."""

    base: str
    """Such as `http://localhost:8000`."""
    home: Path
    group: str = "demo"


@dataclass(slots=True)
class Watched:
    """A context of the browser, and what went wrong in it."""

    context: BrowserContext
    base: str
    faults: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A new tab whose errors, and requests to other places, are written down."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message.type, message.text))
        page.on("request", lambda request: self._asked(page, request.url))
        return page

    def _heard(self, page: Page, kind: str, text: str) -> None:
        # A refusal on purpose (422, 404 …) is told by the browser as a failed resource too.
        if kind == "error" and not re.match(r"Failed to load resource: .* 4\d\d", text):
            self.faults.append(f"{page.url}: {text}")

    def _asked(self, page: Page, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https", "ws", "wss"} and not url.startswith(self.base):
            self.faults.append(f"{page.url} asked for {url}")


@contextmanager
def started(*, size: str = "small") -> Iterator[Platform]:
    """`yipan up` in a folder of its own, with a demo of this size, until the end."""
    with tempfile.TemporaryDirectory(prefix="yipan-visit-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        home.chmod(0o755)
        command = [sys.executable, "-m", "yipan", "demo", "--size", size]
        subprocess.run(command, cwd=ROOT, env=_environment(home), check=True)
        with served(home) as platform:
            yield platform


@contextmanager
def served(home: Path) -> Iterator[Platform]:
    """`yipan up` in a folder that has a demo, until the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "yipan", "up", "--port", str(port)],
        cwd=ROOT,
        env={**_environment(home), "YIPAN_BASE_URL": base},
        start_new_session=True,
    )
    try:
        _await(server, base)
        yield Platform(base, home)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _environment(home: Path) -> Mapping[str, str]:
    ours = ("YIPAN_", "DATABASE_", "DJANGO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {"YIPAN_HOME": str(home), "YIPAN_DEMO": "1"}


def _await(server: subprocess.Popen[bytes], base: str) -> None:
    began = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(f"{base}/health", timeout=5):
                return
        except OSError as error:
            if server.poll() is not None or time.monotonic() - began > START_SECONDS:
                message = f"Yipan did not start (exit status {server.poll()})"
                raise RuntimeError(message) from error
            time.sleep(0.2)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = chromium()
    if path is None:
        message = "there is no Chromium here: run `python -m scripts.browser`"
        raise RuntimeError(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        try:
            yield browser
        finally:
            browser.close()


def watched(
    browser: Browser, base: str, *, phone: bool, language: str = "zh-hans", dark: bool = False
) -> Watched:
    """A fresh visitor with a phone (360×780) or at a desk (1440×900); speaks this language."""
    width, height = PHONE if phone else DESK
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if phone else 1,
        is_mobile=phone,
        has_touch=phone,
        user_agent=_PHONE_AGENT if phone else _DESK_AGENT,
        locale=_LOCALES[language],
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    context.set_default_timeout(_PATIENCE_MS)
    return Watched(context, base)
