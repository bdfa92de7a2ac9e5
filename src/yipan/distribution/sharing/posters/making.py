"""Making posters, once for as long as nothing on them changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from django.utils import translation
from PIL import Image

from yipan.distribution.sharing.errors import UnknownTemplate
from yipan.distribution.sharing.posters import fonts
from yipan.distribution.sharing.posters.content import content_of
from yipan.distribution.sharing.posters.templates import BY_CODE
from yipan.kernel import kept_files

LANGUAGES: Final = ("zh-hans", "en")
"""The first one is taken for any other."""
_KEPT_IN: Final = "posters"
_UNUSED_FOR: Final = timedelta(days=14)
_THUMBNAIL: Final = 360
_EFFORT: Final = 4
"""Of the PNG's compression, 0 to 9: above it only the time grows."""


@dataclass(frozen=True, slots=True)
class Poster:
    """A poster as a file."""

    path: Path
    etag: str
    """Says all that is drawn: the same one, the same poster."""
    width: int
    height: int


def poster(
    *,
    link_id: int,
    template: str = "classic",
    language: str = "zh-hans",
    distributor_id: int | None = None,
) -> Poster:
    """The poster of a link: PNG, 1080 pixels wide.

    Three statements; drawn when nobody asked for just this one lately. With `distributor_id`, only
    if it is their link. Raises NotFound (link), LinkGone (revoked, expired), UnknownTemplate.
    """
    return _poster(link_id, template, language, distributor_id)[0]


def thumbnail(
    *,
    link_id: int,
    template: str = "classic",
    language: str = "zh-hans",
    distributor_id: int | None = None,
) -> Poster:
    """The same, 360 pixels wide, to choose by. Raises as `poster`."""
    large, folder = _poster(link_id, template, language, distributor_id)
    height = large.height * _THUMBNAIL // large.width
    path = kept_files.kept(
        folder.joinpath(f"{large.etag}-{_THUMBNAIL}.png"),
        lambda: _scaled(large.path, _THUMBNAIL, height),
    )
    return Poster(path, f"{large.etag}-{_THUMBNAIL}", _THUMBNAIL, height)


def forget_unused_posters() -> int:
    """Remove the posters nobody asked for in two weeks, those of old prices among them."""
    return kept_files.forget_unused(_KEPT_IN, unused_for=_UNUSED_FOR)


def _poster(
    link_id: int, template: str, language: str, distributor_id: int | None
) -> tuple[Poster, Path]:
    chosen = BY_CODE.get(template)
    if chosen is None:
        raise UnknownTemplate(template=template)
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    content = content_of(link_id, distributor_id=distributor_id)
    drawn = (fonts.VERSION, chosen.code, chosen.version, language, *content.parts())
    etag = hashlib.sha256(json.dumps(drawn).encode()).hexdigest()[:32]
    folder = kept_files.folder(_KEPT_IN).joinpath(etag[:2])

    def draw() -> bytes:
        with translation.override(language):
            return encoded(chosen.draw(content))

    path = kept_files.kept(folder.joinpath(f"{etag}.png"), draw)
    return Poster(path, etag, *chosen.size), folder


def encoded(image: Image.Image) -> bytes:
    """A drawing as PNG."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=_EFFORT)
    return buffer.getvalue()


def _scaled(path: Path, width: int, height: int) -> bytes:
    with Image.open(path) as image:
        return encoded(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2))
