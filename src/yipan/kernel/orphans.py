"""Processes that our children leave behind: adopted, so that somebody takes note of their end.

`pg_ctl` starts the server and ends; the server then belongs to process 1. In a container that one
may be a program that never asks after its children, and the ended server stays as a zombie.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_PR_SET_CHILD_SUBREAPER: Final = 36


@contextmanager
def adopting() -> Iterator[None]:
    """What children of this process leave behind meanwhile becomes its own child (Linux only)."""
    _adopt(1)
    try:
        yield
    finally:
        _adopt(0)


def bury(process: int) -> None:
    """Take note of the end of an adopted process; nothing if it is not ours."""
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


def _adopt(on: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, on, 0, 0, 0)
