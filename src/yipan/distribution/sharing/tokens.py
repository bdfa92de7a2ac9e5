"""Share tokens: the 32 characters behind every shared link, poster and mini-program code.

A token is AES-SIV (RFC 5297, 256-bit key) over the 8-byte big-endian link id, with the tenant and
the purpose as associated data: 16 bytes of synthetic IV, 8 bytes of ciphertext, written as exactly
32 URL-safe base64 characters. Nothing can be read from it, it cannot be forged, and the same link
always gives the same token, so that it need not be stored.

The row MAC guards the other side: a link row whose owner, SKU or organisation was edited in the
database no longer matches its MAC.

Pure: keys come in as bytes; the algorithm's page is docs/algorithms/share-tokens.md.
"""

import hmac
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

TOKEN_LENGTH: Final = 32
"""Characters of a token: the whole of a WeChat mini-program `scene`."""

TOKEN_KEY_PURPOSE: Final = "share-token/v1"
"""Label under which the keys of tokens are derived."""

ROW_MAC_KEY_PURPOSE: Final = "share-link-row-mac/v1"
"""Label under which the keys of row MACs are derived."""

_KEY_BYTES: Final = 32
_MAX_ID: Final = 2**63 - 1
_ROW_DOMAIN: Final = b"yipan share link row v1\x00"


def _decoding_table() -> bytes:
    """URL-safe alphabet to standard alphabet; every other byte to one that base64 refuses."""
    table = bytearray(b"!" * 256)
    for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789":
        table[letter] = letter
    table[ord("-")] = ord("+")
    table[ord("_")] = ord("/")
    return bytes(table)


_TO_STANDARD: Final = _decoding_table()


@dataclass(frozen=True, slots=True, repr=False)
class TokenKeys:
    """The live keys, 32 bytes each: `current` seals, both open.

    To rotate: the current key becomes `previous`, a fresh one becomes `current`; when the old
    codes may die, `previous` goes. Both come from `yipan.kernel.crypto.derived_key` with the
    purpose TOKEN_KEY_PURPOSE. Has no repr, so that a key does not reach a log.

    Raises ValueError for a key of any other length.
    """

    current: bytes
    previous: bytes | None = None

    def __post_init__(self) -> None:
        if any(len(key) != _KEY_BYTES for key in self.all()):
            raise ValueError("a key must have exactly 32 bytes")

    def all(self) -> tuple[bytes, ...]:
        """The live keys, the sealing one first."""
        return (self.current,) if self.previous is None else (self.current, self.previous)


class ShareTokens:
    """Seals link ids into tokens and opens them again; safe to share between threads."""

    __slots__ = ("_openers", "_sealer")

    def __init__(self, keys: TokenKeys) -> None:
        self._openers = tuple(AESSIV(key) for key in keys.all())
        self._sealer = self._openers[0]

    def seal(self, link_id: int, tenant_id: int, purpose: str) -> str:
        """The token of a link: 32 characters of A-Z a-z 0-9 - _, the same for the same arguments.

        Raises ValueError for an id outside 1 … 2^63-1 or an empty purpose.
        """
        return self.seal_many((link_id,), tenant_id, purpose)[0]

    def seal_many(self, link_ids: Iterable[int], tenant_id: int, purpose: str) -> list[str]:
        """The tokens of many links of one tenant, in the order given. Raises like `seal`."""
        bound_to = _associated_data(tenant_id, purpose)
        encrypt = self._sealer.encrypt
        return [
            urlsafe_b64encode(encrypt(_id_bytes(link_id), bound_to)).decode("ascii")
            for link_id in link_ids
        ]

    def open(self, token: str, tenant_id: int, purpose: str) -> int | None:
        """The link id, or None for anything this deployment did not seal for tenant and purpose.

        Malformed, altered, foreign and made-up tokens are not told apart. There is exactly one
        spelling of a token: no padding, no white space, no other alphabet. Raises ValueError only
        for a tenant id or purpose that cannot exist.
        """
        bound_to = _associated_data(tenant_id, purpose)
        if len(token) != TOKEN_LENGTH:
            return None
        try:
            sealed = a2b_base64(token.encode("ascii").translate(_TO_STANDARD), strict_mode=True)
        except ValueError:  # not ASCII, or a character outside the alphabet
            return None
        for cipher in self._openers:
            try:
                return int.from_bytes(cipher.decrypt(sealed, bound_to), "big")
            except InvalidTag:
                continue
        return None


def _id_bytes(value: int) -> bytes:
    if not 0 < value <= _MAX_ID:
        raise ValueError("an id is a positive 63-bit integer")
    return value.to_bytes(8, "big")


def _associated_data(tenant_id: int, purpose: str) -> list[bytes]:
    if not purpose:
        raise ValueError("a token needs a purpose")
    return [_id_bytes(tenant_id), purpose.encode()]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The fields of a link row that decide who earns on what; none of them may change unseen."""

    tenant_id: int
    link_id: int
    distributor_id: int
    organisation_id: int | None
    sku_id: int | None


def row_mac(key: bytes, row: LinkRow) -> bytes:
    """HMAC-SHA256 (32 bytes) over the row: to be stored beside it.

    Each field is a presence byte and 8 bytes big-endian, so that no two rows share an encoding.
    Raises ValueError for an id outside 1 … 2^63-1.
    """
    fields = (row.tenant_id, row.link_id, row.distributor_id, row.organisation_id, row.sku_id)
    encoded = b"".join(
        b"\x00" + bytes(8) if field is None else b"\x01" + _id_bytes(field) for field in fields
    )
    return hmac.digest(key, _ROW_DOMAIN + encoded, "sha256")


def verify_row_mac(keys: Sequence[bytes], row: LinkRow, mac: bytes) -> bool:
    """Whether `mac` was made for exactly this row with one of the live keys (`TokenKeys.all`)."""
    try:
        return any(hmac.compare_digest(row_mac(key, row), mac) for key in keys)
    except ValueError:  # an id was edited to one that cannot exist
        return False
