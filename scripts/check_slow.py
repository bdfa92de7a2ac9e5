"""The checks too slow for every test run: slow tests, benchmarks in small, the example for real.

A new slow check is one more entry in CHECKS.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest found none that are marked slow


def slow_tests() -> bool:
    """Tests marked slow."""
    command = ["-m", "pytest", "-m", "slow", "-n", "logical", "--maxprocesses", "8"]
    return _python(*command, "--dist", "loadfile", limit=600) in {0, NO_TESTS}


def benchmarks() -> bool:
    """Every benchmark still runs, and its answers are right."""
    return _python("-m", "bench", "--smoke", limit=300) == 0


CHECKS: list[Callable[[], bool]] = [slow_tests, benchmarks]


def _python(*arguments: str, limit: int) -> int:
    """Run Python in the project; its exit status, or 124 when it was stopped after `limit` s."""
    try:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, check=False, timeout=limit
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"stopped after {limit} s")
        return 124


def main() -> int:
    """Run all checks; 1 if one of them failed."""
    outcomes = []
    for check in CHECKS:
        print(f"\n-- {check.__doc__}", flush=True)
        began = time.monotonic()
        good = check()
        outcomes.append(good)
        print(f"-- {'ok' if good else 'FAILED'}, {time.monotonic() - began:.0f} s", flush=True)
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
