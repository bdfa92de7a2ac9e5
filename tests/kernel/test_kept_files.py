"""Files that can be made again are made once, and go when nobody asks for them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from yipan.kernel import clock
from yipan.kernel.kept_files import folder, forget_unused, kept


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path)
    return tmp_path


def test_of_many_who_ask_at_once_one_makes_it(
    run_concurrently: Callable[[Callable[[int], Path], int], list[Path]],
) -> None:
    made: list[int] = []

    def ask(number: int) -> Path:
        def make() -> bytes:
            made.append(number)
            time.sleep(0.05)
            return b"content"

        return kept(folder("things") / "a" / "b.bin", make)

    paths = run_concurrently(ask, 6)
    assert len(made) == 1
    assert {path.read_bytes() for path in paths} == {b"content"}


def test_what_fails_keeps_nothing() -> None:
    def fail() -> bytes:
        raise OSError("the disk")

    path = folder("things") / "c.bin"
    with pytest.raises(OSError, match="the disk"):
        kept(path, fail)
    assert kept(path, lambda: b"now").read_bytes() == b"now"


def test_what_nobody_asked_for_is_forgotten_and_what_is_used_stays() -> None:
    used, unused = (kept(folder("things") / name, lambda: b"1") for name in ("used", "unused"))
    long_ago = (clock.now() - timedelta(days=40)).timestamp()
    for path in (used, unused):
        os.utime(path, (long_ago, long_ago))
    kept(used, lambda: b"never")
    assert forget_unused("things", unused_for=timedelta(days=30)) == 1
    assert used.exists()
    assert not unused.exists()


@pytest.mark.timeout(30)
def test_a_file_may_be_made_of_files_of_another_kind_whatever_their_names() -> None:
    """More of them than there are locks, so that some have the same one in both kinds."""
    for number in range(300):
        part = folder("parts") / f"{number}.bin"
        whole = folder("things") / f"{number * number}.bin"
        assert kept(whole, partial(_whole, part)).read_bytes() == b"part in whole"


def _whole(part: Path) -> bytes:
    return kept(part, lambda: b"part").read_bytes() + b" in whole"


@pytest.mark.timeout(30)
def test_a_file_cannot_be_made_of_files_of_its_own_kind() -> None:
    """It would wait for itself as soon as both have the same lock; so it fails always."""
    inner = folder("things") / "inner.bin"
    with pytest.raises(RuntimeError, match="'things'"):
        kept(folder("things") / "outer.bin", lambda: kept(inner, lambda: b"1").read_bytes())
    assert kept(inner, lambda: b"2").read_bytes() == b"2"
