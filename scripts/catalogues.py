"""Catalogues of translations: reading `.po`, writing `.mo`, without the tools of GNU gettext.

Every `.po` under src is a catalogue: a module's own, or the one of all the others in
`src/yipan/locale`. Its compiled form is committed beside it, so that a fresh machine needs nothing.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CONTEXT_END: Final = "\x04"
"""Stands between the context and the text in the key of an entry."""
_LINE: Final = re.compile(r'^(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+)?("(?:.*)")$')
_MAGIC: Final = 0x950412DE


class CatalogueBroken(Exception):
    """A `.po` file cannot be read; the message says where."""


def read_po(path: Path) -> dict[str, list[str]]:
    """Key → translations (one, or one per plural form) of a catalogue, its head included.

    The key of an entry with a context is `context` + CONTEXT_END + `text`; of one with a plural,
    `text` + NUL + `plural`. Raises CatalogueBroken.
    """
    entries: dict[str, list[str]] = {}
    parts: dict[str, str] = {}
    target = ""
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            _take(entries, parts, path, number)
            parts = {}
            continue
        found = _LINE.match(text)
        if found is None:
            message = f"{path}:{number}: cannot be read"
            raise CatalogueBroken(message)
        if found[1]:
            target = found[1] + (found[2] or "")
            if target in parts:
                message = f"{path}:{number}: {target} twice, or no blank line between two entries"
                raise CatalogueBroken(message)
            parts[target] = ""
        parts[target] += _literal(found[3], path, number)
    return entries


def _literal(quoted: str, path: Path, number: int) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (SyntaxError, ValueError) as error:
        message = f"{path}:{number}: cannot be read"
        raise CatalogueBroken(message) from error


def _take(entries: dict[str, list[str]], parts: dict[str, str], path: Path, number: int) -> None:
    if not parts:
        return
    key = parts.get("msgid", "")
    if "msgctxt" in parts:
        key = parts["msgctxt"] + CONTEXT_END + key
    if "msgid_plural" in parts:
        key += "\0" + parts["msgid_plural"]
    if key in entries:
        message = f"{path}:{number}: {key!r} is there twice"
        raise CatalogueBroken(message)
    forms = sorted(name for name in parts if name.startswith("msgstr"))
    entries[key] = [parts[name] for name in forms]


def compiled(entries: Mapping[str, list[str]]) -> bytes:
    """The `.mo` file of a catalogue; entries without a translation are left out."""
    rows = sorted(
        (key.encode(), "\0".join(forms).encode()) for key, forms in entries.items() if all(forms)
    )
    start = 7 * 4 + 16 * len(rows)
    keys: list[int] = []
    values: list[int] = []
    pool = b""
    for table, texts in ((keys, [key for key, _ in rows]), (values, [text for _, text in rows])):
        for text in texts:
            table += [len(text), start + len(pool)]
            pool += text + b"\0"
    head = [_MAGIC, 0, len(rows), 7 * 4, 7 * 4 + 8 * len(rows), 0, start]
    numbers = [*head, *keys, *values]
    return struct.pack(f"<{len(numbers)}I", *numbers) + pool


def catalogues(root: Path) -> list[Path]:
    """Every `.po` file of the project."""
    return sorted((root / "src").rglob("locale/*/LC_MESSAGES/django.po"))
