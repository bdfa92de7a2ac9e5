"""How goods are called on the pages of the mall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django import template

register = template.Library()


class Named(Protocol):
    """A line of a basket, a quote or an order."""

    @property
    def name(self) -> str: ...

    @property
    def specification(self) -> Mapping[str, Any]: ...


@register.filter
def spec_words(line: Named) -> str:
    """The specification in one line, such as `红 · XL`; empty where there is none."""
    return " · ".join(str(value) for value in line.specification.values())


@register.filter
def plain_name(line: Named) -> str:
    """The name without the specification at its end, which stands in a line of its own."""
    name = line.name
    for value in reversed(list(line.specification.values())):
        name = name.removesuffix(str(value)).rstrip() or name
    return name
