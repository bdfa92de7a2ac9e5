"""Child processes that live and end together with this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from yipan.cli.lifeline import VARIABLE
from yipan.cli.screen import CommandFailed

PATIENCE_SECONDS: Final = 30
"""How long a child may take to end what is under way."""


class Children:
    """Some commands of ours, each a process of its own."""

    def __init__(self) -> None:
        self._held, self._given = os.pipe()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start `yipan <arguments>`.

        In a session of its own: a Ctrl-C in the terminal reaches this process only, which ends the
        others in order.
        """
        os.set_inheritable(self._held, True)
        self._running[name] = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "yipan", *arguments],
            env={**os.environ, VARIABLE: str(self._held)},
            stdin=subprocess.DEVNULL,
            pass_fds=(self._held,),
            start_new_session=True,
        )

    def ended(self) -> tuple[str, int] | None:
        """Name and exit code of a child that has ended, if any has."""
        for name, child in self._running.items():
            code = child.poll()
            if code is not None:
                return name, code
        return None

    def stop(self, patience: float = PATIENCE_SECONDS) -> list[str]:
        """End them all, within so many seconds; names of those that had to be killed."""
        for child in self._running.values():
            child.terminate()
        deadline = time.monotonic() + patience
        killed = []
        for name, child in self._running.items():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed.append(name)
            # What a child started itself and left behind.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._running.clear()
        os.close(self._given)
        os.close(self._held)
        return killed


def run(*arguments: str) -> None:
    """Run `yipan <arguments>` to its end, in this terminal. Raises CommandFailed."""
    command = [sys.executable, "-m", "yipan", *arguments]
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
    if code:
        message = f"`yipan {' '.join(arguments)}` ended with code {code}."
        raise CommandFailed(message)


@contextmanager
def interruptible() -> Iterator[None]:
    """Have the first SIGINT, SIGTERM or SIGHUP raise KeyboardInterrupt, and the others do nothing.

    So that whatever is under way is undone in order, and the undoing is not itself interrupted.
    """
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
