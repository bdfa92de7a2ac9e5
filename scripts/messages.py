"""Texts for people: every one is translated, and every catalogue is compiled as it stands.

Without arguments: compiles the catalogues and lists what has no translation yet. With `--check`:
changes nothing. Texts are those that the code marks for translation, the names of tables and
columns that the console shows, and those of the framework whose pages the console wears.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

import django
import unfold
from django.contrib import admin
from django.utils.translation import override, trans_real

from scripts.catalogues import CONTEXT_END, catalogues, compiled, read_po
from yipan.config import launch
from yipan.surfaces.console.names import COLUMN, TABLE, names_of

ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGE: Final = "zh-hans"
_PLAIN: Final = {"gettext", "gettext_lazy", "gettext_noop"}
_PLURAL: Final = {"ngettext", "ngettext_lazy"}
_CONTEXT: Final = {"pgettext", "pgettext_lazy"}
_MARKED: Final = _PLAIN | _PLURAL | _CONTEXT
_STRING: Final = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_TAG: Final = re.compile(rf"\{{%-?\s*(?:trans|translate)\s+({_STRING})")
_INLINE: Final = re.compile(rf"(?<![\w.])_\(({_STRING})\)")
_BLOCK: Final = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(?P<options>[^%]*)%\}(?P<body>.*?)\{%\s*endblocktrans(?:late)?\s*%\}",
    re.DOTALL,
)
_BLOCK_PLURAL: Final = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_CHINESE: Final = "\u4e00-\u9fff"
_NARROW: Final = re.compile(
    rf"[{_CHINESE}”）][,;:?!]|[,;:?!][{_CHINESE}“（]|[{_CHINESE}]\((?!\w+\)[sd])|\([{_CHINESE}]"
)
_AS_IN_THE_FILE: Final = "金额(元)"
"""A column of a bank's file, quoted in a text: it is written as the bank writes it."""


def texts_of_python(source: str) -> Iterator[str]:
    """The keys of what a Python file marks for translation, under whatever name it does."""
    tree = ast.parse(source)
    names = {name: name for name in _MARKED}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {each.asname: each.name for each in node.names if each.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            marked = names.get(node.func.id, "")
            texts = [
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            if marked in _PLAIN and texts:
                yield texts[0]
            elif marked in _PLURAL and len(texts) > 1:
                yield f"{texts[0]}\0{texts[1]}"
            elif marked in _CONTEXT and len(texts) > 1:
                yield texts[0] + CONTEXT_END + texts[1]


def texts_of_template(source: str) -> Iterator[str]:
    """The keys of what a template marks for translation."""
    for pattern in (_TAG, _INLINE):
        for found in pattern.finditer(source):
            yield (
                ast.literal_eval(found[1]).replace("%", "%%")
                if "%" in found[1]
                else str(ast.literal_eval(found[1]))
            )
    for block in _BLOCK.finditer(source):
        trimmed = "trimmed" in block["options"].split()
        forms = [_block_text(each, trimmed) for each in _BLOCK_PLURAL.split(block["body"])]
        yield "\0".join(forms)


def _block_text(body: str, trimmed: bool) -> str:
    text = _VARIABLE.sub(r"%(\1)s", body.replace("%", "%%"))
    if trimmed:
        text = " ".join(line.strip() for line in text.strip().splitlines())
    return text


def texts_of_folder(folder: Path) -> Iterator[str]:
    """The keys of all code and templates in a folder."""
    for path in sorted(folder.rglob("*.py")):
        yield from texts_of_python(path.read_text(encoding="utf-8"))
    for path in sorted(folder.rglob("templates/**/*.html")):
        yield from texts_of_template(path.read_text(encoding="utf-8"))


def names_shown() -> Iterator[str]:
    """The keys of the names of tables and columns that have a screen."""
    screens = admin.site._registry  # noqa: SLF001
    models = set(screens)
    for screen in screens.values():
        models |= {inline.model for inline in screen.inlines}
    for model in models:
        for name in names_of(model):
            yield TABLE + CONTEXT_END + name
        with override("en"):
            columns = [str(field.verbose_name) for field in model._meta.concrete_fields]
        for name in columns:
            yield COLUMN + CONTEXT_END + name


def framework_texts() -> Iterator[str]:
    """The keys of the framework's pages that the console wears."""
    folder = Path(unfold.__file__).parent
    unused = ("unfold/contrib/", "unfold_crispy/", "admin/auth/")
    used = "unfold/contrib/filters/"
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")]):
        name = path.relative_to(folder.parent).as_posix()
        if used in name or not any(each in name for each in unused):
            source = path.read_text(encoding="utf-8")
            yield from texts_of_python(source) if name.endswith("py") else texts_of_template(source)


def all_texts() -> Iterator[str]:
    """Every key that has to have a translation."""
    yield from texts_of_folder(ROOT / "src" / "yipan")
    yield from names_shown()
    yield from framework_texts()


def untranslated(keys: Iterable[str]) -> list[str]:
    """Those keys that have no translation in any catalogue, ours or the framework's."""
    catalogue = trans_real.translation(LANGUAGE)._catalog  # type: ignore[attr-defined] # noqa: SLF001
    return sorted({key for key in keys if not _known(catalogue, key)})


def _known(catalogue: object, key: str) -> bool:
    text, _, plural = key.partition("\0")
    return (text, 0) in catalogue if plural else text in catalogue  # type: ignore[operator]


def stale() -> list[Path]:
    """The catalogues whose compiled form is not what the text says."""
    found = []
    for path in catalogues(ROOT):
        target = path.with_suffix(".mo")
        wanted = compiled(read_po(path))
        if not target.is_file() or _contents(target.read_bytes()) != _contents(wanted):
            found.append(path)
    return found


def _contents(catalogue: bytes) -> object:
    """What a compiled catalogue says, whoever compiled it."""
    return GNUTranslations(io.BytesIO(catalogue))._catalog  # type: ignore[attr-defined] # noqa: SLF001


def twofold() -> list[str]:
    """Texts that two catalogues translate differently: which is shown would be a matter of luck."""
    seen: dict[str, tuple[list[str], Path]] = {}
    found = []
    for path in catalogues(ROOT):
        for key, forms in read_po(path).items():
            known, where = seen.setdefault(key, (forms, path))
            if key and known != forms:
                found.append(f"{key!r}: {known} in {where}, {forms} in {path}")
    return found


def narrow() -> list[str]:
    """Chinese texts with Latin punctuation: it is narrower, and reads as a slip."""
    return [
        form
        for path in catalogues(ROOT)
        for forms in read_po(path).values()
        for form in forms
        if _NARROW.search(form.replace(_AS_IN_THE_FILE, ""))
    ]


def main(arguments: Sequence[str]) -> int:
    """Compile, or with `--check` only look; list what is missing; 1 if anything is."""
    launch.prepare()
    django.setup()
    changed = stale()
    if "--check" not in arguments:
        for path in changed:
            path.with_suffix(".mo").write_bytes(compiled(read_po(path)))
            print(f"compiled {path.relative_to(ROOT)}")
        changed = []
        trans_real._translations.clear()  # type: ignore[attr-defined] # noqa: SLF001
    offences = [f"not compiled: {path.relative_to(ROOT)}" for path in changed]
    offences += [f"translated twice: {each}" for each in twofold()]
    offences += [f"no translation: {each!r}" for each in untranslated(all_texts())]
    offences += [f"Latin punctuation in Chinese: {each!r}" for each in narrow()]
    for offence in offences:
        print(offence)
    print(f"Messages: {len(offences)} offences" if offences else "Every text is translated")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
