"""Card numbers and names, brought to the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from yipan.payouts.withdrawals.errors import CardNumberInvalid, NameInvalid

_NUMBER: Final = re.compile(r"[0-9]{12,19}", re.ASCII)
_SEPARATORS: Final = re.compile(r"[\s\-]")
_DOTS: Final = re.compile("[•・‧∙⋅.]")
MOST_NAME: Final = 60


def card_number(text: str) -> str:
    """The digits of a card number, without blanks and dashes.

    Raises CardNumberInvalid unless they are 12 to 19 ASCII digits with a right check digit (Luhn,
    ISO/IEC 7812-1).
    """
    digits = _SEPARATORS.sub("", text)
    if not _NUMBER.fullmatch(digits) or not passes_luhn(digits):
        raise CardNumberInvalid
    return digits


def passes_luhn(digits: str) -> bool:
    """Whether the check digit at the end is right."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def real_name(text: str) -> str:
    """A person's name in the form that two spellings of it share.

    Compatibility forms are unified, blanks are dropped, every middle dot is `·`, letters are upper
    case. Raises NameInvalid for nothing, for more than 60 characters, and for control characters.
    """
    name = "".join(unicodedata.normalize("NFKC", text).split())
    name = _DOTS.sub("·", name).upper()
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable():
        raise NameInvalid
    return name
