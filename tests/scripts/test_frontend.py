"""Building what the browser is given."""

from __future__ import annotations

from pathlib import Path

from scripts.frontend import differences, put_in_place


def folder(at: Path, **files: str) -> Path:
    at.mkdir()
    for name, text in files.items():
        at.joinpath(name).write_text(text)
    return at


def test_every_difference_is_named_with_what_it_is(tmp_path: Path) -> None:
    committed = folder(tmp_path / "committed", same="1", old="1", changed="1")
    built = folder(tmp_path / "built", same="1", new="1", changed="12")
    assert differences(committed, built) == [
        "changed: committed and built differ (1 and 2 bytes)",
        "new: the sources give it, but it is not committed",
        "old: is committed, but the sources do not give it",
    ]


def test_what_was_built_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    place = folder(tmp_path / "place", same="1", old="1", changed="1")
    built = folder(tmp_path / "built", same="1", new="1", changed="12")
    before = place.joinpath("same").stat().st_mtime_ns
    put_in_place(built, place)
    assert differences(place, built) == []
    assert place.joinpath("same").stat().st_mtime_ns == before
