"""The text of an API key: `yk_<tenant code>_<client id, base 36>_<secret>`.

The first two parts say where to look; the secret is 43 characters of 62, more than 256 bits, so its
plain SHA-256 is as hard to reverse as the secret is to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from typing import Final

_PREFIX: Final = "yk_"
_ALPHABET: Final = string.ascii_letters + string.digits
_LENGTH: Final = 43
_DIGITS: Final = string.digits + string.ascii_lowercase
_MOST_ID_DIGITS: Final = 13  # 2**63 in base 36
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class KeyParts:
    """What a key says."""

    tenant_code: str
    client_id: int
    secret_hash: str


def new_secret() -> str:
    """A random secret."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def key_text(*, tenant_code: str, client_id: int, secret: str) -> str:
    """The key as the client gets it, once."""
    return f"{_PREFIX}{tenant_code}_{_base36(client_id)}_{secret}"


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parse(key: str) -> KeyParts | None:
    """The parts of a key, or None for a text that is no key."""
    if not key.startswith(_PREFIX) or len(key) > _MOST or not key.isascii():
        return None
    parts = key[len(_PREFIX) :].rsplit("_", 2)  # a tenant's code may have underscores itself
    if len(parts) != 3:
        return None
    tenant_code, identifier, secret = parts
    if not (0 < len(identifier) <= _MOST_ID_DIGITS) or not identifier.isalnum():
        return None
    return KeyParts(tenant_code, int(identifier, 36), hash_of(secret))


def fits(presented: str, *stored: str) -> bool:
    """Whether a hash is one of the stored ones; every wrong one takes as long."""
    return any(hmac.compare_digest(presented, each) for each in stored if each)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
