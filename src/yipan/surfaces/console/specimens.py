"""What the page of the design system shows: every component in every state, with its markup.

One template each in `console/specimens/<section>/`, named after the components in it. The page
renders it and shows its text, so what one copies from there is what was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER: Final = Path(__file__).parent / "templates" / "console" / "specimens"
_SECTIONS: Final[tuple[tuple[str, Promise, str], ...]] = (
    ("acts", _("Acts"), "button icon menu copy"),
    (
        "figures",
        _("Figures and states"),
        "stat_tile money price badge progress avatar steps picture chart",
    ),
    (
        "holding",
        _("Holding things"),
        "heading card list facts timeline diff tree table pagination empty skeleton banner trouble",
    ),
    (
        "forms",
        _("Forms"),
        "filters segmented chip stepper input textarea select checkbox field switch drop",
    ),
    ("over", _("Over the page"), "sheet dialog toast tab_bar"),
)
_WIDE: Final = frozenset(
    ("button", "stat_tile", "heading", "table", "pagination", "banner", "form_field")
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One card of the page."""

    title: str
    template: str
    markup: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Specimens of one kind."""

    name: str
    title: Promise
    specimens: tuple[Specimen, ...]


@lru_cache(maxsize=1)
def sections() -> tuple[Section, ...]:
    """All there are, in the order of the page; a file that is not named above goes to the end."""
    return tuple(
        Section(name, title, _specimens(FOLDER / name, order.split()))
        for name, title, order in _SECTIONS
    )


def _specimens(folder: Path, order: list[str]) -> tuple[Specimen, ...]:
    def place(path: Path) -> tuple[int, str]:
        first = path.stem.split("+")[0]
        return (order.index(first) if first in order else len(order), path.stem)

    return tuple(
        Specimen(
            title=", ".join(path.stem.replace("_", "-").split("+")),
            template=f"console/specimens/{folder.name}/{path.name}",
            markup=path.read_text(encoding="utf-8").strip(),
            is_wide=path.stem.split("+")[0] in _WIDE,
        )
        for path in sorted(folder.glob("*.html"), key=place)
    )
