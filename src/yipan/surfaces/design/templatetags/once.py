"""`{% once %}`: the hidden key by which a form counts once (see `design.once`)."""

from __future__ import annotations

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yipan.surfaces.design.once import FIELD

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A fresh key with every drawing of the form."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_hex(16))
