"""How buyers are named."""

from __future__ import annotations

import re
from typing import Final

WECHAT: Final = "wechat"
"""The scheme of WeChat accounts (openid)."""
PHONE: Final = "phone"
"""The scheme of phone numbers: kept encrypted, and found by a keyed hash."""

_SEPARATORS: Final = re.compile(r"[\s().\-]")
_NUMBER: Final = re.compile(r"\+?\d{5,15}")
_CHINA: Final = re.compile(r"(?:\+?86|0086)?(1\d{10})")


def normal_phone(phone: str) -> str | None:
    """A phone number in its one form, or None where it is none.

    Mobile numbers of mainland China without the country's prefix (138 0013 8000, +86 138…: both
    13800138000); others as they are dialled, without separators.
    """
    digits = _SEPARATORS.sub("", phone)
    chinese = _CHINA.fullmatch(digits)
    if chinese:
        return chinese.group(1)
    return digits if _NUMBER.fullmatch(digits) else None


def masked_phone(phone: str) -> str:
    """What is shown of a phone number: 138****8000."""
    if len(phone) < 7:
        return "*" * len(phone)
    return f"{phone[:3]}****{phone[-4:]}"


def masked_name(name: str) -> str:
    """What others are shown of a name: its first character, 王**; nothing of an empty one."""
    text = name.strip()
    return f"{text[0]}**" if text else ""


def dialled(phone: str) -> str:
    """A phone number in its one form as a gateway dials it: with the country's prefix."""
    return f"+86{phone}" if _CHINA.fullmatch(phone) else phone
