"""Tokens and row checks with the keys of this deployment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from yipan.distribution.sharing.tokens import (
    ROW_MAC_KEY_PURPOSE,
    TOKEN_KEY_PURPOSE,
    LinkRow,
    ShareTokens,
    TokenKeys,
    row_mac,
    verify_row_mac,
)
from yipan.kernel.crypto import derived_key, generations

PURPOSE: Final = "link"
_LIVE: Final = 2
"""Master secrets of which tokens and row checks count: the live one and the one before."""


def sealed(link_ids: Iterable[int], *, tenant_id: int) -> list[str]:
    """The tokens of links, in order."""
    return _tokens(_keys(TOKEN_KEY_PURPOSE)).seal_many(link_ids, tenant_id, PURPOSE)


def opened(token: str, *, tenant_id: int) -> int | None:
    """The link a token leads to, or None for whatever was not sealed here for this tenant."""
    return _tokens(_keys(TOKEN_KEY_PURPOSE)).open(token, tenant_id, PURPOSE)


def check_of(row: LinkRow) -> bytes:
    """The check to be stored beside a link's row."""
    return row_mac(_keys(ROW_MAC_KEY_PURPOSE)[0], row)


def is_genuine(row: LinkRow, check: bytes) -> bool:
    """Whether the row is as we wrote it."""
    return verify_row_mac(_keys(ROW_MAC_KEY_PURPOSE), row, check)


def _keys(purpose: str) -> tuple[bytes, ...]:
    return tuple(derived_key(purpose, generation) for generation in generations()[:_LIVE])


@lru_cache(maxsize=4)
def _tokens(keys: tuple[bytes, ...]) -> ShareTokens:
    return ShareTokens(TokenKeys(*keys))
