"""Portraits of those who sell: a few simple faces, no two alike."""

from __future__ import annotations

import random
from typing import Final

from PIL import Image

from yipan.demo.drawn.palettes import CAMEL, INDIGO, PINE, ROSE, STONE, Hue
from yipan.demo.drawn.pen import Pen

_GROUNDS: Final = (PINE, INDIGO, CAMEL, ROSE, STONE)
_SKINS: Final = (("#f6d3b8", "#e5b596"), ("#efc6a4", "#dba884"), ("#f9dcc6", "#eabfa4"))
_HAIRS: Final = ("#2b2320", "#3b2c25", "#1f1d22", "#54392b")
_CLOTHES: Final = ("#1f7a66", "#33506f", "#b5563b", "#7d5a8c", "#d9b26a", "#4a4f52", "#a8483c")
_SHOWN: Final = (70, 50, 730, 710)
"""What is seen of the drawing: the face more than the shoulders."""
SIDE: Final = 400


def portrait(number: int, *, woman: bool) -> Image.Image:
    """One of as many as one likes, the same one every time; square, small enough for a list."""
    dice = random.Random(f"portrait {number} {woman}")  # noqa: S311 - nothing to guess
    pen = Pen(_ground(dice))
    skin, shade = dice.choice(_SKINS)
    hair = dice.choice(_HAIRS)
    style = dice.randrange(3)
    if woman and style != 2:
        _long_hair(pen, hair, 316 if style == 0 else 256)
    _shoulders(pen, dice.choice(_CLOTHES), skin, shade, collar=dice.randrange(3))
    _face(pen, skin, shade, hair)
    if woman:
        _fringe(pen, hair, style)
    else:
        _short_hair(pen, hair, style)
    if dice.randrange(4) == 0:
        _glasses(pen)
    return pen.finished().crop(_SHOWN).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _ground(dice: random.Random) -> Hue:
    return dice.choice(_GROUNDS)


def _shoulders(pen: Pen, colour: str, skin: str, shade: str, *, collar: int) -> None:
    pen.both([(200, 296), (232, 300), (290, 318), (326, 356), (334, 400), (334, 400), (200, 400)],
             colour)  # fmt: skip
    pen.both([(200, 250), (228, 250), (228, 250), (230, 300), (200, 330)], shade)
    pen.both([(200, 250), (226, 250), (226, 250), (226, 292), (200, 312)], skin)
    if collar == 0:
        pen.pair([(200, 336), (200, 336), (228, 292), (228, 292), (256, 308), (256, 308),
                  (226, 352), (226, 352)], "#ffffff")  # fmt: skip
    elif collar == 1:
        pen.line([(168, 304), (200, 330), (232, 304)], "#ffffff", 7)


def _face(pen: Pen, skin: str, shade: str, hair: str) -> None:
    pen.pair([(258, 196), (272, 190), (276, 208), (262, 222)], shade)
    pen.both([(200, 112), (244, 124), (264, 172), (258, 222), (232, 264), (200, 278)], skin)
    pen.pair([(225, 224), (240, 216), (248, 226), (236, 236)], shade)
    for x in (176, 224):
        pen.oval(x - 6, 192, x + 6, 206, fill="#2d2422")
        pen.dot(x + 2, 196, 2, "#ffffff")
    pen.lines([(212, 180), (224, 175), (238, 179)], hair, 4)
    pen.line([(200, 206), (195, 222), (203, 225)], shade, 3)
    pen.line([(184, 242), (200, 250), (216, 242)], "#b4574a", 4.4)


def _long_hair(pen: Pen, hair: str, until: int) -> None:
    pen.both([(200, 84), (252, 94), (284, 150), (286, 230), (278, until), (278, until),
              (238, until + 4), (200, until)], hair)  # fmt: skip


def _fringe(pen: Pen, hair: str, style: int) -> None:
    if style == 2:  # in a bun
        pen.dot(200, 82, 30, hair)
    pen.both([(200, 88), (246, 98), (274, 150), (270, 214), (270, 214), (258, 176), (236, 146),
              (200, 140)], hair)  # fmt: skip
    if style == 0:
        pen.shape([(148, 168), (160, 120), (214, 112), (258, 150), (258, 150), (214, 146),
                   (176, 154)], hair)  # fmt: skip
    elif style == 1:
        pen.both([(200, 120), (244, 128), (256, 172), (256, 172), (226, 164), (200, 166)], hair)


def _short_hair(pen: Pen, hair: str, style: int) -> None:
    pen.both([(200, 86), (246, 94), (272, 136), (268, 190), (268, 190), (258, 164), (242, 142),
              (200, 138)], hair)  # fmt: skip
    if style == 0:
        pen.shape([(142, 168), (150, 112), (210, 84), (266, 108), (272, 150), (272, 150),
                   (230, 130), (180, 138)], hair)  # fmt: skip
    elif style == 1:
        pen.shape([(136, 160), (150, 104), (200, 74), (252, 88), (268, 156), (268, 156),
                   (240, 138), (210, 148), (180, 138), (160, 150)], hair)  # fmt: skip


def _glasses(pen: Pen) -> None:
    for x in (176, 224):
        pen.oval(x - 20, 181, x + 20, 219, rim="#3a3330", width=3)
    pen.line([(196, 198), (204, 198)], "#3a3330", 3)
