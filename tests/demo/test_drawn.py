"""Every kind of goods has a drawing of its own, in every colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from yipan.demo import words
from yipan.demo.drawn.book import DRAWINGS, PORTRAITS, PictureBook
from yipan.demo.drawn.palettes import HUES, SERIES
from yipan.demo.drawn.pen import SIDE, Pen
from yipan.demo.drawn.people import portrait

KINDS = {goods.name for one in words.INDUSTRIES for shelf in one.shelves for goods in shelf.goods}


def test_every_kind_of_goods_is_drawn_and_told_of() -> None:
    assert set(DRAWINGS) == KINDS
    assert set(words.ABOUT) == KINDS
    colours = {
        value
        for one in words.INDUSTRIES
        for shelf in one.shelves
        for goods in shelf.goods
        if goods.attribute == "颜色"
        for value in goods.values
    }
    assert colours <= set(HUES)


@pytest.mark.parametrize("kind", sorted(DRAWINGS))
def test_a_drawing_stands_in_the_middle_of_its_ground(kind: str) -> None:
    pen = Pen(SERIES[0])
    empty = pen.finished()
    DRAWINGS[kind](pen)
    drawn = pen.finished()
    assert drawn.size == (SIDE, SIDE)
    changed = [
        (x, y)
        for x in range(0, SIDE, 8)
        for y in range(0, SIDE, 8)
        if drawn.getpixel((x, y)) != empty.getpixel((x, y))
    ]
    columns, rows = [x for x, _ in changed], [y for _, y in changed]
    assert min(columns) >= 30
    assert max(columns) <= SIDE - 30
    assert min(rows) >= 80
    assert max(rows) <= SIDE - 30
    assert len(changed) > 1_200


def test_no_two_drawings_and_no_two_faces_are_alike() -> None:
    drawn = set()
    for draw in DRAWINGS.values():
        pen = Pen(SERIES[0])
        draw(pen)
        drawn.add(pen.finished().tobytes())
    assert len(drawn) == len(DRAWINGS)
    faces = {
        portrait(number, woman=woman).tobytes() for number in range(6) for woman in (False, True)
    }
    assert len(faces) > 6


def test_a_book_draws_each_picture_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path)
    with PictureBook() as book:
        first = book.goods("铸铁锅", colour="墨绿")
        assert book.goods("铸铁锅", colour="墨绿", series=3) == first
        other = book.goods("铸铁锅", colour="黛蓝")
        book.begin_faces()
        face = book.face(PORTRAITS, woman=True)
        assert face == book.face(0, woman=True)
    assert len({first, other, face}) == 3
    with Image.open(tmp_path / first) as image:
        assert image.size == (SIDE, SIDE)
