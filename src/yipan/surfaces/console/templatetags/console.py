"""What the console's templates write."""

from __future__ import annotations

from django import template
from django.contrib import admin
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from yipan.group.people.columns import money
from yipan.kernel.money import yuan as in_yuan

register = template.Library()


@register.filter
def yuan(fen: int | None) -> SafeString:
    """An amount in fen as ¥1,234.50."""
    return money(fen)


@register.filter
def row_title(row: object) -> str:
    """What a row is called: by its screen, by itself, or by its kind and number."""
    if not isinstance(row, Model):
        return str(row)
    model = type(row)
    if admin.site.is_registered(model):
        named = getattr(admin.site.get_model_admin(model), "row_title", None)
        if named is not None:
            return str(named(row))
    if model.__str__ is not Model.__str__:
        return str(row)
    return f"{capfirst(str(model._meta.verbose_name))} {row.pk}"


@register.filter
def plain_yuan(fen: int) -> str:
    """An amount in fen as text, for attributes."""
    return in_yuan(fen)
