"""Addresses of pictures in templates: `{{ card.picture|picture_url:320 }}`."""

from __future__ import annotations

from django import template

from yipan.goods.catalogue import pictures

register = template.Library()


@register.filter
def picture_url(file: str, width: int = 640) -> str:
    """Where a browser finds a picture of about this many device pixels."""
    return pictures.picture_url(file, width=int(width))


@register.filter
def picture_srcset(file: str, widths: str = "320 640") -> str:
    """Several sizes for the attribute `srcset`; widths with blanks between."""
    return pictures.picture_srcset(file, *(int(width) for width in widths.split()))
