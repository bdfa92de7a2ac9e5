"""QR codes of links, read back by another program."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from yipan.distribution.sharing import qr

URL = "https://shop.example.com/s/acme/" + "aB3-_" * 6 + "xy"


def read(image: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


def drawn(svg: str, scale: int = 6) -> Image.Image:
    """The picture of an SVG that has one path of horizontal strokes, one per row of modules."""
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', svg)
    assert box
    assert path
    image = Image.new("L", (int(box[1]) * scale, int(box[2]) * scale), 255)
    draw = ImageDraw.Draw(image)
    x, y = 0, 0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        values = [int(float(number)) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            draw.rectangle(
                (x * scale, y * scale, (x + values[0]) * scale - 1, (y + 1) * scale - 1), fill=0
            )
            x += values[0]
    return image


def test_a_png_leads_to_the_link() -> None:
    assert read(Image.open(BytesIO(qr.png(URL, size=600)))) == URL


def test_an_svg_leads_to_the_link() -> None:
    assert read(drawn(qr.svg(URL).decode())) == URL


@pytest.mark.parametrize("size", [120, 300, 1000, 2000])
def test_a_png_is_as_large_as_asked_for_but_never_larger(size: int) -> None:
    image = Image.open(BytesIO(qr.png(URL, size=size)))
    assert image.width == image.height
    assert size * 3 / 4 <= image.width <= size


def test_a_worn_print_still_leads_to_the_link() -> None:
    """A thumb over the middle: a logo on a poster does no harm either."""
    image = Image.open(BytesIO(qr.png(URL, size=600))).convert("L")
    middle, radius = image.width // 2, image.width // 9
    ImageDraw.Draw(image).rectangle(
        (middle - radius, middle - radius, middle + radius, middle + radius), fill=255
    )
    assert read(image) == URL
