"""The letters of posters: two weights that come along, a third file for rare characters.

Nothing depends on the fonts of the machine: Noto Sans SC (SIL Open Font License) is here with the
characters of GB 2312 in two weights, and with the rest of GBK packed in one. Where the machine
has a Chinese font too, it draws what even GBK lacks; what nobody can draw becomes a hollow square,
or nothing if it is an emoji.
"""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import ImageFont

from yipan.kernel.kept_files import folder, kept

VERSION: Final = "noto-sans-sc-1"
"""To be raised when the files change, so that posters are drawn anew."""
_HERE: Final = Path(__file__).parent.joinpath("fonts")
_RARE: Final = "NotoSansSC-Rare.ttf"
_MACHINES: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
)
_SQUARE: Final = "□"
_NO_CHARACTER: Final = "\U0010ffff"
_PLAIN: Final = (
    (0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2028), (0x2030, 0x2040), (0x20AC, 0x20AD),
    (0x2116, 0x2117), (0x2122, 0x2123), (0x3000, 0x3020), (0xFF01, 0xFF5F), (0xFFE5, 0xFFE6),
)  # fmt: skip
"""As in scripts/poster_fonts.py: what the two weights have beside GB 2312."""

Font = ImageFont.FreeTypeFont


class Weight(StrEnum):
    """How heavy letters are."""

    REGULAR = "Regular"
    BOLD = "Bold"


class _Source(StrEnum):
    """Which file draws a character."""

    USUAL = "usual"
    RARE = "rare"
    MACHINE = "machine"
    NONE = "none"


@lru_cache(maxsize=256)
def font(weight: Weight, size: int) -> Font:
    """The usual characters at a size (pixels of an em)."""
    return ImageFont.truetype(_HERE.joinpath(f"NotoSansSC-{weight}.ttf"), size)


def runs(text: str, weight: Weight, size: int) -> Iterator[tuple[Font, str]]:
    """A text in pieces, each with the font that has its characters. For what `drawable` gives."""
    for source, characters in groupby(text, key=_source):
        piece = "".join(characters)
        if source is _Source.RARE:
            yield _rare(size), piece
        elif source is _Source.MACHINE:
            yield _machine(size) or font(weight, size), piece
        else:
            yield font(weight, size), piece


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """The text as it can be drawn: composed, in one line, without emoji.

    A letter or numeral that no font has becomes a hollow square.
    """
    kept_characters = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            kept_characters.append(" ")
        elif _source(character) is not _Source.NONE:
            kept_characters.append(character)
        elif unicodedata.category(character)[0] in "LN":
            kept_characters.append(_SQUARE)
    return " ".join("".join(kept_characters).split())


@lru_cache(maxsize=8192)
def _source(character: str) -> _Source:
    point = ord(character)
    if any(start <= point < end for start, end in _PLAIN) or _is_in(character, "gb2312"):
        return _Source.USUAL
    if _is_in(character, "gbk"):
        return _Source.RARE
    if unicodedata.category(character)[0] in "LNP" and _machine_has(character):
        return _Source.MACHINE
    return _Source.NONE


def _is_in(character: str, codec: str) -> bool:
    try:
        return len(character.encode(codec)) > 1
    except UnicodeEncodeError:
        return False


@lru_cache(maxsize=64)
def _rare(size: int) -> Font:
    packed = _HERE.joinpath(f"{_RARE}.xz")
    unpacked = folder("fonts").joinpath(f"{VERSION}-{_RARE}")
    return ImageFont.truetype(kept(unpacked, lambda: lzma.decompress(packed.read_bytes())), size)


@lru_cache(maxsize=64)
def _machine(size: int) -> Font | None:
    """The Chinese font of the machine, if it has one that we know."""
    for path in _MACHINES:
        try:
            return ImageFont.truetype(path, size, index=2 if "CJK" in path else 0)
        except OSError:
            continue
    return None


def _machine_has(character: str) -> bool:
    found = _machine(40)
    return found is not None and bytes(found.getmask(character)) != _missing_in_machine()


@lru_cache(maxsize=1)
def _missing_in_machine() -> bytes:
    """What the machine's font draws for a character it does not have."""
    found = _machine(40)
    return b"" if found is None else bytes(found.getmask(_NO_CHARACTER))
