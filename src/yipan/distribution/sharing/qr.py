"""QR codes of links.

Error correction level Q (a quarter of the code may be covered or worn), raised to H where that
costs no larger symbol, and the quiet zone of four modules that readers ask for.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

_BORDER: Final = 4
_SMALLEST: Final = 120
_LARGEST: Final = 2000
SIZES: Final = (_SMALLEST, _LARGEST)
"""Least and most pixels of a picture's side."""


def svg(text: str) -> bytes:
    """The code as SVG that scales to any size."""
    buffer = BytesIO()
    _code(text).save(buffer, kind="svg", border=_BORDER, omitsize=True, light="#fff", nl=False)
    return buffer.getvalue()


def png(text: str, *, size: int) -> bytes:
    """The code as PNG, as large as whole pixels per module allow within `size` pixels."""
    code = _code(text)
    width, _height = code.symbol_size(scale=1, border=_BORDER)
    buffer = BytesIO()
    code.save(buffer, kind="png", scale=max(1, size // int(width)), border=_BORDER)
    return buffer.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="q", boost_error=True)
