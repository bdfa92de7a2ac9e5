"""Refusals are told in the reader's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

import yipan

MODULES = ("group/organisations", "group/people", "distribution/distributors")


def texts(module: str) -> set[str]:
    """Every text of a module that is marked for translation."""
    found = set()
    folder = Path(yipan.__file__).parent / module
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text))]):
                    found.add(text)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_text_has_its_chinese(module: str) -> None:
    with translation.override("zh-hans"):
        english = {text for text in texts(module) if gettext(text).isascii()}
    assert english == set()
    assert len(texts(module)) > 10
