"""The browser that tests and screenshots drive: where it is, and how to get one.

    python -m scripts.browser    installs what is missing, if it may; says what it could not

Looked for: YIPAN_CHROMIUM, a Chromium or Chrome of the system, then the one that Playwright keeps.
Where there is none, Debian's package is installed (as root, or with a password-less sudo;
YIPAN_NO_APT=1 forbids that), else Playwright's own build. Chinese fonts likewise, for without them
a page shows boxes. Nothing here fails: what is missing is told, and the tests that need it are
skipped by name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES: Final = {"chromium": "chromium", "fonts": "fonts-noto-cjk"}
_ANSWER_SECONDS: Final = 30


@lru_cache(maxsize=1)
def chromium() -> str | None:
    """Path of a Chromium that answers, or None."""
    return next((path for path in _candidates() if _answers(path)), None)


def has_chinese_fonts() -> bool:
    """Whether pages can show Chinese. A Mac always can."""
    if sys.platform == "darwin":
        return True
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def arguments() -> list[str]:
    """What the browser is started with; root may not use its sandbox."""
    quiet = ["--disable-background-networking", "--no-first-run", "--disable-gpu"]
    return [*quiet, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else quiet


def install() -> list[str]:
    """Get what is missing, as far as possible; what is missing still, with what to do."""
    if chromium() is None or not has_chinese_fonts():
        _by_apt()
        chromium.cache_clear()
    if chromium() is None:
        _by_playwright()
        chromium.cache_clear()
    missing = []
    if chromium() is None:
        missing.append(
            "No Chromium: the browser tests (tests/e2e and what is marked `browser`) are left "
            "out. Debian: sudo apt-get install chromium; elsewhere: "
            f"{sys.executable} -m playwright install chromium; or set YIPAN_CHROMIUM."
        )
    if not has_chinese_fonts():
        missing.append(
            "No Chinese font: pages in the browser tests and screenshots show boxes. "
            "Debian, Ubuntu: sudo apt-get install fonts-noto-cjk fontconfig."
        )
    return missing


def _candidates() -> Iterator[str]:
    given = os.environ.get("YIPAN_CHROMIUM")
    if given:
        yield given
    yield from filter(None, map(shutil.which, NAMES))
    yield from (path for path in MAC_APPS if Path(path).exists())
    kept = _kept_by_playwright()
    if kept:
        yield kept


def _kept_by_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _answers(path: str) -> bool:
    """Whether it is a browser; some systems put a note in its place that asks for another shop."""
    try:
        ran = subprocess.run(
            [path, "--version"], capture_output=True, check=False, timeout=_ANSWER_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def _answers_silently(command: list[str]) -> bool:
    """Whether it is there and does it, without a word on the screen."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _by_apt() -> None:
    if os.environ.get("YIPAN_NO_APT") or not shutil.which("apt-get"):
        return
    privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if privileged and not _answers_silently([*privileged, "true"]):
        return
    wanted = [] if chromium() else [PACKAGES["chromium"]]
    wanted += [] if has_chinese_fonts() else [PACKAGES["fonts"], "fontconfig"]
    print(f"Installing {' '.join(wanted)} with apt-get.", flush=True)
    apt = [*privileged, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=False, stdout=subprocess.DEVNULL)
    for package in wanted:  # one by one: what is unknown here must not keep the others out
        subprocess.run(
            [*apt, "install", "-y", "--no-install-recommends", package],
            check=False,
            stdout=subprocess.DEVNULL,
        )


def _by_playwright() -> None:
    print("Installing the Chromium of Playwright.", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    # Its own words are long and tell of every try; what is missing in the end is told by us.
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    for line in install():
        print(line, file=sys.stderr)
