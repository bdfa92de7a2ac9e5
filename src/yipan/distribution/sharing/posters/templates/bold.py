"""Bold: deep jade, the goods in a gate, the price in gold."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from yipan.distribution.sharing.posters.content import Content
from yipan.distribution.sharing.posters.drawing import Sheet, arch, gradient, mixed
from yipan.distribution.sharing.posters.fonts import Weight, drawable
from yipan.distribution.sharing.posters.pieces import (
    INK,
    JADE,
    JADE_DEEP,
    SOFT,
    WIDTH,
    chips,
    person,
    price,
    qr,
    scene,
    struck,
)
from yipan.distribution.sharing.posters.typesetting import Type, cut, fitting, width_of
from yipan.kernel.money import yuan

_HEIGHT: Final = 1920
SIZE: Final = (WIDTH, _HEIGHT)
_EDGE: Final = 64
_INNER: Final = WIDTH - 2 * _EDGE
_CREAM: Final = "#f7efdd"
_GOLD: Final = "#e9c98f"
_GATE: Final = (820, 860)
_GATE_BOTTOM: Final = 1440
_CODE: Final = 290


def draw(content: Content) -> Image.Image:
    """The poster, 1080 × 1920."""
    sheet = Sheet(WIDTH, _HEIGHT, _ground())
    _title(sheet, content)
    _gate(sheet, content)
    if content.price is not None:
        _price(sheet, content)
    _foot(sheet, content)
    return sheet.image


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """Jade that gets deeper, with rings around the gate."""
    image = gradient(WIDTH, _HEIGHT, mixed(JADE, JADE_DEEP, 35), JADE_DEEP).copy()
    middle = (WIDTH // 2, _GATE_BOTTOM - _GATE[1] + _GATE[0] // 2)
    rings = Image.new("L", (WIDTH * 2, _HEIGHT * 2), 0)
    pen = ImageDraw.Draw(rings)
    for radius in range(490, 1500, 74):
        x, y = middle[0] * 2, middle[1] * 2
        box = (x - radius * 2, y - radius * 2, x + radius * 2, y + radius * 2)
        pen.ellipse(box, outline=max(6, 40 - radius // 40), width=4)
    image.paste(_GOLD, (0, 0), rings.resize(image.size, Image.Resampling.BOX))
    return image


def _title(sheet: Sheet, content: Content) -> None:
    small = Type(30, mixed(_CREAM, JADE, 25))
    head = drawable(f"{content.group} · {content.shop}" if content.goods else content.group)
    sheet.text((WIDTH // 2, 96), cut(head, small, _INNER), small, to="m")
    sheet.panel((WIDTH // 2 - 28, 124, WIDTH // 2 + 28, 128), _GOLD, radius=2)
    type_, title = fitting(
        content.name, Type(76, _CREAM, Weight.BOLD, 98), _INNER, most=3, sizes=(76, 66, 58, 50)
    )
    note = drawable(content.specification if content.goods else content.where)
    has_chips = bool(content.tags)
    height = len(title) * type_.step + (76 if note or has_chips else 0)
    top = 140 + (_GATE_BOTTOM - _GATE[1] - 24 - 140 - height) // 2
    for line in title:
        sheet.text((WIDTH // 2, top + type_.size), line, type_, to="m")
        top += type_.step
    _notes(sheet, content, note, top + 12)


def _notes(sheet: Sheet, content: Content, note: str, top: int) -> None:
    """Tags and specification, in the middle together."""
    soft, chip = Type(32, mixed(_CREAM, JADE, 15)), Type(28, JADE_DEEP, Weight.BOLD)
    if not content.tags:
        sheet.text((WIDTH // 2, top + 40), cut(note, soft, _INNER), soft, to="m")
        return
    blank = Sheet(WIDTH, 60, "#000000")
    wide = chips(blank, (0, 0), content.tags, chip, ground=_GOLD, width=_INNER) - 14
    left = (WIDTH - wide) // 2
    room = _INNER - wide - 24
    shown = cut(note, soft, room) if room > 140 else ""
    if shown:
        left -= (width_of(shown, soft) + 24) // 2
    end = chips(sheet, (left, top + 8), content.tags, chip, ground=_GOLD, width=_INNER) - 14
    sheet.text((end + 24, top + 44), shown, soft)


def _gate(sheet: Sheet, content: Content) -> None:
    width, height = _GATE
    left, top = (WIDTH - width) // 2, _GATE_BOTTOM - height
    rim = 14
    sheet.picture(
        Image.new("RGB", (width + 2 * rim, height + 2 * rim), _GOLD),
        (left - rim, top - rim),
        arch(width + 2 * rim, height + 2 * rim, 44),
    )
    sheet.picture(scene(content, width, height), (left, top), arch(width, height, 32))


def _price(sheet: Sheet, content: Content) -> None:
    """A pill of gold over the foot of the gate."""
    number = Type(84, JADE_DEEP, Weight.BOLD)
    old = Type(34, mixed(JADE_DEEP, _GOLD, 35))
    blank = Sheet(10, 10, "#000000")
    length = price(blank, (0, 0), content.price or 0, number, width=_INNER - 120)
    gap = 26
    beside = 0
    if content.list_price is not None:
        beside = gap + width_of(yuan(content.list_price), old)
        if length + beside > _INNER - 120:
            beside = 0
    half = (length + beside) // 2 + 56
    box = (WIDTH // 2 - half, _GATE_BOTTOM - 78, WIDTH // 2 + half, _GATE_BOTTOM + 58)
    sheet.shadow(box, JADE_DEEP, radius=68, blur=24, strength=150)
    sheet.panel(box, _GOLD, radius=68)
    start, baseline = box[0] + 56, _GATE_BOTTOM + 20
    end = price(sheet, (start, baseline), content.price or 0, number, width=_INNER - 120)
    if beside and content.list_price is not None:
        struck(sheet, (end + gap, baseline), content.list_price, old, width=beside)


def _foot(sheet: Sheet, content: Content) -> None:
    box = (_EDGE, _HEIGHT - 380, WIDTH - _EDGE, _HEIGHT - 56)
    sheet.panel(box, _CREAM, radius=36)
    left = box[2] - _CODE - 18
    qr(sheet, (left, box[1] + 17), content.address, _CODE, radius=24)
    person(
        sheet, (box[0] + 40, box[1] + 52, box[0] + 160, box[1] + 172), content.sharer,
        content.portrait, ring="#ffffff",
    )  # fmt: skip
    room = left - box[0] - 188 - 20
    name = Type(42, INK, Weight.BOLD)
    sheet.text((box[0] + 188, box[1] + 104), cut(drawable(content.sharer), name, room), name)
    line = Type(30, SOFT)
    text = _("recommends this to you")
    sheet.text((box[0] + 188, box[1] + 154), cut(text, line, room), line)
    slogan = Type(34, JADE, Weight.BOLD)
    words = _("Too good to keep to myself") if content.goods else _("See you in our shop")
    hint = _("Scan or hold to view")
    room = left - box[0] - 40 - 20
    sheet.text((box[0] + 40, box[1] + 236), cut(words, slogan, room), slogan)
    small = Type(28, SOFT)
    sheet.text((box[0] + 40, box[1] + 284), cut(hint, small, room), small)
