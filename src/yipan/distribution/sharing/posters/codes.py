"""QR codes on posters."""

from __future__ import annotations

from functools import lru_cache

import segno
from PIL import Image

QUIET = 4
"""Modules of white around the code that readers ask for."""


@lru_cache(maxsize=64)
def code(address: str, side: int) -> Image.Image:
    """The code of an address in a white square of exactly `side` pixels, black on white.

    Level Q (a quarter may be worn), or H where that costs nothing. Every module is the same whole
    number of pixels; what is left over widens the quiet zone.
    """
    made = segno.make_qr(address, error="q", boost_error=True)
    rows = [bytes(0 if dark else 255 for dark in row) for row in made.matrix]
    modules = len(rows)
    plain = Image.frombytes("L", (modules, modules), b"".join(rows))
    scale = side // (modules + 2 * QUIET)
    if scale < 1:
        raise ValueError(f"{modules} modules do not fit {side} pixels")
    large = plain.resize((modules * scale, modules * scale), Image.Resampling.NEAREST)
    square = Image.new("L", (side, side), 255)
    square.paste(large, ((side - large.width) // 2, (side - large.height) // 2))
    return square
