"""Addresses of pictures."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from yipan.goods.catalogue.pictures.files import is_remote

WIDTHS: Final = (96, 160, 320, 480, 640, 960, 1280)
"""Pixels; there are no other sizes, so that nobody fills the disk by asking for them."""
NONE: Final = "none.svg"
"""What is shown where there is no picture."""


def picture_url(file: str, *, width: int = 640) -> str:
    """Where a browser finds a picture at least `width` device pixels wide, if it is that large.

    `file` as it is stored: a path under the media folder, an https address, which is passed
    through, or nothing, which gives a neutral drawing.
    """
    if not file:
        return f"/media/{NONE}"
    if is_remote(file):
        return file
    address = f"/media/{quote(file)}"
    fitting = fitting_width(width)
    return address if fitting is None else f"{address}?w={fitting}"


def picture_srcset(file: str, *widths: int) -> str:
    """The same picture in several sizes, as the attribute `srcset` wants it; empty if it has one.

    Widths are rounded up to those there are.
    """
    if not file or is_remote(file):
        return ""
    sizes = sorted({size for size in map(fitting_width, widths) if size is not None})
    return ", ".join(f"{picture_url(file, width=size)} {size}w" for size in sizes)


def fitting_width(width: int) -> int | None:
    """The least of WIDTHS that is as wide; None: the original."""
    return next((size for size in WIDTHS if size >= width), None)
