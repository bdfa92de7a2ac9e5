"""Setting text: widths, lines, an end with … where there is too much of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from PIL import ImageDraw

from yipan.distribution.sharing.posters.fonts import Weight, drawable, runs

_ELLIPSES: Final = ("…", "...")
"""Chinese ones stand in the middle of the line, Latin ones on the ground."""
_WORD_LEFT: Final = 12
"""Letters that are given up at most to end with a whole word."""
_NEVER_FIRST: Final = frozenset("，。、；：？！…—·）》」』】〕”’,.;:?!)]}%℃°")
"""Punctuation that does not begin a line."""
_NEVER_LAST: Final = frozenset("（《「『【〔“‘([{¥￥$#")
"""Punctuation that does not end one."""
_LETTER: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f']")
_NOT_BEFORE_ELLIPSIS: Final = " ,，、·-—.；：;:(（【《「"
_PIECE: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f'’\-./+&%]+|\s|.", re.DOTALL)
"""What stays together: Latin words and numbers; Chinese breaks between any two characters."""


@dataclass(frozen=True, slots=True)
class Type:
    """How a text is set. Pixels."""

    size: int
    colour: str
    weight: Weight = Weight.REGULAR
    leading: int = 0
    """From one baseline to the next; 0: one and a third of the size."""

    @property
    def step(self) -> int:
        return self.leading or self.size * 4 // 3

    def at(self, size: int) -> Type:
        """The same at another size."""
        return replace(self, size=size, leading=self.leading * size // self.size)


def width_of(text: str, type_: Type) -> int:
    """Pixels from the start of a line to its end."""
    return sum(ceil(font.getlength(piece)) for font, piece in runs(text, type_.weight, type_.size))


def put(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, type_: Type, *, to: str = "l"
) -> int:
    """Draw one line with its baseline at `place`; where it ends.

    `to`: whether the place is its left end, its middle or its right end (l, m, r).
    """
    x, baseline = place
    if to != "l":
        x -= width_of(text, type_) // (2 if to == "m" else 1)
    for font, piece in runs(text, type_.weight, type_.size):
        draw.text((x, baseline), piece, font=font, fill=type_.colour, anchor="ls")
        x += ceil(font.getlength(piece))
    return x


def cut(text: str, type_: Type, width: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis behind it."""
    if width_of(text, type_) <= width:
        return text
    fewest, most = 0, len(text)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        if width_of(_ended(text[:middle]), type_) <= width:
            fewest = middle
        else:
            most = middle - 1
    return _ended(_whole_words(text, fewest))


def lines(text: str, type_: Type, width: int, *, most: int) -> list[str]:
    """A text in at most so many lines, the last with … where it goes on."""
    set_lines: list[str] = []
    rest = drawable(text)
    while rest:
        if len(set_lines) == most - 1:
            set_lines.append(cut(rest, type_, width))
            break
        line, rest = _first_line(rest, type_, width)
        set_lines.append(line)
    return set_lines


def fitting(
    text: str, type_: Type, width: int, *, most: int, sizes: Sequence[int]
) -> tuple[Type, list[str]]:
    """The text in the largest of the sizes in which it is whole; in the last one, cut."""
    *larger, least = sizes
    for size in larger:
        found = lines(text, type_.at(size), width, most=most)
        if not (found and found[-1].endswith(_ELLIPSES)):
            return type_.at(size), found
    return type_.at(least), lines(text, type_.at(least), width, most=most)


def _ended(text: str) -> str:
    text = text.rstrip(_NOT_BEFORE_ELLIPSIS)
    return text + _ELLIPSES[text[-1:].isascii() and bool(text)]


def _whole_words(text: str, length: int) -> str:
    """The first characters, fewer where they would end inside a Latin word that began just now."""
    if not (text[length - 1 : length].isascii() and _LETTER.match(text, length)):
        return text[:length]
    blank = text.rfind(" ", 0, length)
    return text[:blank] if blank > max(0, length - _WORD_LEFT) else text[:length]


def _first_line(text: str, type_: Type, width: int) -> tuple[str, str]:
    """As many pieces as fit, and what is left."""
    pieces = _PIECE.findall(text)
    used, length = 0, 0
    for piece in pieces:
        length += width_of(piece, type_)
        if length > width and not piece.isspace():
            break
        used += 1
    if used == len(pieces):
        return text, ""
    if used == 0:  # one word wider than the line
        return _split(text, type_, width)
    fitting_pieces = used
    while used > 1 and (pieces[used] in _NEVER_FIRST or pieces[used - 1] in _NEVER_LAST):
        used -= 1
    if used == 1:  # nothing but punctuation: better a wrong break than an empty line
        used = fitting_pieces
    return "".join(pieces[:used]).rstrip(), "".join(pieces[used:]).lstrip()


def _split(text: str, type_: Type, width: int) -> tuple[str, str]:
    length = 0
    for place, character in enumerate(text):
        length += width_of(character, type_)
        if length > width and place:
            return text[:place], text[place:]
    return text, ""
