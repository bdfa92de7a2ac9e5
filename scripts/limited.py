"""Commands that may take so long and no longer."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]

STOPPED: Final = 124
"""As `timeout` of the shell says it."""


def status_of(
    command: Sequence[str],
    *,
    limit: float | None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a command; its exit status.

    STOPPED when it was ended after `limit` s, and with it all that it had started.
    """
    process = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        print(f"stopped after {limit} s", flush=True)
        _end_family(process.pid)
        return STOPPED


def _end_family(pid: int) -> None:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family, timeout=10)
