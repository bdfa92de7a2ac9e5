"""Files that can be made again: kept on disk, made once, forgotten when nobody asks for them.

Thumbnails and posters. The name of such a file says everything it is made of, so it never changes.
"""

from __future__ import annotations

import fcntl
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from yipan.kernel import clock

FOLDER: Final = ".kept"
"""Under the media folder; no address leads into a folder whose name begins with a dot."""
_LOCKS: Final = 64
"""Of each kind."""
_FRESH: Final = timedelta(days=1)
"""The age from which a use is written down (as the file's time of change)."""
_making = threading.local()


def folder(name: str) -> Path:
    """The folder of one kind of kept files."""
    return Path(settings.YIPAN_MEDIA_ROOT) / FOLDER / name


def kept(path: Path, make: Callable[[], bytes]) -> Path:
    """The path of a file under `folder(...)`, made first where it is not there.

    Of many who ask at once, in any thread or process, one makes it and the others wait. What
    `make` raises is raised, and nothing is kept. `make` may ask for kept files of other kinds, as
    a poster does for pictures. Raises RuntimeError if it asks for one of its own kind.
    """
    if _is_there(path):
        return path
    with _one_at_a_time(path):
        if not _is_there(path):
            write(path, make())
    return path


def write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{id(content):x}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def forget_unused(name: str, *, unused_for: timedelta) -> int:
    """Remove the files of a folder that nobody asked for during that time; how many."""
    limit = (clock.now() - unused_for).timestamp()
    removed = 0
    for path in folder(name).rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
    return removed


def _is_there(path: Path) -> bool:
    try:
        used = path.stat().st_mtime
    except FileNotFoundError:
        return False
    if used < (clock.now() - _FRESH).timestamp():
        try:
            path.touch()
        except FileNotFoundError:  # forgotten just now
            return False
    return True


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """A lock per file, or rather of one of a few lock files, so that these do not pile up.

    Each kind has its own: files whose making asks for one another would sooner or later share
    one, and then wait for themselves for ever.
    """
    kind = path.relative_to(folder("")).parts[0]
    locks = folder("locks") / kind
    locks.mkdir(parents=True, exist_ok=True)
    number = zlib.crc32(str(path).encode()) % _LOCKS
    with _within(kind), (locks / f"{number:02d}").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _within(kind: str) -> Iterator[None]:
    """Note that this thread makes a file of the kind."""
    outer: tuple[str, ...] = getattr(_making, "kinds", ())
    if kind in outer:
        message = f"a kept file of the kind {kind!r} asks for another of its kind"
        raise RuntimeError(message)
    _making.kinds = (*outer, kind)
    try:
        yield
    finally:
        _making.kinds = outer
