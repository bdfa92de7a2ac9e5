"""What the process remembers of the database, and how to make it forget.

Every cache of rows registers here, so that a process that turns to another database (tests do)
starts with an empty memory.
"""

from __future__ import annotations

from collections.abc import Callable

_forgetters: list[Callable[[], None]] = []


def on_forget(forget: Callable[[], None]) -> Callable[[], None]:
    """Register a function that empties one cache."""
    _forgetters.append(forget)
    return forget


def forget_all() -> None:
    """Empty every cache of rows."""
    for forget in _forgetters:
        forget()
