"""`make help` is the list of commands a stranger reads; it leaves nothing out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_help_lists_every_command() -> None:
    commands = re.findall(r"^\.PHONY: (.+)$", ROOT.joinpath("Makefile").read_text(), re.MULTILINE)
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert len(commands) > 10
    for command in commands:
        assert re.search(rf"^  make {command} +\S", shown, re.MULTILINE), command


def test_a_bare_make_shows_the_help() -> None:
    bare = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "make run" in bare.stdout
