"""All catalogues are read as one: what a module says must not change what another one says."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from scripts.catalogues import read_po

SOURCE = Path(__file__).resolve().parents[2] / "src"


def test_a_text_means_the_same_in_every_catalogue() -> None:
    """Where it does not, it needs a context (pgettext), or other words."""
    said: defaultdict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
    for path in sorted(SOURCE.rglob("django.po")):
        for text, translations in read_po(path).items():
            if text:
                said[text].setdefault(tuple(translations), str(path.relative_to(SOURCE)))
    twofold = {text: found for text, found in said.items() if len(found) > 1}
    assert twofold == {}
