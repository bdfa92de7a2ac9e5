"""Reading the settings of a policy from JSON-able data, naming the field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from yipan.payouts.settlement.errors import (
    NotAShare,
    NotAWholeNumber,
    UnknownChoice,
    UnknownSetting,
)

_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", re.ASCII)


def check_names(data: Mapping[str, object], known: Collection[str]) -> None:
    """Raises UnknownSetting for the first name, by alphabet, that is not known."""
    for name in sorted(data.keys() - set(known)):
        raise UnknownSetting(field=name)


def whole_number(field: str, value: object, *, least: int, most: int) -> int:
    """A whole number in a range. Raises NotAWholeNumber."""
    if type(value) is not int or not least <= value <= most:
        raise NotAWholeNumber(field=field, least=least, most=most)
    return value


def share(field: str, value: object) -> Decimal:
    """An exact decimal from 0 to 1, given as text or Decimal. Raises NotAShare."""
    text = format(value, "f") if isinstance(value, Decimal) else value
    if not isinstance(text, str) or not _SHARE.fullmatch(text):
        raise NotAShare(field=field)
    return Decimal(text)


def choice(field: str, value: object, allowed: Collection[str]) -> str:
    """One of the allowed texts. Raises UnknownChoice."""
    if not isinstance(value, str) or value not in allowed:
        raise UnknownChoice(field=field, allowed=", ".join(sorted(allowed)))
    return value
