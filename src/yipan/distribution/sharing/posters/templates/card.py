"""Card: paper, a few words of the sharer, a ticket with goods, price and code."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from PIL import Image

from yipan.distribution.sharing.posters.content import Content
from yipan.distribution.sharing.posters.drawing import Box, Sheet, rounded
from yipan.distribution.sharing.posters.fonts import Weight, drawable
from yipan.distribution.sharing.posters.pieces import (
    CINNABAR,
    INK,
    JADE,
    JADE_PALE,
    SOFT,
    WIDTH,
    chips,
    person,
    price,
    qr,
    scene,
    struck,
)
from yipan.distribution.sharing.posters.typesetting import Type, cut, fitting

_HEIGHT: Final = 1880
SIZE: Final = (WIDTH, _HEIGHT)
_PAPER: Final = "#f3ede2"
_SHADE: Final = "#8b7a5c"
_DASH: Final = "#d9d2c4"
_CARD: Final[Box] = (56, 268, WIDTH - 56, _HEIGHT - 56)
_AIR: Final = 36
_NOTCH: Final = 24
_TEAR: Final = _HEIGHT - 56 - 360
_CODE: Final = 300


def draw(content: Content) -> Image.Image:
    """The poster, 1080 × 1880."""
    sheet = Sheet(WIDTH, _HEIGHT, _PAPER)
    _words(sheet, content)
    _ticket(sheet)
    width = _CARD[2] - _CARD[0] - 2 * _AIR
    height = 800
    place = (_CARD[0] + _AIR, _CARD[1] + _AIR)
    sheet.picture(scene(content, width, height), place, rounded(width, height, 20))
    _goods(sheet, content, place[1] + height, width)
    _stub(sheet, content)
    return sheet.image


def _words(sheet: Sheet, content: Content) -> None:
    """The sharer, and what they say, in a bubble."""
    person(sheet, (64, 74, 192, 202), content.sharer, content.portrait, ring="#ffffff")
    bubble = (232, 62, WIDTH - 56, 214)
    sheet.shadow(bubble, _SHADE, radius=32, blur=18, strength=40)
    sheet.panel(bubble, "#ffffff", radius=32)
    sheet.draw.polygon([(210, 138), (234, 120), (234, 156)], "#ffffff")
    room = bubble[2] - bubble[0] - 72
    name = Type(32, SOFT)
    sheet.text((268, 122), cut(drawable(content.sharer), name, room), name)
    says = Type(42, INK, Weight.BOLD)
    text = _("I picked this one out for you") if content.goods else _("Drop in any time")
    sheet.text((268, 182), cut(text, says, room), says)


def _ticket(sheet: Sheet) -> None:
    """White, with a notch on either side where it would be torn."""
    sheet.shadow(_CARD, _SHADE, radius=40, blur=30, strength=60)
    sheet.panel(_CARD, "#ffffff", radius=40)
    for x in (_CARD[0], _CARD[2]):
        sheet.disc((x - _NOTCH, _TEAR - _NOTCH, x + _NOTCH, _TEAR + _NOTCH), _PAPER)
    sheet.rule(_CARD[0] + 48, _TEAR - 1, _CARD[2] - 48, _DASH, dash=14)


def _goods(sheet: Sheet, content: Content, top: int, width: int) -> None:
    left = _CARD[0] + _AIR
    type_, title = fitting(
        content.name, Type(46, INK, Weight.BOLD, 62), width, most=2, sizes=(46, 42, 38)
    )
    note = drawable(content.specification if content.goods else content.where)
    below = content.price is not None or bool(content.tags or note)
    height = len(title) * type_.step + below * 96
    top += (_TEAR - top - height) // 2
    for line in title:
        sheet.text((left, top + type_.size), line, type_)
        top += type_.step
    end = left
    if content.price is not None:
        number = Type(72, CINNABAR, Weight.BOLD)
        end = price(sheet, (left, top + 74), content.price, number, width=width * 3 // 5)
        if content.list_price is not None:
            room = left + width - end - 24
            end = struck(
                sheet, (end + 24, top + 74), content.list_price, Type(34, SOFT), width=room
            )
        end += 32
    _notes(sheet, content, note, (end, top), left + width)


def _notes(sheet: Sheet, content: Content, note: str, place: tuple[int, int], right: int) -> None:
    """Tags and specification beside the price, as far as there is room."""
    left, top = place
    room = right - left
    chip = Type(26, JADE)
    if content.tags and room > 150:
        blank = Sheet(WIDTH, 60, "#000000")
        wide = chips(blank, (0, 0), content.tags, chip, ground=JADE_PALE, width=room) - 13
        chips(sheet, (right - wide, top + 36), content.tags, chip, ground=JADE_PALE, width=wide + 1)
    elif note and room > 150:
        soft = Type(32, SOFT)
        text = cut(note, soft, room)
        if content.price is None:
            sheet.text((left, top + 52), text, soft)
        else:
            sheet.text((right, top + 72), text, soft, to="r")


def _stub(sheet: Sheet, content: Content) -> None:
    left = _CARD[0] + _AIR - 10
    qr(sheet, (left, _TEAR + 30), content.address, _CODE, radius=12)
    x = left + _CODE + 32
    room = _CARD[2] - _AIR - x
    strong = Type(40, INK, Weight.BOLD)
    sheet.text((x, _TEAR + 112), cut(_("Scan or hold to view"), strong, room), strong)
    type_, shop = fitting(content.shop, Type(32, JADE, leading=46), room, most=2, sizes=(32,))
    baseline = _TEAR + 178
    for line in shop:
        sheet.text((x, baseline), line, type_)
        baseline += type_.step
    soft = Type(28, SOFT)
    if content.goods:
        sheet.text((x, baseline + 2), cut(drawable(content.where), soft, room), soft)
    sheet.text((x, _CARD[3] - 48), cut(drawable(content.group), soft, room), soft)
