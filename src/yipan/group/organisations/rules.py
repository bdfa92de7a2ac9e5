"""Where an organisation may stand: pure rules of the four levels."""

from __future__ import annotations

from typing import Final

from yipan.group.organisations.errors import (
    LevelRefused,
    LevelUnknown,
    MoveMakesCycle,
    StoreNeedsCompany,
)

RANKS: Final = ("headquarters", "industry_group", "company", "store")
"""The levels, highest first."""


def check_place(*, level: str, parent_level: str) -> None:
    """A node stands strictly below its parent's level.

    Levels may be left out on the way down (a company directly under headquarters), except the
    company above a store: somebody has to bear the store's expense. So a store stands directly
    under a company, and nothing stands under a store.

    Raises LevelUnknown, LevelRefused, StoreNeedsCompany.
    """
    if level not in RANKS:
        raise LevelUnknown(level=level)
    if RANKS.index(level) <= RANKS.index(parent_level):
        raise LevelRefused(level=level, parent_level=parent_level)
    if level == "store" and parent_level != "company":
        raise StoreNeedsCompany(parent_level=parent_level)


def check_no_cycle(*, name: str, path: str, parent_path: str) -> None:
    """The new parent is neither the node nor below it. Raises MoveMakesCycle."""
    if parent_path.startswith(path):
        raise MoveMakesCycle(organisation=name)


def subtree_range(path: str) -> tuple[str, str]:
    """The half-open range of paths that make up a subtree, compared byte by byte.

    `/1/5/` gives `/1/5/` ≤ path < `/1/50`: the character after `/` is `0`, and a path has only
    digits and slashes. Raises ValueError for what is not a path.
    """
    if len(path) < 3 or path[0] != "/" or path[-1] != "/":
        message = f"not a path of an organisation: {path!r}"
        raise ValueError(message)
    return path, f"{path[:-1]}0"
