"""Search words: what a text is found by, and what a query looks for.

Every query word is a *prefix* of a stored word, so that search as you type needs nothing more.
Chinese has no blanks: a run of characters is stored as its pairs and the last character alone
(智能手机: 智能, 能手, 手机, 机), and a query is cut into pairs too; a single character is the
prefix of the pairs that start with it. Latin words and codes are stored whole, and again from each
change between letters and digits on (mate60pro: mate60pro, 60pro, pro).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

WORD_LENGTH: Final = 40
MOST_PREFIXES: Final = 8

# Han with its extensions, compatibility forms and 々〇, kana, hangul.
_CJK: Final = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U000323af"
)
_RUN: Final = re.compile(rf"([{_CJK}]+)|([^\W_{_CJK}]+)")
_PAIR: Final = re.compile(rf"[{_CJK}]+")
_ACCENTED: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_CHANGE: Final = re.compile(r"(?<=\d)(?=\D)|(?<=\D)(?=\d)")


def folded(text: str) -> str:
    """The text without the differences that nobody types: width, case, accents of Latin letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], text)
    return text.casefold()


def words_of(*texts: str) -> list[str]:
    """The words by which texts are found, each once, in order."""
    words: dict[str, None] = {}
    for text in texts:
        for cjk, other in _RUN.findall(folded(text)):
            if cjk:
                words.update((cjk[start : start + 2], None) for start in range(len(cjk)))
                continue
            starts = [0, *(change.start() for change in _CHANGE.finditer(other))]
            words.update((other[start : start + WORD_LENGTH], None) for start in starts)
    return list(words)


def prefixes_of(query: str) -> list[str]:
    """What a query looks for: all of these, each the beginning of some word; the first eight."""
    found: dict[str, None] = {}
    for cjk, other in _RUN.findall(folded(query)):
        if cjk:
            pairs = max(1, len(cjk) - 1)
            found.update((cjk[start : start + 2], None) for start in range(pairs))
        else:
            found[other[:WORD_LENGTH]] = None
    # "手" says nothing beside "手机", and "mate" nothing beside "mate60".
    needed = [
        prefix
        for prefix in found
        if not any(other != prefix and other.startswith(prefix) for other in found)
    ]
    return needed[:MOST_PREFIXES]


def is_whole(prefix: str) -> bool:
    """Whether no stored word is longer: it is a pair of Chinese characters."""
    return len(prefix) == 2 and _PAIR.fullmatch(prefix) is not None


def as_written(words: Iterable[str]) -> str:
    """Words as they stand in a SKU's row, each after a blank: `strpos(words, ' mat')` finds one."""
    return "".join(f" {word}" for word in words)
