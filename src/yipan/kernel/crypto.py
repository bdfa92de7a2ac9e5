"""Keys and encryption at rest.

Every key is derived from the deployment's master secrets with HKDF and a purpose label. The first
secret is live; the second, where set, still opens what the former one closed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


class Undecipherable(ValueError):
    """A stored secret that no live key opens: wrong key, or the value was moved or edited."""


@lru_cache(maxsize=64)
def derived_key(purpose: str, generation: int = 0, length: int = 32) -> bytes:
    """The key for one purpose. `generation` 0 is the live master secret, 1 the former one."""
    secret = settings.YIPAN_MASTER_SECRETS[generation]
    kdf = HKDF(
        algorithm=hashes.SHA256(), length=length, salt=None, info=f"yipan:{purpose}".encode()
    )
    return kdf.derive(secret.encode())


def generations() -> range:
    """The generations of master secrets that are set, live one first."""
    return range(len(settings.YIPAN_MASTER_SECRETS))


def key_id(purpose: str, generation: int) -> str:
    """Short public name of a key, stored beside what it closed."""
    return hashlib.sha256(derived_key(purpose, generation)).hexdigest()[:8]


def _place(table: str, column: str, row_id: int) -> bytes:
    return f"{table}|{column}|{row_id}".encode()


def encrypt(plain: str, *, table: str, column: str, row_id: int) -> str:
    """AES-256-GCM, bound to its table, column and row: `key id.base64(nonce + ciphertext)`."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(derived_key("at-rest")).encrypt(
        nonce, plain.encode(), _place(table, column, row_id)
    )
    return f"{key_id('at-rest', 0)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, table: str, column: str, row_id: int) -> str:
    """The plain text again. Raises Undecipherable."""
    identifier, _, encoded = value.partition(".")
    raw = base64.urlsafe_b64decode(encoded)
    for generation in generations():
        if key_id("at-rest", generation) == identifier:
            try:
                box = AESGCM(derived_key("at-rest", generation))
                plain = box.decrypt(raw[:_NONCE], raw[_NONCE:], _place(table, column, row_id))
            except InvalidTag:
                break
            return plain.decode()
    message = f"no live key opens {table}.{column} of row {row_id}"
    raise Undecipherable(message)


def blind_index(value: str, *, purpose: str, tenant_id: int) -> str:
    """Keyed hash by which an encrypted value can be found, different in every tenant."""
    key = derived_key(f"blind:{purpose}")
    return hmac.new(key, f"{tenant_id}|{value}".encode(), hashlib.sha256).hexdigest()
