"""Whatever stands on a poster, its code can be read and nothing runs over."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from PIL import Image, ImageChops

from tests.distribution.sharing.posters.builders import CASES, after_chat, content, read
from yipan.distribution.sharing.posters.making import LANGUAGES
from yipan.distribution.sharing.posters.pieces import face
from yipan.distribution.sharing.posters.templates import BY_CODE, TEMPLATES
from yipan.goods.catalogue.pictures import store_image
from yipan.surfaces.design.templatetags.design import initial as pages_show


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("template", BY_CODE)
def test_the_code_is_read_by_others_also_after_a_chat(
    template: str, case: str, language: str
) -> None:
    wanted = content(case)
    with translation.override(language):
        image = BY_CODE[template].draw(wanted)
    assert image.size == BY_CODE[template].size
    assert image.mode == "RGB"
    assert read(image) == [wanted.address]
    assert read(after_chat(image)) == [wanted.address]


@pytest.mark.parametrize("size", [(3000, 3000), (80, 60), (2000, 90), (90, 2000), (51, 50)])
@pytest.mark.parametrize("template", BY_CODE)
def test_pictures_of_any_shape_are_shown(template: str, size: tuple[int, int]) -> None:
    picture = store_image(Image.effect_noise(size, 90).convert("RGB"), folder="goods")
    wanted = content(picture=picture, portrait=picture)
    image = BY_CODE[template].draw(wanted)
    assert read(after_chat(image)) == [wanted.address]
    without = BY_CODE[template].draw(content())
    assert ImageChops.difference(image, without).getbbox() is not None


@pytest.mark.parametrize("file", ["goods/missing.webp", "https://cdn.example/a.jpg", "../a.png"])
@pytest.mark.parametrize("template", BY_CODE)
def test_a_picture_that_is_not_here_is_replaced_by_a_drawing(template: str, file: str) -> None:
    draw = BY_CODE[template].draw
    assert draw(content(picture=file)).tobytes() == draw(content()).tobytes()


@pytest.mark.parametrize("template", BY_CODE)
@pytest.mark.parametrize("case", ["plain", "longest", "one long word", "english", "rare"])
def test_no_text_touches_the_edge(template: str, case: str) -> None:
    image = BY_CODE[template].draw(content(case))
    empty = BY_CODE[template].draw(content("nothing", price=None, list_price=None))
    box = ImageChops.difference(image, empty).getbbox()
    assert box is not None
    assert min(box[0], box[1], image.width - box[2], image.height - box[3]) >= 30


def test_the_languages_differ_and_so_do_the_templates() -> None:
    drawn = set()
    for template in TEMPLATES:
        for language in LANGUAGES:
            with translation.override(language):
                drawn.add(template.draw(content()).tobytes())
    assert len(drawn) == 6


@given(
    name=st.text(max_size=200),
    sharer=st.text(max_size=60),
    tags=st.lists(st.text(max_size=40), max_size=3).map(tuple),
    price=st.none() | st.integers(0, 9_999_999_999),
)
@rules(max_examples=25)
def test_any_text_at_all_can_stand_on_it(
    name: str, sharer: str, tags: tuple[str, ...], price: int | None
) -> None:
    wanted = content(name=name, sharer=sharer, tags=tags, price=price)
    for template in TEMPLATES:
        assert read(template.draw(wanted)) == [wanted.address]


@pytest.mark.parametrize(
    ("name", "letter"), [("余芸", "芸"), ("anna lee", "A"), ("李 Lee", "李"), ("", "·")]
)
def test_a_missing_portrait_shows_the_sign_that_avatars_of_pages_show(
    name: str, letter: str
) -> None:
    assert face(name) == letter
    assert name == "" or pages_show(name) == letter
