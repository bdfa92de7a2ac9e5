"""What comes in as a picture is one, and carries nothing along."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from yipan.goods.catalogue.errors import PictureRefused
from yipan.goods.catalogue.pictures import save_picture, store_image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int = 300, height: int = 200) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_kept_as_webp_under_a_name_made_of_its_content(media: Path, kind: str) -> None:
    content = encoded(photo(), kind)
    file = save_picture(content, folder="goods")
    assert file == save_picture(content, folder="goods")
    assert file.startswith("goods/")
    with Image.open(media / file) as image:
        assert (image.format, image.size) == ("WEBP", (300, 200))
    assert [path.name for path in (media / "goods").iterdir()] == [Path(file).name]


def test_what_the_camera_wrote_is_left_out_and_the_picture_stands_upright(media: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at home, 31.23 N 121.47 E"
    file = save_picture(encoded(photo(), "JPEG", exif=exif), folder="goods")
    content = (media / file).read_bytes()
    assert b"taken at home" not in content
    with Image.open(media / file) as image:
        assert image.size == (200, 300)
        assert not image.getexif()


def test_no_side_is_longer_than_a_page_shows(media: Path) -> None:
    file = save_picture(encoded(photo(4000, 1000)), folder="goods")
    with Image.open(media / file) as image:
        assert image.size == (2048, 512)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><body>not a picture</body></html>",
        encoded(photo(), "GIF"),
        encoded(photo(), "BMP"),
        encoded(photo(), "PNG")[:200],
        encoded(photo(40, 300)),
        encoded(Image.new("1", (8100, 60)), "PNG"),
        encoded(Image.new("1", (7000, 7000)), "PNG"),
        encoded(photo()) + bytes(10 * 2**20),
    ],
    ids=["empty", "svg", "html", "gif", "bmp", "cut", "small", "long", "huge", "heavy"],
)
@pytest.mark.usefixtures("media")
def test_what_is_no_picture_of_a_usual_size_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(PictureRefused) as refused:
        save_picture(content, folder="goods")
    assert refused.value.data["field"] == "picture"
    assert refused.value.data["reason"]


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("folder", ["", "../goods", "/goods", "goods/", ".kept", "a//b"])
def test_a_folder_is_a_plain_name(folder: str) -> None:
    with pytest.raises(ValueError, match="folder"):
        store_image(photo(), folder=folder)
