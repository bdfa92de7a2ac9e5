"""Taking pictures in: what they are is seen by their content, and what they tell is left out."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from yipan.goods.catalogue.errors import PictureRefused
from yipan.kernel.kept_files import write

MOST_BYTES: Final = 10 * 2**20
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_SHORTEST: Final = 50
_LONGEST: Final = 8_000
_MOST_PIXELS: Final = 40_000_000
_KEPT_SIDE: Final = 2_048
"""Pixels of the longer side that are kept: no page and no poster shows more."""
_QUALITY: Final = 88
_FOLDER: Final = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")


def save_picture(content: bytes, *, folder: str) -> str:
    """Keep an uploaded picture; the path under the media folder that is to be stored.

    It is drawn anew, upright and without what cameras write into it, as WebP with at most 2,048
    pixels a side. The same picture gives the same path. Raises PictureRefused: not JPEG, PNG or
    WebP by its content, more than 10 MB or 40 million pixels, a side below 50 or above 8,000.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefused(reason=_("is larger than 10 MB"))
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            _check_size(image)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((_KEPT_SIDE, _KEPT_SIDE), Image.Resampling.LANCZOS)
            drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnidentifiedImageError as error:
        raise PictureRefused(reason=_("is not a JPEG, PNG or WebP picture")) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(reason=_("cannot be read")) from error
    return store_image(drawn, folder=folder)


def store_image(image: Image.Image, *, folder: str, effort: int = 4) -> str:
    """Keep a picture that is in memory; the path under the media folder that is to be stored.

    `effort` is how hard WebP tries to be small, 0 to 6.
    """
    if not _FOLDER.fullmatch(folder):
        raise ValueError(f"no folder of pictures: {folder!r}")
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=effort)
    content = buffer.getvalue()
    file = f"{folder}/{hashlib.sha256(content).hexdigest()[:24]}.webp"
    path = Path(settings.YIPAN_MEDIA_ROOT) / file
    if not path.exists():
        write(path, content)
    return file


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > _MOST_PIXELS:
        raise PictureRefused(reason=_("has more than 40 million pixels"))
    if min(image.size) < _SHORTEST or max(image.size) > _LONGEST:
        raise PictureRefused(reason=_("must have 50 to 8,000 pixels a side"))
