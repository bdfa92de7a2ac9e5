"""What the documents name is there: commands, targets, settings, modules, files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from scripts.check_limits import source_files
from yipan.cli.root import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [name for name in source_files(ROOT) if name.endswith(".md") and name != "CHANGELOG.md"]
FOR_TESTS = {"YIPAN_TEST_DATABASE_URL", "YIPAN_TEST_PLATFORM", "YIPAN_CHROMIUM", "YIPAN_NO_APT"}
TO_BE_WRITTEN = {"src/yipan/trade/payments/providers/wechat_pay.py"}
"""What a guide tells others to add."""
BETWEEN_PROCESSES = {"YIPAN_LIFELINE"}
"""Set by one of our processes for another."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(page: str) -> Iterator[str]:
    """What stands in a page as code: in blocks and within lines."""
    text = read(page)
    blocks = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    yield from (line for block in blocks.findall(text) for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", blocks.sub("", text))


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {found for each in code_of(page) for found in re.findall(r"^make ([a-z-]+)", each)}
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_there(page: str) -> None:
    known = {command.name for command in COMMANDS}
    begins = r"^(?:\.venv/bin/)?yipan ([a-z-]+)"
    named = {found for each in code_of(page) for found in re.findall(begins, each)}
    assert named - known == set()


def test_the_operations_guide_names_every_command() -> None:
    known = {command.name for command in COMMANDS}
    guide = read("docs/guides/operations.md")
    assert {name for name in known if not re.search(rf"`yipan {name}\b", guide)} == set()


def test_every_setting_is_explained_and_every_explained_one_is_read() -> None:
    variable = re.compile(r"\"((?:YIPAN|DATABASE)_[A-Z_]+)\"")
    read_by_code = set()
    for name in source_files(ROOT):
        if name.startswith("src/yipan/") and name.endswith(".py"):
            source = read(name)
            calls = re.findall(r"(?:env\.\w+|environ(?:\.\w+)?|getenv)[\[(]\s*(\"\w+\")", source)
            read_by_code |= {found for each in calls for found in variable.findall(each)}
    explained = set(
        re.findall(r"`((?:YIPAN|DATABASE)_[A-Z_]+)`", read("docs/guides/configuration.md"))
    )
    assert read_by_code - BETWEEN_PROCESSES - explained == set()
    named = {found for page in PAGES for found in re.findall(r"\bYIPAN_[A-Z_]+\b", read(page))}
    assert named - explained - FOR_TESTS == set()


def test_the_map_shows_the_modules_in_the_order_that_imports_keep() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = {
        each["containers"][0].removeprefix("yipan."): [
            layer.strip("()") for layer in reversed(each["layers"])
        ]
        for each in contracts
        if each["type"] == "layers" and each["id"] != "wings"
    }
    row = re.compile(r"^\| `(\w+)` \| [^|]+ \| (.*`.*) \|$", re.MULTILINE)
    shown = {
        wing: re.findall(r"`(\w+)`", modules)
        for wing, modules in row.findall(read("docs/architecture.md"))
    }
    assert shown == layers
    nested = {name for name in settings.MODULES if name.count(".") == 2}
    assert nested == {f"yipan.{wing}.{name}" for wing, names in layers.items() for name in names}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page: str) -> None:
    """Paths from the root of the project, such as `scripts/atlas.py`."""
    path = re.compile(r"^(?:src|tests|scripts|docs|frontend|bench|examples)/[\w./-]+\.\w+$")
    named = {each for each in code_of(page) if path.match(each)}
    assert {each for each in named if not (ROOT / each).exists()} - TO_BE_WRITTEN == set()
