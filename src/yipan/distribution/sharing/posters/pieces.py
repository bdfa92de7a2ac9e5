"""What all templates are put together from: prices, tags, people, codes, pictures."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

from PIL import Image

from yipan.distribution.sharing.posters.codes import code
from yipan.distribution.sharing.posters.content import Content
from yipan.distribution.sharing.posters.drawing import Box, Sheet, framed, round_mask, rounded
from yipan.distribution.sharing.posters.fonts import Weight, drawable
from yipan.distribution.sharing.posters.scenes import nothing, shop_front
from yipan.distribution.sharing.posters.typesetting import Type, cut, put, width_of
from yipan.goods.catalogue.pictures import open_picture
from yipan.kernel.money import yuan

WIDTH: Final = 1080
INK: Final = "#1b2523"
SOFT: Final = "#6d7876"
LINE: Final = "#e4e8e6"
JADE: Final = "#1f7a66"
JADE_DEEP: Final = "#0f3f36"
JADE_PALE: Final = "#e6f1ee"
CINNABAR: Final = "#c8371f"
_GROUNDS: Final = ("#1f7a66", "#8a5a44", "#3d5a80", "#7d5a8c", "#a0522d", "#4a6b3a", "#2f6f7e")
_PICTURE: Final = 960
_PORTRAIT: Final = 320
_CHINESE: Final = 0x2E80
"""Where the signs of Chinese begin, as for the avatars of pages."""


def price(
    sheet: Sheet, place: tuple[int, int], fen: int, type_: Type, *, width: int, to: str = "l"
) -> int:
    """An amount, its sign and cents smaller than the yuan; where it ends. Shrinks to the width."""
    whole, cents = yuan(fen).removeprefix("¥").split(".")
    pieces = _sized(whole, cents, type_)
    length = _length(pieces)
    if length > width:
        pieces = _sized(whole, cents, type_.at(type_.size * width // length))
        length = _length(pieces)
    x, baseline = place
    start = x - {"l": 0, "m": length // 2, "r": length}[to]
    for text, sized, gap in pieces:
        start = put(sheet.draw, (start + gap, baseline), text, sized)
    return start


def _sized(whole: str, cents: str, type_: Type) -> list[tuple[str, Type, int]]:
    """Text, type, and the room in front of it."""
    small = type_.at(max(14, type_.size * 52 // 100))
    return [("¥", small, 0), (whole, type_, type_.size // 18), (f".{cents}", small, 1)]


def _length(pieces: Sequence[tuple[str, Type, int]]) -> int:
    return sum(gap + width_of(text, type_) for text, type_, gap in pieces)


def struck(sheet: Sheet, place: tuple[int, int], fen: int, type_: Type, *, width: int) -> int:
    """An amount that is no longer asked, with a line through it; where it ends."""
    text = yuan(fen)
    length = width_of(text, type_)
    if length > width:
        type_ = type_.at(max(16, type_.size * width // length))
        if width_of(text, type_) > width:
            return place[0]
    end = sheet.text(place, text, type_)
    middle = place[1] - type_.size * 35 // 100
    thick = max(2, type_.size // 16)
    sheet.draw.rectangle((place[0] - 3, middle, end + 3, middle + thick - 1), type_.colour)
    return end


def chips(
    sheet: Sheet,
    place: tuple[int, int],
    tags: Sequence[str],
    type_: Type,
    *,
    ground: str,
    width: int,
) -> int:
    """Tags in a row, as many as fit; where the last one ends. The place is the upper left."""
    x, top = place
    height, air = type_.size * 9 // 5, type_.size * 2 // 3
    for tag in filter(None, map(drawable, tags)):
        text = cut(tag, type_, min(width, 420) - 2 * air)
        end = x + 2 * air + width_of(text, type_)
        if end > place[0] + width:
            break
        sheet.panel((x, top, end, top + height), ground, radius=height // 2)
        sheet.text((x + air, top + height // 2 + type_.size * 36 // 100), text, type_)
        x = end + type_.size // 2
    return x


def person(sheet: Sheet, box: Box, name: str, portrait: str, *, ring: str = "") -> None:
    """A portrait in a circle, or a sign of the name on a colour of its own."""
    side = box[2] - box[0]
    if ring:
        edge = max(3, side // 24)
        sheet.disc((box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge), ring)
    image = open_picture(portrait, width=_PORTRAIT) if portrait else None
    if image is not None:
        sheet.picture(framed(image, side, side), (box[0], box[1]), round_mask(side))
        return
    ground = _GROUNDS[zlib.crc32(name.encode()) % len(_GROUNDS)]
    sheet.disc(box, ground)
    letter = face(name)
    type_ = Type(side * 46 // 100, "#ffffff", Weight.BOLD)
    baseline = box[1] + side // 2 + type_.size * 36 // 100
    sheet.text(((box[0] + box[2]) // 2, baseline), letter, type_, to="m")


def initial(name: str) -> str:
    """The first letter of a name that can be drawn, in capitals."""
    letters = _letters(name)
    return letters[0].upper() if letters else "·"


def face(name: str) -> str:
    """What a portrait that is missing shows: the last sign of a Chinese name, else the first."""
    letters = _letters(name)
    return letters[-1] if letters and ord(letters[-1]) >= _CHINESE else initial(name)


def _letters(name: str) -> list[str]:
    return [letter for letter in drawable(name) if letter.isalnum()]


def scene(content: Content, width: int, height: int) -> Image.Image:
    """The picture of the goods in a frame, or the drawing that stands for it; else the shop's."""
    if not content.goods:
        return shop_front(width, height)
    image = open_picture(content.picture, width=_PICTURE) if content.picture else None
    return nothing(width, height) if image is None else framed(image, width, height)


def qr(sheet: Sheet, place: tuple[int, int], address: str, side: int, *, radius: int = 20) -> None:
    """The code in a white square; its round corners reach into the quiet zone only."""
    square = code(address, side).convert("RGB")
    sheet.picture(square, place, rounded(side, side, radius))
