"""Picture files under the media folder, and their smaller versions."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from django.conf import settings
from PIL import Image, ImageOps

from yipan.kernel.kept_files import folder, kept

TYPES: Final = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
"""What may go out, by the end of its name."""
KEPT_IN: Final = "pictures"
_QUALITY: Final = 82
_LARGEST: Final = 100_000_000
"""Pixels that are opened at most; intake lets in less."""


def is_remote(file: str) -> bool:
    """Whether a picture stands on another server."""
    return file.startswith("https://")


def media_file(file: str) -> Path | None:
    """The file behind a path under the media folder.

    None where there is none, it is no picture, or the path leads out of the folder or to what is
    hidden in it.
    """
    steps = PurePosixPath(file).parts
    if "\\" in file or "\x00" in file or any(step[0] in "./" for step in steps):
        return None
    root = Path(settings.YIPAN_MEDIA_ROOT).resolve()
    path = root.joinpath(*steps).resolve()
    if path.suffix.lower() not in TYPES or not path.is_relative_to(root) or not path.is_file():
        return None
    return path


def scaled_file(file: str, width: int) -> Path | None:
    """The file of a picture scaled to a width (one of WIDTHS), made at the first time.

    The original where that is not wider; None as `media_file`, and for what cannot be read.
    """
    original = media_file(file)
    if original is None:
        return None
    try:
        with Image.open(original) as image:
            if image.width <= width:
                return original
        return kept(folder(KEPT_IN) / str(width) / f"{file}.webp", lambda: _scaled(original, width))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def open_picture(file: str, *, width: int) -> Image.Image | None:
    """A picture in memory, at most `width` pixels wide, without transparency; None as above."""
    path = scaled_file(file, width)
    if path is None:
        return None
    try:
        with Image.open(path) as image:
            return opaque(image)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def opaque(image: Image.Image) -> Image.Image:
    """The picture in red, green and blue, on white where it lets light through."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _scaled(original: Path, width: int) -> bytes:
    with Image.open(original) as image:
        if image.width * image.height > _LARGEST:
            raise ValueError("too large to open")
        image.draft("RGB", (width, width))
        upright = ImageOps.exif_transpose(image)
        height = max(1, round(upright.height * width / upright.width))
        mode = "RGBA" if upright.mode in {"RGBA", "LA", "PA", "P"} else "RGB"
        small = upright.convert(mode).resize((width, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=_QUALITY, method=2)
    return buffer.getvalue()
