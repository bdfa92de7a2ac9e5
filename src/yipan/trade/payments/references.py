"""Numbers and tokens that lead back to a payment from outside. Pure but for chance.

`Y<tenant>_<id>` in base 36 is 11 to 28 characters of letters, digits and `_`: both WeChat Pay
(6 to 32) and Alipay take it as a merchant's number. It says the tenant, because a notification says
nothing else. Whoever made one up would still lack the provider's signature.
"""

from __future__ import annotations

import re
import secrets
import string
from typing import Final

_DIGITS: Final = string.digits + string.ascii_lowercase
_REFERENCE: Final = re.compile(r"Y([0-9a-z]{1,13})_[0-9a-z]{8,13}", re.ASCII)
_TOKEN: Final = re.compile(r"([0-9a-z]{1,13})-[A-Za-z0-9_-]{43}", re.ASCII)
_LARGEST: Final = 2**63 - 1


def new_reference(tenant_id: int, row_id: int) -> str:
    """The number by which a provider knows a payment or a repayment."""
    return f"Y{_base36(tenant_id)}_{_base36(row_id):0>8}"


def new_token(tenant_id: int) -> str:
    """The address of a cashier page: 256 random bits behind the tenant."""
    return f"{_base36(tenant_id)}-{secrets.token_urlsafe(32)}"


def tenant_of_reference(reference: str) -> int | None:
    """The tenant that a reference names, or None for a text that is none."""
    return _tenant(_REFERENCE.fullmatch(reference))


def tenant_of_token(token: str) -> int | None:
    """The tenant that a token names, or None for a text that is none."""
    return _tenant(_TOKEN.fullmatch(token))


def _tenant(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    tenant_id = int(match[1], 36)
    return tenant_id if tenant_id <= _LARGEST else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
