"""Reading numbers that came from outside."""

from __future__ import annotations

from django.http import QueryDict

from yipan.kernel.text import whole


def number_in(given: QueryDict, name: str) -> int | None:
    """A whole number of at most 64 bits, or None for anything else."""
    return whole(given.get(name, "").strip())
