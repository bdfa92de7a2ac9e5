"""Running `yipan` as people do: a process of its own, with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECRET = "a-secret-of-the-tests-that-is-long-enough-0123456789"
_OURS = ("YIPAN_", "DATABASE_", "DJANGO_")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Shell:
    """An environment to run commands in."""

    environment: Mapping[str, str]
    folder: Path

    def yipan(self, *arguments: str, given: str = "", timeout: float = 120) -> Ran:
        """Run `yipan <arguments>` to its end."""
        done = subprocess.run(
            self.command(*arguments),
            input=given,
            capture_output=True,
            text=True,
            env=dict(self.environment),
            cwd=self.folder,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `yipan <arguments>`; what it says is one stream."""
        return subprocess.Popen(
            self.command(*arguments),
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "yipan", *arguments]

    def having(self, **settings: str) -> Shell:
        """The same with other settings; an empty one is unset."""
        changed = {**self.environment, **settings}
        return Shell({name: value for name, value in changed.items() if value}, self.folder)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that other accounts may pass.

    Where root runs the tests, servers run as somebody else; and pytest closes the folder above its
    own ones whenever another run begins.
    """
    with tempfile.TemporaryDirectory(prefix="yipan tests ", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def shell(folder: Path, **settings: str) -> Shell:
    """An environment with these settings of Yipan and no others."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(_OURS)}
    return Shell({**inherited, "YIPAN_HOME": str(folder / "home"), **settings}, folder)
