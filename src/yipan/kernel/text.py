"""Short texts that people and programs type."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from yipan.kernel.errors import InvalidField

_LARGEST: Final = 2**63 - 1
_LONGEST_SEARCH: Final = 60


def checked(value: str, *, field: str, most: int, required: bool = True) -> str:
    """The text without blanks around it.

    Raises InvalidField, which names `field`, where it is empty though required, longer than `most`
    characters, or has characters that no line shows.
    """
    text = value.strip()
    if required and not text:
        raise InvalidField(field=field, reason=_("must not be empty"))
    if len(text) > most:
        raise InvalidField(field=field, reason=_("has at most %d characters") % most)
    if not text.isprintable():
        raise InvalidField(field=field, reason=_("has characters that cannot be shown"))
    return text


def whole(value: str) -> int | None:
    """A whole number that a column can hold, as it stands in an address or a form; else None.

    >>> whole("7"), whole("-7"), whole("７"), whole("9" * 5000)
    (7, None, None, None)
    """
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(_LARGEST))):
        return None
    number = int(value)
    return number if number <= _LARGEST else None


def searched(value: str) -> str:
    """What is looked for, as people type it: without blanks around it, at most 60 characters.

    >>> searched(" silk "), len(searched("silk" * 99))
    ('silk', 60)
    """
    return value.strip()[:_LONGEST_SEARCH]


def checked_code(value: str, *, field: str = "code", most: int = 40) -> str:
    """A code: like `checked`, and without blanks inside. Raises InvalidField."""
    text = checked(value, field=field, most=most)
    if " " in text:
        raise InvalidField(field=field, reason=_("must not have blanks"))
    return text
