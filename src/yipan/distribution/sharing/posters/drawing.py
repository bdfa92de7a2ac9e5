"""Shapes with smooth edges: panels, circles, shadows, gradients, pictures in frames."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageOps

from yipan.distribution.sharing.posters.typesetting import Type, put

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
_FINER: Final = 4
_WIDEST: Final = (2, 3)
"""How far a picture's shape may be from its frame's before it is shown whole instead of cut."""


class Sheet:
    """A picture that is being drawn on."""

    def __init__(self, width: int, height: int, ground: str | Image.Image) -> None:
        if isinstance(ground, str):
            self.image = Image.new("RGB", (width, height), ground)
        else:
            self.image = ground.copy()
        self.draw = ImageDraw.Draw(self.image)

    def text(self, place: tuple[int, int], text: str, type_: Type, *, to: str = "l") -> int:
        """One line with its baseline at the place; where it ends."""
        return put(self.draw, place, text, type_, to=to)

    def panel(self, box: Box, colour: str, *, radius: int = 0) -> None:
        """A rectangle with round corners."""
        left, top, right, bottom = box
        self.image.paste(colour, box, rounded(right - left, bottom - top, radius))

    def disc(self, box: Box, colour: str) -> None:
        """A circle."""
        self.image.paste(colour, box, round_mask(box[2] - box[0]))

    def shadow(self, box: Box, colour: str, *, radius: int, blur: int, strength: int) -> None:
        """What a panel throws on the ground, drawn before it. `strength` of 255."""
        left, top, right, bottom = box
        mask = _soft(right - left, bottom - top, radius, blur, strength)
        self.image.paste(colour, (left - 2 * blur, top - 2 * blur), mask)

    def picture(self, image: Image.Image, place: tuple[int, int], mask: Image.Image) -> None:
        """A picture, cut to a shape."""
        self.image.paste(image, place, mask)

    def rule(self, x: int, y: int, until: int, colour: str, *, dash: int = 0) -> None:
        """A thin line from left to right, whole or dashed."""
        for start in range(x, until, 2 * dash) if dash else (x,):
            self.draw.rectangle(
                (start, y, min(start + dash, until) if dash else until, y + 1), colour
            )


@lru_cache(maxsize=64)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """The mask of a rectangle with round corners."""
    mask = Image.new("L", (width, height), 255)
    if radius:
        corner = round_mask(2 * radius)
        for x, from_x in ((0, 0), (width - radius, radius)):
            for y, from_y in ((0, 0), (height - radius, radius)):
                part = corner.crop((from_x, from_y, from_x + radius, from_y + radius))
                mask.paste(part, (x, y))
    return mask


@lru_cache(maxsize=64)
def round_mask(diameter: int) -> Image.Image:
    """The mask of a circle."""
    fine = Image.new("L", (diameter * _FINER, diameter * _FINER), 0)
    side = diameter * _FINER - 1
    ImageDraw.Draw(fine).ellipse((0, 0, side, side), fill=255)
    return fine.resize((diameter, diameter), Image.Resampling.BOX)


@lru_cache(maxsize=8)
def arch(width: int, height: int, radius: int) -> Image.Image:
    """The mask of a gate: a half circle on top, round corners below."""
    mask = rounded(width, height, radius).copy()
    top = round_mask(width).crop((0, 0, width, width // 2))
    mask.paste(top, (0, 0))
    return mask


@lru_cache(maxsize=32)
def _soft(width: int, height: int, radius: int, blur: int, strength: int) -> Image.Image:
    """A blurred panel; drawn small, for nobody sees the difference and it is quick."""
    small = 4
    size = ((width + 4 * blur) // small, (height + 4 * blur) // small)
    mask = Image.new("L", size, 0)
    edge = 2 * blur // small
    ImageDraw.Draw(mask).rounded_rectangle(
        (edge, edge, size[0] - edge, size[1] - edge), max(1, radius // small), fill=strength
    )
    mask = mask.filter(ImageFilter.GaussianBlur(blur // small))
    return mask.resize((width + 4 * blur, height + 4 * blur), Image.Resampling.BICUBIC)


@lru_cache(maxsize=8)
def gradient(width: int, height: int, top: str, bottom: str) -> Image.Image:
    """From one colour down to another. Not to be drawn on: copy it."""
    shade = Image.linear_gradient("L").resize((width, height), Image.Resampling.BICUBIC)
    return ImageOps.colorize(shade, top, bottom)


def mixed(colour: str, other: str, parts: int) -> str:
    """A colour with `parts` hundredths of another."""
    first, second = ImageColor.getrgb(colour), ImageColor.getrgb(other)
    values = (
        (100 * a + parts * (b - a)) // 100 for a, b in zip(first[:3], second[:3], strict=True)
    )
    return "#{:02x}{:02x}{:02x}".format(*values)


def framed(image: Image.Image, width: int, height: int) -> Image.Image:
    """A picture that fills a frame.

    Cut to its shape if that takes away little; a very long or wide one is shown whole, on itself
    out of focus.
    """
    few, many = _WIDEST
    across, down = image.width * height, image.height * width
    if few * across <= many * down and few * down <= many * across:
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    ground = ImageOps.fit(image, (24, 24), Image.Resampling.BOX)
    ground = ground.filter(ImageFilter.GaussianBlur(3))
    ground = ground.point([(65 * value + 35 * 255) // 100 for value in range(256)] * 3)
    ground = ground.resize((width, height), Image.Resampling.BICUBIC)
    whole = ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    ground.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return ground
