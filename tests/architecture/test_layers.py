"""An import points down, and the plan of the wings is complete."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Folders of the package that hold no modules of their own.
NOT_WINGS = {"cli", "config", "demo", "kernel", "ledger"}


def contracts() -> list[dict[str, Any]]:
    with ROOT.joinpath("pyproject.toml").open("rb") as file:
        settings: dict[str, Any] = tomllib.load(file)["tool"]["importlinter"]
    return list(settings["contracts"])


def test_imports_only_point_down() -> None:
    run = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_contract_has_a_list_of_exceptions() -> None:
    for contract in contracts():
        assert not {"ignore_imports", "exhaustive_ignores"} & set(contract), contract["name"]


def test_every_wing_has_a_contract_that_knows_all_its_modules() -> None:
    package = ROOT.joinpath("src", "yipan")
    wings = {f"yipan.{folder.parent.name}" for folder in package.glob("*/__init__.py")} - {
        f"yipan.{name}" for name in NOT_WINGS
    }
    watched = {
        container
        for contract in contracts()
        if contract.get("exhaustive")
        for container in contract["containers"]
    }
    assert wings <= watched
