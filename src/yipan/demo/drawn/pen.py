"""Drawing with smooth edges: shapes in units of which 400 make a side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from yipan.demo.drawn.palettes import Hue

SIDE: Final = 800
"""Pixels of a finished drawing."""
_FINER: Final = 2
_UNIT: Final = SIDE * _FINER // 400
_STEPS: Final = 10
_BLUR: Final = 32

Point = tuple[float, float]


class Pen:
    """One drawing in the making."""

    def __init__(self, hue: Hue) -> None:
        self.hue = hue
        self._image = _ground(*hue.ground).copy()
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """The drawing."""
        return self._image.reduce(_FINER)

    def shadow(self, left: float, top: float, right: float, bottom: float) -> None:
        """What stands on the ground throws this on it."""
        mask = _soft(round(right - left), round(bottom - top))
        corner = (round(left - _BLUR) * _UNIT, round(top - _BLUR) * _UNIT)
        self._image.paste(self.hue.deep, corner, mask)

    def flat(self, points: Iterable[Point], fill: str) -> None:
        """A shape with straight edges."""
        self._draw.polygon([(x * _UNIT, y * _UNIT) for x, y in points], fill)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        """A closed curve through the points; one that is given twice is a corner."""
        self.flat(curve(points, closed=True), fill)

    def both(self, points: Sequence[Point], fill: str) -> None:
        """The right half of a curve around the middle, and its left half."""
        left = [(400 - x, y) for x, y in reversed(points)]
        self.shape([*points, *left], fill)

    def pair(self, points: Sequence[Point], fill: str) -> None:
        """A curve on the right, and the same on the left."""
        self.shape(points, fill)
        self.shape([(400 - x, y) for x, y in points], fill)

    def line(self, points: Sequence[Point], fill: str, width: float = 2) -> None:
        """A curve of a thickness, with round ends."""
        track = [(x * _UNIT, y * _UNIT) for x, y in curve(points, closed=False)]
        thick = max(1, round(width * _UNIT))
        self._draw.line(track, fill, thick, joint="curve")
        for x, y in (track[0], track[-1]):
            half = thick / 2
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill)

    def lines(self, points: Sequence[Point], fill: str, width: float = 2) -> None:
        """A curve on the right, and the same on the left."""
        self.line(points, fill, width)
        self.line([(400 - x, y) for x, y in points], fill, width)

    def box(self, *at: float, fill: str, r: float = 0, rim: str = "", width: float = 3) -> None:
        """A rectangle (left, top, right, bottom) with round corners."""
        self._draw.rounded_rectangle(
            [value * _UNIT for value in at],
            r * _UNIT,
            fill=fill or None,
            outline=rim or None,
            width=round(width * _UNIT) if rim else 0,
        )

    def oval(self, *at: float, fill: str = "", rim: str = "", width: float = 3) -> None:
        """An ellipse (left, top, right, bottom)."""
        self._draw.ellipse(
            [value * _UNIT for value in at],
            fill=fill or None,
            outline=rim or None,
            width=round(width * _UNIT) if rim else 0,
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A disc around a point."""
        self.oval(x - radius, y - radius, x + radius, y + radius, fill=fill)

    def bow(self, *at: float, start: int, end: int, fill: str, width: float) -> None:
        """A part of an ellipse's line, in degrees from the right, clockwise."""
        self._draw.arc([value * _UNIT for value in at], start, end, fill, round(width * _UNIT))

    def slice(self, *at: float, start: int, end: int, fill: str) -> None:
        """A part of an ellipse."""
        self._draw.chord([value * _UNIT for value in at], start, end, fill)


def curve(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """Many points along a smooth line through a few (Catmull-Rom)."""
    if len(points) < 3:
        return list(points)
    last = len(points)
    found: list[Point] = []
    for number in range(last if closed else last - 1):
        if closed:
            around = [points[(number + step) % last] for step in (-1, 0, 1, 2)]
        else:
            around = [points[min(max(number + step, 0), last - 1)] for step in (-1, 0, 1, 2)]
        if around[1] != around[2]:
            found += _between(around)
    return found if closed else [*found, points[-1]]


def _between(around: Sequence[Point]) -> list[Point]:
    """The way from the second of four points to the third."""
    before, start, end, after = around
    if before == start or end == after:  # a corner: as straight as it can leave and come
        before = start if before == start else before
        after = end if end == after else after
    found = []
    for step in range(_STEPS):
        t = step / _STEPS
        a, b, c, d = (
            -t * (1 - t) ** 2 / 2,
            1 - t * t * (5 - 3 * t) / 2,
            t * (1 + t * (4 - 3 * t)) / 2,
            -t * t * (1 - t) / 2,
        )
        x, y = (
            a * before[axis] + b * start[axis] + c * end[axis] + d * after[axis] for axis in (0, 1)
        )
        found.append((x, y))
    return found


@lru_cache(maxsize=16)
def _ground(top: str, bottom: str) -> Image.Image:
    """A wall in soft light, with a brighter round behind what stands in front of it."""
    side = SIDE * _FINER
    shade = Image.linear_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    image = ImageOps.colorize(shade, top, bottom)
    glow = Image.new("L", (100, 100), 0)
    ImageDraw.Draw(glow).ellipse((16, 12, 84, 80), fill=120)
    glow = glow.filter(ImageFilter.GaussianBlur(9))
    image.paste("#ffffff", (0, 0), glow.resize((side, side), Image.Resampling.BICUBIC))
    return image


@lru_cache(maxsize=64)
def _soft(width: int, height: int) -> Image.Image:
    """A blurred ellipse, drawn small and enlarged."""
    size = (width + 2 * _BLUR, height + 2 * _BLUR)
    small = Image.new("L", (size[0] // 4, size[1] // 4), 0)
    edge = _BLUR // 4
    ImageDraw.Draw(small).ellipse(
        (edge, edge, size[0] // 4 - edge - 1, size[1] // 4 - edge - 1), fill=95
    )
    small = small.filter(ImageFilter.GaussianBlur(2.2))
    return small.resize((size[0] * _UNIT, size[1] * _UNIT), Image.Resampling.BICUBIC)
