"""Pictures of every page, as a phone and a PC show it, in both languages.

    python -m scripts.screenshots                      all, into build/screenshots
    python -m scripts.screenshots --only mall --language en
    python -m scripts.screenshots --readme             those of the README, into docs/images

Starts a platform with a demo of its own, or looks at a running one (--at http://localhost:8000
with --home FOLDER, whose demo.json says how to get in).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Error, Page

from scripts.atlas import PLACES, Place
from scripts.browser import chromium
from scripts.entrance import enter
from scripts.visit import Platform, opened_browser, started, watched

OUT: Final = Path("build/screenshots")
README: Final = Path("docs/images")
OF_README: Final = (
    "workbench-home", "workbench-goods", "workbench-share", "workbench-earnings", "mall-product",
    "console-overview", "console-pool",
)  # fmt: skip
_COLOURS: Final = 256
_ROUNDS: Final = 3
"""Of looking for better colours: without them a small patch of red turns brown."""
_SETTLE_MS: Final = 700
_PATIENCE: Final = 50
_IN_SIGHT_COMPLETE: Final = """
[...document.images].every((each) => (each.complete && each.naturalWidth) ||
  each.getBoundingClientRect().top > innerHeight || !each.getClientRects().length)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """How one looks at pages."""

    phone: bool
    language: str
    dark: bool = False

    def file_name(self, place: Place) -> str:
        size = "phone" if self.phone else "pc"
        return f"{place.name}.{size}.{self.language}{'.dark' if self.dark else ''}.png"


@dataclass(frozen=True, slots=True)
class Studio:
    """A platform, a browser in front of it, and where pictures go."""

    platform: Platform
    browser: Browser
    out: Path
    for_readme: bool

    def shoot(self, role: str, places: Sequence[Place], look: Look) -> Iterator[str]:
        """The pages of one role with one look; tells what went wrong."""
        visitor = watched(
            self.browser,
            self.platform.base,
            phone=look.phone,
            language=look.language,
            dark=look.dark,
        )
        page = visitor.page()
        enter(page, self.platform, role)
        for place in places:
            name = f"{place.name}.png" if self.for_readme else look.file_name(place)
            yield from self._taken(page, place, self.out / name)
        yield from visitor.faults
        visitor.context.close()

    def _taken(self, page: Page, place: Place, file: Path) -> Iterator[str]:
        try:
            status = place.visit(page, self.platform.group)
        except Error as error:
            yield f"{place.name}: {str(error).splitlines()[0]}"
            return
        if status != 200:
            yield f"{place.name}: answered {status}"
        page.wait_for_timeout(_SETTLE_MS)  # until what is loaded after the page stands there
        _await_pictures(page)
        page.wait_for_timeout(_SETTLE_MS)
        page.screenshot(path=file)
        if self.for_readme:
            picture = Image.open(file).convert("RGB")
            fewer = picture.quantize(_COLOURS, kmeans=_ROUNDS, dither=Image.Dither.NONE)
            fewer.save(file, optimize=True)


def _await_pictures(page: Page) -> None:
    """Until those in sight are there; a poster is drawn when it is first looked at."""
    for _ in range(_PATIENCE):
        if page.evaluate(_IN_SIGHT_COMPLETE):
            return
        page.wait_for_timeout(200)


def main() -> int:
    """1 if a page could not be shown."""
    asked = _asked()
    places = [place for place in PLACES if asked.only in place.name]
    languages: list[str] = asked.language or ["zh-hans", "en"]
    out: Path = asked.out
    if asked.readme:
        places = [place for place in places if place.name in OF_README]
        languages, out = ["zh-hans"], README
    if chromium() is None:
        print("Pictures need a Chromium: python -m scripts.browser says how to get one.")
        return 1
    out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with _platform(asked.at, asked.home, asked.size) as platform, opened_browser() as browser:
        studio = Studio(platform, browser, out, asked.readme)
        for look in _looks(languages, dark=asked.dark):
            for role in dict.fromkeys(place.role for place in places):
                wanted = [
                    place
                    for place in places
                    if place.role == role and (not asked.readme or place.phone is look.phone)
                ]
                if wanted:
                    faults += studio.shoot(role, wanted, look)
    for fault in faults:
        print(fault)
    print(f"{len(list(out.glob('*.png')))} pictures in {out}")
    return 1 if faults else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", default="", help="places whose name holds this")
    parser.add_argument("--language", choices=("zh-hans", "en"), action="append")
    parser.add_argument("--dark", action="store_true", help="at a desk in dark mode too")
    parser.add_argument("--readme", action="store_true", help="only those of the README")
    parser.add_argument("--size", default="standard", help="of the demo")
    parser.add_argument("--at", default="", help="address of a running platform")
    parser.add_argument("--home", type=Path, default=Path(".yipan"), help="its folder")
    return parser.parse_args()


def _looks(languages: Sequence[str], *, dark: bool) -> Iterator[Look]:
    for language in languages:
        yield Look(phone=True, language=language)
        yield Look(phone=False, language=language)
        if dark:
            yield Look(phone=False, language=language, dark=True)


@contextmanager
def _platform(at: str, home: Path, size: str) -> Iterator[Platform]:
    if at:
        yield Platform(at.rstrip("/"), home)
        return
    with started(size=size) as platform:
        yield platform


if __name__ == "__main__":
    raise SystemExit(main())
