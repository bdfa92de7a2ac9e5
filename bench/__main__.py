"""Runs the benchmarks of this folder, each in a process of its own.

python -m bench                      all of them
python -m bench share_tokens ARGS    one, with its own options
python -m bench --smoke              all that have small arguments below: do they still run?
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.limited import status_of

# Arguments small enough to show in seconds that a benchmark runs and its answers are right.
SMOKE = {
    "catalogue_search": ("--skus", "2000", "--rounds", "2", "--needed", "0"),
    "commission_engine": ("--lines", "500", "--rounds", "1"),
    "release": ("--entries", "2000", "--rounds", "1", "--needed", "0"),
    "contention": ("--seconds", "5", "--clients", "8"),
    "online_retail": ("--rows", "5000"),
    "posters": ("--links", "2", "--needed", "0"),
    "share_tokens": ("--count", "20000", "--mutations", "20000", "--needed", "0"),
    "stock_contention": ("--seconds", "3"),
}
SMOKE_SECONDS = 120  # for each of them; most take ten
# Makes a large group to measure on, in half an hour; only when it is asked for.
DATA = {"half_year"}


def names() -> list[str]:
    """The benchmarks: modules of this folder that can be run."""
    return sorted(
        path.stem
        for path in Path(__file__).parent.glob("[!_]*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    )


def run(name: str, *arguments: str, limit: int | None = None) -> bool:
    """Run one benchmark; whether it was content, and done within `limit` s."""
    print(f"\n== {name} {' '.join(arguments)}".rstrip(), flush=True)
    return status_of([sys.executable, "-m", f"bench.{name}", *arguments], limit=limit) == 0


def main(arguments: list[str]) -> int:
    """1 if a benchmark was not content."""
    match arguments:
        case []:
            contents = [run(name) for name in names() if name not in DATA]
        case ["--smoke"]:
            contents = [run(name, *SMOKE[name], limit=SMOKE_SECONDS) for name in sorted(SMOKE)]
        case [name, *options] if name in names():
            contents = [run(name, *options)]
        case _:
            print(f"{__doc__}\nThere are: {', '.join(names())}")
            contents = [arguments in (["--help"], ["-h"])]
    return 0 if all(contents) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
