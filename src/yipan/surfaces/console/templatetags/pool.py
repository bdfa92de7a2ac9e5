"""What the templates of the pool write."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def slot_of(faults: Mapping[str, str] | None, name: str) -> str:
    """The fault at a place of the rule's form; empty for none."""
    return (faults or {}).get(name, "")
