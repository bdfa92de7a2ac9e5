"""No sheet draws what nobody wears."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "src" / "yipan"
SHEETS = [
    *sorted((ROOT / "frontend" / "src").rglob("*.css")),
    *sorted((SOURCES / "surfaces" / "console" / "static").rglob("*.css")),
]
OF_THE_FRAMEWORK = {"dark", "light", "unfold"}
A_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


@pytest.fixture(scope="module")
def worn() -> set[str]:
    """Every word of templates, scripts and code, and every class of the framework's templates."""
    files = [
        *SOURCES.rglob("*.html"),
        *(ROOT / "frontend" / "src").rglob("*.ts"),
        *(each for each in SOURCES.rglob("*.py") if "migrations" not in each.parts),
    ]
    words: set[str] = set()
    for each in files:
        words |= set(re.findall(r"[\w-]+", each.read_text(encoding="utf-8")))
    return words


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_class_of_ours_is_worn(sheet: Path, worn: set[str]) -> None:
    """Ours begin with a letter and a hyphen: `c-`, `p-`, `y-`, or are named after their page."""
    text = re.sub(
        r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", "", sheet.read_text("utf-8"), flags=re.DOTALL
    )
    selectors = re.findall(r"([^{}]+)\{", text)
    named = {name for each in selectors for name in A_CLASS.findall(each)}
    ours = {name for name in named if re.match(r"[cpy]-|pool-|rule-", name)}
    assert ours - worn == set()
