"""What gets installed is exactly what was looked at."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"

both_locks = pytest.mark.parametrize("name", [RUNTIME, DEVELOPMENT])


def entries(name: str) -> list[str]:
    """The requirements of a lock, each on one line with its hashes."""
    text = re.sub(r"^ *#.*\n", "", ROOT.joinpath(name).read_text(), flags=re.MULTILINE)
    return text.replace("\\\n", " ").splitlines()


def pins(name: str) -> set[str]:
    return {entry.split(" --hash=")[0].strip() for entry in entries(name)}


def locked(name: str) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for pin in pins(name):
        requirement = Requirement(pin)
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def declared(*groups: str) -> list[Requirement]:
    with ROOT.joinpath("pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)
    words = list(project["project"]["dependencies"])
    for group in groups:
        words += project["dependency-groups"][group]
    return [Requirement(word) for word in words]


@both_locks
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    assert len(entries(name)) > 20
    for entry in entries(name):
        pin, *hashes = entry.split("--hash=")
        assert hashes, f"{pin} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64} *", value) for value in hashes), entry
        assert re.fullmatch(r"==[^,*]+", str(Requirement(pin).specifier)), pin


@both_locks
def test_a_lock_names_no_host_and_no_option(name: str) -> None:
    text = ROOT.joinpath(name).read_text()
    assert "://" not in text
    assert not re.search(r"^--|\b[\w-]+\.(?:com|org|net|io|cn)\b", text, flags=re.MULTILINE)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    for name, groups in ((RUNTIME, ["build"]), (DEVELOPMENT, ["build", "dev"])):
        lock = locked(name)
        for wish in declared(*groups):
            found = lock.get(canonicalize_name(wish.name), [])
            assert found, f"{wish} is not in {name}: run `make lock`"
            for pin in found:
                version = str(pin.specifier).removeprefix("==")
                assert wish.specifier.contains(version), f"{pin} does not fit {wish}"


def test_work_and_production_run_the_same_versions() -> None:
    assert pins(RUNTIME) <= pins(DEVELOPMENT)
