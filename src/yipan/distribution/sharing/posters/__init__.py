"""Posters: a picture to be saved and sent on, whose code leads to what was shared."""

from yipan.distribution.sharing.posters.making import (
    LANGUAGES,
    Poster,
    forget_unused_posters,
    poster,
    thumbnail,
)
from yipan.distribution.sharing.posters.sending import sent
from yipan.distribution.sharing.posters.templates import TEMPLATES, PosterTemplate

__all__ = [
    "LANGUAGES",
    "TEMPLATES",
    "Poster",
    "PosterTemplate",
    "forget_unused_posters",
    "poster",
    "sent",
    "thumbnail",
]
