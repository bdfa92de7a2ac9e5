"""The templates of posters, one file each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from PIL import Image

from yipan.distribution.sharing.posters.content import Content
from yipan.distribution.sharing.posters.templates import bold, card, classic

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class PosterTemplate:
    """One way to draw a poster."""

    code: str
    title: str | _StrPromise
    version: int
    """To be raised with every change of how it looks, so that posters are drawn anew."""
    size: tuple[int, int]
    """Pixels."""
    draw: Callable[[Content], Image.Image]


TEMPLATES: Final = (
    PosterTemplate("classic", _("Classic"), 3, classic.SIZE, classic.draw),
    PosterTemplate("bold", _("Bold"), 3, bold.SIZE, bold.draw),
    PosterTemplate("card", _("Card"), 3, card.SIZE, card.draw),
)
BY_CODE: Final = {template.code: template for template in TEMPLATES}
