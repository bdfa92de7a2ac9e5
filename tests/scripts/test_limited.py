"""A command is ended in time, and with it what it started."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from scripts.limited import STOPPED, status_of

_PARENT = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""


def test_its_status_is_handed_on() -> None:
    assert status_of([sys.executable, "-c", "raise SystemExit(3)"], limit=60) == 3


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    noted = tmp_path / "child"
    assert status_of([sys.executable, "-c", _PARENT, str(noted)], limit=5) == STOPPED
    pid = int(noted.read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
