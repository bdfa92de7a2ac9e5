"""The checks too slow for every test run: slow tests, benchmarks in small, the example for real.

A new slow check is one more entry in CHECKS.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.limited import status_of

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest found none that are marked slow
FIRST_START_SECONDS = 240  # database, migrations and the demo group on a slow machine
SECOND_START_SECONDS = 20  # 10 are promised; a build machine is seldom idle
STOP_SECONDS = 40
ENDED_WELL = {0, 130}  # 130 is how a shell names the end by Ctrl-C


def slow_tests() -> bool:
    """Tests marked slow."""
    command = ["-m", "pytest", "-m", "slow", "-n", "logical", "--maxprocesses", "8"]
    return _python(*command, "--dist", "loadfile", limit=600) in {0, NO_TESTS}


def benchmarks() -> bool:
    """Every benchmark still runs, and its answers are right."""
    return _python("-m", "bench", "--smoke", limit=300) == 0


def platform() -> bool:
    """`yipan up` starts, plays the example, stops on Ctrl-C, and starts again in a moment."""
    with tempfile.TemporaryDirectory(prefix="yipan-", ignore_cleanup_errors=True) as home:
        with _served(home, FIRST_START_SECONDS) as environment:
            played = [
                _python(str(example), limit=400, environment=environment) == 0
                for example in sorted(ROOT.joinpath("examples").glob("*.py"))
            ]
        with _served(home, SECOND_START_SECONDS):
            pass
    return all(played)


CHECKS: list[Callable[[], bool]] = [slow_tests, benchmarks, platform]


class CheckFailed(Exception):
    """What a check found wrong."""


@contextmanager
def _served(home: str, patience: int) -> Iterator[dict[str, str]]:
    """Yipan with its data in `home`, answering within `patience` s; the environment to reach it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")
    }
    base = f"http://localhost:{port}"
    environment |= {"YIPAN_HOME": home, "YIPAN_BASE_URL": base}
    began = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "yipan", "up", "--port", str(port)], cwd=ROOT, env=environment
    )
    try:
        while not _answers(f"{base}/health"):
            if server.poll() is not None or time.monotonic() - began > patience:
                message = f"no answer within {patience} s (exit status {server.poll()})"
                raise CheckFailed(message)
            time.sleep(0.1)
        print(f"ready after {time.monotonic() - began:.1f} s", flush=True)
        yield environment
        server.send_signal(signal.SIGINT)
        status = server.wait(STOP_SECONDS)
        left = [str(path) for path in Path(home).rglob("postmaster.pid")]
        if status not in ENDED_WELL or left:
            message = f"did not stop cleanly: exit status {status}, left behind: {left}"
            raise CheckFailed(message)
    except subprocess.TimeoutExpired as error:
        message = f"did not stop within {STOP_SECONDS} s"
        raise CheckFailed(message) from error
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    """End a server that a failed check left running, and give it the time to end its own."""
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def _python(*arguments: str, limit: int, environment: Mapping[str, str] | None = None) -> int:
    """Run Python in the project; its exit status, see `status_of`."""
    command = [sys.executable, *arguments]
    return status_of(command, limit=limit, folder=ROOT, environment=environment)


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except CheckFailed as error:
        print(error)
        return False


def main() -> int:
    """Run all checks, or those named; 1 if one of them failed."""
    outcomes = []
    for check in CHECKS:
        if sys.argv[1:] and check.__name__ not in sys.argv[1:]:
            continue
        print(f"\n-- {check.__doc__}", flush=True)
        began = time.monotonic()
        good = _passes(check)
        outcomes.append(good)
        print(f"-- {'ok' if good else 'FAILED'}, {time.monotonic() - began:.0f} s", flush=True)
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
