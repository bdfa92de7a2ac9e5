"""What stands in the cells of screens: amounts, states, links from row to row.

Templates use it too, and the framework's admin loads all that templates use while it is imported
itself: nothing here may import it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from yipan.group.people.scope import Scope
from yipan.kernel.money import yuan

_reader: ContextVar[Callable[[], Scope] | None] = ContextVar("yipan_reader", default=None)


@contextmanager
def reading(scope: Callable[[], Scope]) -> Iterator[None]:
    """Make a page for somebody; `scope` tells what they may do, once it is asked."""
    token = _reader.set(scope)
    try:
        yield
    finally:
        _reader.reset(token)


def money(fen: int | None) -> SafeString:
    """An amount as ¥1,234.50; a dash where there is none."""
    if fen is None:
        return format_html('<span class="y-money">{}</span>', "–")
    kind = "y-money y-minus" if fen < 0 else "y-money"
    return format_html('<span class="{}">{}</span>', kind, yuan(fen))


def when(moment: datetime | None) -> str:
    """A moment in the reader's zone; a dash where there is none."""
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else "–"


def badge(text: object, tone: str = "") -> SafeString:
    """A state; `tone` is `good`, `wait`, `bad`, or empty for what asks for nothing."""
    kind = f"y-badge y-{tone}" if tone else "y-badge"
    return format_html('<span class="{}">{}</span>', kind, text)


def pretty(document: object) -> SafeString:
    """A JSON document to be read."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    return format_html('<pre class="y-json">{}</pre>', text)


def link_to(model: type[Model], row_id: int | None, text: object) -> SafeString | str:
    """A link to the page of a row, or just its text where the reader may not open it."""
    if row_id is None or text in {None, ""}:
        return "–" if text in {None, ""} else str(text)
    address = address_of(model, row_id)
    if not address:
        return str(text)
    return format_html('<a class="y-link" href="{}">{}</a>', address, text)


def address_of(model: type[Model], row_id: int) -> str:
    """The page of a row; empty where there is none, or none that the reader may open."""
    if not _opens(model):
        return ""
    ours = getattr(admin.site.get_model_admin(model), "row_page", "")
    return reverse(ours or f"admin:{_name(model)}_change", args=(row_id,))


def list_of(model: type[Model]) -> str:
    """The page with all rows of a kind; empty where there is none that the reader may open."""
    if not _opens(model):
        return ""
    ours = getattr(admin.site.get_model_admin(model), "list_page", "")
    return reverse(ours or f"admin:{_name(model)}_changelist")


def _name(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _opens(model: type[Model]) -> bool:
    if not admin.site.is_registered(model):
        return False
    permission = getattr(admin.site.get_model_admin(model), "permission", "")
    scope = _reader.get()
    return scope is not None and scope().holds(f"{permission}.read")
