"""Every text that people read is there in Chinese, and the compiled catalogues are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import messages
from scripts.catalogues import CONTEXT_END, CatalogueBroken, compiled, read_po


def test_every_text_has_a_translation() -> None:
    assert messages.untranslated(messages.all_texts()) == []


def test_every_catalogue_is_compiled_as_it_stands() -> None:
    assert messages.stale() == []


def test_one_text_has_one_translation() -> None:
    assert messages.twofold() == []


def test_chinese_texts_have_chinese_punctuation() -> None:
    assert messages.narrow() == []


def test_texts_of_code_are_found_under_any_name() -> None:
    source = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy as named
_("one " "text"); ngettext("a day", "days", n); named("column", "code"); other("no"); _(variable)
"""
    assert list(messages.texts_of_python(source)) == [
        "one text",
        "a day\0days",
        f"column{CONTEXT_END}code",
    ]


def test_texts_of_templates_are_found() -> None:
    source = """
{% translate "One" %}{% trans 'Two' as two %}{% include "x.html" with label=_("Three") %}
{% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% blocktranslate trimmed with who=name %}
    Dear {{ who }},
    welcome
{% endblocktranslate %}
"""
    found = set(messages.texts_of_template(source))
    assert found == {"One", "Two", "Three", "%(n)s row\0%(n)s rows", "Dear %(who)s, welcome"}


def test_a_catalogue_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: zh\\n"\n\n#: a.py\nmsgctxt "column"\nmsgid "code"\n'
        'msgstr "编码"\n\nmsgid "day"\nmsgid_plural "days"\nmsgstr[0] "天"\n\nmsgid "two \\"\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogueBroken):
        read_po(path)
    path.write_text(path.read_text(encoding="utf-8").replace('msgid "two \\"\n', ""), "utf-8")
    assert read_po(path) == {
        "": ["Language: zh\n"],
        f"column{CONTEXT_END}code": ["编码"],
        "day\0days": ["天"],
    }


def test_entries_without_a_translation_are_not_compiled() -> None:
    assert compiled({"a": ["b"], "c": [""]}) == compiled({"a": ["b"]})
