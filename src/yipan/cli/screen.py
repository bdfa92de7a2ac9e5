"""What the commands say, and where: answers to stdout, everything else to stderr."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

answers: Final = Console(highlight=False, markup=False, soft_wrap=True)
notes: Final = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class CommandFailed(Exception):
    """What the user asked for cannot be done; one line says why, and what to do."""


def progress() -> Progress:
    """Bars for long work; nothing moves where nobody watches."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=notes,
        disable=not notes.is_terminal,
    )
