"""Who opens a link: the visitor's cookie, and whether it is a person at all."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

COOKIE: Final = "yipan_visitor"
COOKIE_AGE: Final = 365 * 24 * 60 * 60
"""Seconds; a year from the last link opened."""

_BYTES: Final = 16
_VISITOR: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
# Programs that say who they are: crawlers, and chats that draw a preview of a link somebody sent.
_PROGRAM: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|whatsapp/|embedly|"
    r"headlesschrome|lighthouse|curl/|wget/|python-|okhttp|go-http-client|java/|node-fetch",
    re.IGNORECASE,
)


def new_visitor() -> str:
    """A fresh name for a browser: 128 random bits, 22 characters."""
    return secrets.token_urlsafe(_BYTES)


def is_visitor(text: str) -> bool:
    """Whether a text can be a name given by `new_visitor`."""
    return _VISITOR.fullmatch(text) is not None


def is_person(*, method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is likely to be somebody looking at the page.

    A HEAD request, a page fetched in advance and a program that says that it is one are not: they
    get the same page, and leave no touch. A program that lies is counted; it cannot earn anybody
    anything without a purchase by the same visitor.
    """
    if method != "GET" or "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", "")):
        return False
    agent = headers.get("User-Agent", "")
    return bool(agent) and _PROGRAM.search(agent) is None
