"""Classic: white, the picture large, everything in its line."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from PIL import Image

from yipan.distribution.sharing.posters.content import Content
from yipan.distribution.sharing.posters.drawing import Sheet, rounded
from yipan.distribution.sharing.posters.fonts import Weight, drawable
from yipan.distribution.sharing.posters.pieces import (
    CINNABAR,
    INK,
    JADE,
    JADE_PALE,
    LINE,
    SOFT,
    WIDTH,
    chips,
    initial,
    person,
    price,
    qr,
    scene,
    struck,
)
from yipan.distribution.sharing.posters.typesetting import Type, cut, fitting

_HEIGHT: Final = 1920
SIZE: Final = (WIDTH, _HEIGHT)
_EDGE: Final = 60
_INNER: Final = WIDTH - 2 * _EDGE
_PICTURE_TOP: Final = 148
_CODE: Final = 320


def draw(content: Content) -> Image.Image:
    """The poster, 1080 × 1920."""
    sheet = Sheet(WIDTH, _HEIGHT, "#ffffff")
    _head(sheet, content)
    picture = scene(content, _INNER, _INNER)
    sheet.picture(picture, (_EDGE, _PICTURE_TOP), rounded(_INNER, _INNER, 28))
    _goods(sheet, content)
    _foot(sheet, content)
    return sheet.image


def _head(sheet: Sheet, content: Content) -> None:
    sheet.panel((_EDGE, 46, _EDGE + 64, 110), JADE, radius=16)
    sign = Type(36, "#ffffff", Weight.BOLD)
    sheet.text((_EDGE + 32, 92), initial(content.group), sign, to="m")
    name = Type(34, INK, Weight.BOLD)
    end = sheet.text((_EDGE + 84, 90), cut(drawable(content.group), name, 500), name)
    if content.shop != content.group and content.goods:
        shop = Type(28, SOFT)
        text = cut(drawable(content.shop), shop, WIDTH - _EDGE - end - 40)
        sheet.text((WIDTH - _EDGE, 89), text, shop, to="r")


def _goods(sheet: Sheet, content: Content) -> None:
    """Price, name and tags, as a block in the room between picture and foot."""
    type_, title = fitting(
        content.name, Type(50, INK, Weight.BOLD, 68), _INNER, most=2, sizes=(50, 46, 42)
    )
    note = drawable(content.specification if content.goods else content.where)
    has_row = bool(content.tags or note)
    height = (content.price is not None) * 118 + len(title) * type_.step + has_row * 60
    room = _HEIGHT - 410 - (_PICTURE_TOP + _INNER)
    top = _PICTURE_TOP + _INNER + (room - height) // 2
    if content.price is not None:
        _price(sheet, content, top + 76)
        top += 118
    for line in title:
        sheet.text((_EDGE, top + type_.size), line, type_)
        top += type_.step
    end = _EDGE
    if content.tags:
        chip = Type(28, JADE)
        end = (
            chips(sheet, (_EDGE, top + 12), content.tags, chip, ground=JADE_PALE, width=_INNER) + 6
        )
    soft = Type(30, SOFT)
    if note and WIDTH - _EDGE - end > 160:
        sheet.text((end, top + 47), cut(note, soft, WIDTH - _EDGE - end), soft)


def _price(sheet: Sheet, content: Content, baseline: int) -> None:
    number = Type(92, CINNABAR, Weight.BOLD)
    end = price(sheet, (_EDGE, baseline), content.price or 0, number, width=_INNER * 2 // 3)
    if content.list_price is not None:
        old = Type(36, SOFT)
        struck(sheet, (end + 28, baseline), content.list_price, old, width=WIDTH - _EDGE - end - 28)


def _foot(sheet: Sheet, content: Content) -> None:
    top = _HEIGHT - 400
    sheet.rule(_EDGE, top, WIDTH - _EDGE, LINE)
    left = WIDTH - _EDGE - _CODE + 24
    qr(sheet, (left, top + 28), content.address, _CODE)
    scan = Type(26, SOFT)
    hint = _("Scan or hold to view")
    sheet.text((left + _CODE // 2, top + _CODE + 46), cut(hint, scan, _CODE), scan, to="m")
    person(sheet, (_EDGE, top + 64, _EDGE + 120, top + 184), content.sharer, content.portrait)
    room = left - _EDGE - 150 - 20
    name = Type(40, INK, Weight.BOLD)
    sheet.text((_EDGE + 148, top + 114), cut(drawable(content.sharer), name, room), name)
    line = Type(30, SOFT)
    sheet.text((_EDGE + 148, top + 164), cut(_("recommends this to you"), line, room), line)
    type_, slogan = fitting(
        _("Good things, chosen with care") if content.goods else _("Come in, we are glad to help"),
        Type(38, JADE, Weight.BOLD, 54), left - _EDGE - 40, most=2, sizes=(38, 34, 30),
    )  # fmt: skip
    baseline = top + 274
    for text in slogan:
        sheet.text((_EDGE, baseline), text, type_)
        baseline += type_.step
    sheet.panel(
        (_EDGE, baseline - type_.step + 26, _EDGE + 56, baseline - type_.step + 32), JADE, radius=3
    )
