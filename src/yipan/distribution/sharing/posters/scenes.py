"""Drawings where there is no photograph: a bag for goods, a front for a shop."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from yipan.distribution.sharing.posters.drawing import gradient

_SKY: Final = ("#f4f8f6", "#e3efeb")
_THIN: Final = "#a9cdc3"
_JADE: Final = "#1f7a66"
_DARK: Final = "#16564a"
_WALL: Final = "#fbf6ea"
_WOOD: Final = "#c79a6b"
_GLASS: Final = "#cfe6e4"
_FINER: Final = 2
_UNITS: Final = 400


class _Pen:
    """Draws finer than the picture is, in units of which 400 make the side of a square."""

    def __init__(self, side: int) -> None:
        self._side = side
        self._fine = side * _FINER
        self.image = Image.new("RGBA", (side * _FINER, side * _FINER), "#ffffff00")
        self._draw = ImageDraw.Draw(self.image)

    def _at(self, values: tuple[int, ...]) -> list[int]:
        return [self._pixels(value) for value in values]

    def _pixels(self, units: int) -> int:
        return units * self._fine // _UNITS

    def box(self, *at: int, fill: str | None = None, line: str | None = None, r: int = 0) -> None:
        width = self._pixels(8) if line else 0
        self._draw.rounded_rectangle(
            self._at(at), self._pixels(r), fill=fill, outline=line, width=width
        )

    def arc(self, *at: int, line: str) -> None:
        self._draw.arc(self._at(at), 180, 360, fill=line, width=self._pixels(8))

    def drop(self, *at: int, fill: str) -> None:
        """The lower half of an ellipse."""
        self._draw.pieslice(self._at(at), 0, 180, fill=fill)

    def disc(self, *at: int, fill: str) -> None:
        self._draw.ellipse(self._at(at), fill=fill)

    def over(self, width: int, height: int) -> Image.Image:
        """What was drawn, in the middle of a quiet ground. Not to be drawn on."""
        ground = gradient(width, height, *_SKY).copy()
        drawn = self.image.resize((self._side, self._side), Image.Resampling.BOX)
        ground.paste(drawn, ((width - self._side) // 2, (height - self._side) // 2), drawn)
        return ground


@lru_cache(maxsize=8)
def nothing(width: int, height: int) -> Image.Image:
    """Goods without a picture: a shopping bag in thin lines."""
    pen = _Pen(min(width, height) * 62 // 100)
    pen.box(126, 168, 274, 292, line=_THIN, r=14)
    pen.arc(164, 124, 236, 196, line=_THIN)
    pen.box(164, 158, 171, 198, fill=_THIN, r=3)
    pen.box(229, 158, 236, 198, fill=_THIN, r=3)
    return pen.over(width, height)


@lru_cache(maxsize=8)
def shop_front(width: int, height: int) -> Image.Image:
    """A shop: awning, window and door."""
    pen = _Pen(min(width, height) * 86 // 100)
    pen.box(40, 330, 360, 338, fill="#cfdcd7", r=4)
    pen.box(66, 120, 334, 332, fill=_WALL)
    pen.box(66, 78, 334, 126, fill=_DARK, r=10)
    pen.box(150, 94, 250, 106, fill="#e9c98f", r=6)
    pen.box(90, 204, 222, 294, fill=_GLASS, r=6)
    pen.box(100, 214, 152, 284, fill="#e4f2f0", r=4)
    pen.box(90, 294, 222, 306, fill=_WOOD, r=3)
    pen.box(246, 204, 310, 332, fill=_WOOD, r=6)
    pen.box(256, 214, 300, 282, fill=_GLASS, r=4)
    pen.disc(294, 296, 303, 305, fill="#fff4dd")
    pen.box(112, 252, 132, 294, fill="#c8371f", r=8)
    pen.box(146, 240, 170, 294, fill="#e9c98f", r=10)
    pen.box(184, 258, 206, 294, fill=_JADE, r=8)
    for number in range(7):
        left = 50 + number * 43
        fill = _JADE if number % 2 == 0 else "#ffffff"
        pen.box(left, 126, left + 43, 168, fill=fill)
        pen.drop(left, 146, left + 43, 190, fill=fill)
    return pen.over(width, height)
