"""Reading numbers that came from outside."""

from __future__ import annotations

from typing import Final

from django.http import QueryDict

_LARGEST: Final = 2**63 - 1


def number_in(given: QueryDict, name: str) -> int | None:
    """A whole number of at most 64 bits, or None for anything else."""
    text = given.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST))):
        return None
    number = int(text)
    return number if number <= _LARGEST else None
