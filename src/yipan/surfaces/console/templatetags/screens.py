"""What the framework's screens show, as values for templates of ours.

A screen that says no more than its columns, filters and fields (`ScopedAdmin`) is drawn by
`admin/change_list.html` and `admin/change_form.html` out of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from django import template
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Field, ForeignKey, Model
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

register = template.Library()

NOTHING: Final = "–"
SHORT: Final = 20
"""Values as long as this are not broken into lines."""


class Head(NamedTuple):
    """The head of a column."""

    title: str
    address: str
    """Sorts by it; empty where one cannot."""
    sorted: str
    """`ascending`, `descending` or empty."""
    is_number: bool


class Cell(NamedTuple):
    """One value of a row."""

    value: object
    is_number: bool
    is_flag: bool
    is_short: bool
    """Stays on one line."""
    address: str
    """The row's page, in the column that leads there."""


class Choice(NamedTuple):
    """A filter with one value of several."""

    name: str
    title: str
    options: list[tuple[str, str]]
    chosen: str


@register.filter
def heads(changes: ChangeList) -> list[Head]:
    """The columns of a list; those of amounts and numbers stand on the right."""
    first = next(iter(changes.result_list), None)
    sorted_by = changes.get_ordering_field_columns()
    found = []
    for place, name in enumerate(changes.list_display):
        title, attr = label_for_field(
            name, changes.model, model_admin=changes.model_admin, return_attr=True
        )
        can_sort = changes.sortable_by is None or name in changes.sortable_by
        if attr is not None:
            can_sort = can_sort and bool(getattr(attr, "admin_order_field", None))
        order = sorted_by.get(place, "")
        turned = f"-{place}" if order == "asc" else str(place)
        address = changes.get_query_string({ORDER_VAR: turned}, [PAGE_VAR]) if can_sort else ""
        cell = _cell(changes, first, str(name)) if first is not None else None
        number = cell is not None and cell.is_number
        words = {"asc": "ascending", "desc": "descending"}.get(order, "")
        found.append(Head(capfirst(str(title)), address, words, number))
    return found


@register.filter
def rows(changes: ChangeList) -> Iterable[list[Cell]]:
    """The rows of a list, each as its cells."""
    return [[_cell(changes, row, str(name)) for name in changes.list_display]
            for row in changes.result_list]  # fmt: skip


def _cell(changes: ChangeList, row: Model, name: str) -> Cell:
    links = changes.list_display_links or ()
    address = changes.url_for_result(row) if name in links else ""
    try:
        field, attr, value = lookup_field(name, row, changes.model_admin)
    except ObjectDoesNotExist:
        return Cell(NOTHING, is_number=False, is_flag=False, is_short=True, address=address)
    if bool(getattr(attr, "boolean", False)) or isinstance(value, bool):
        return Cell(value, is_number=False, is_flag=True, is_short=True, address=address)
    if isinstance(field, ForeignKey):
        value = getattr(row, field.name)
    elif isinstance(field, Field) and field.flatchoices:
        value = dict(field.flatchoices).get(value, value)
    number, shown = _is_number(value), _shown(value)
    short = number or len(strip_tags(str(shown))) <= SHORT
    return Cell(shown, is_number=number, is_flag=False, is_short=short, address=address)


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return date_format(localtime(value), "Y-m-d H:i")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or NOTHING
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) < 10**12 else str(value)
    return NOTHING if value is None or value == "" else value


def _is_number(value: object) -> bool:
    if isinstance(value, SafeString):
        return "y-money" in value
    if isinstance(value, str):
        return value.lstrip("-+").startswith("¥")
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


@register.filter
def choices_of(changes: ChangeList) -> list[Choice]:
    """The filters of a list, each as one select."""
    return [
        choice for spec in changes.filter_specs if (choice := _choice(changes, spec)) is not None
    ]


def _choice(changes: ChangeList, spec: Any) -> Choice | None:
    name = getattr(spec, "parameter_name", None) or getattr(spec, "lookup_kwarg", "")
    if not name:
        return None
    if isinstance(spec, SimpleListFilter):
        options = [(str(value), str(word)) for value, word in spec.lookup_choices]
    else:
        options = _options(changes, spec, name)
    everything = ("", f"{capfirst(str(spec.title))}: {_('all')}")
    chosen = str(changes.params.get(name) or spec.used_parameters.get(name) or "")
    given = spec.used_parameters.get(name)
    if isinstance(given, list):
        chosen = str(given[0]) if given else ""
    return Choice(name, str(spec.title), [everything, *options], chosen)


def _options(changes: ChangeList, spec: Any, name: str) -> list[tuple[str, str]]:
    field = getattr(spec, "field", None)
    if isinstance(field, Field) and field.flatchoices:
        return [(str(value), capfirst(str(word))) for value, word in field.flatchoices]
    if isinstance(field, ForeignKey):
        return [(str(value), str(word)) for value, word in spec.lookup_choices]
    if getattr(spec, "lookup_kwarg2", "").endswith("__isnull"):  # of a yes or no
        return [("1", _("Yes")), ("0", _("No"))]
    found = []
    for each in spec.choices(changes):
        value = parse_qs(str(each.get("query_string", "")).lstrip("?")).get(name)
        if value:
            found.append((value[0], str(each["display"])))
    return found


@register.filter
def kept_parameters(changes: ChangeList) -> list[tuple[str, str]]:
    """What stands in the address besides filters, search and page: the order, and days."""
    filters = {choice.name for choice in choices_of(changes)}
    left = filters | {"q", PAGE_VAR, "e"}
    return [(name, str(value)) for name, value in changes.params.items() if name not in left]


class Fact(NamedTuple):
    """One field of a row that is only read."""

    label: str
    value: object
    is_wide: bool


@register.filter
def facts_of(form: Any) -> list[Fact]:
    """The fields of a screen's form that are only read, with their names."""
    found = []
    for each in _fields(form):
        if not each.is_readonly:
            continue
        value = each.contents()
        wide = "<pre" in value or "<table" in value or "y-diff" in value or len(value) > 400
        label = capfirst(str(each.field["label"]))
        found.append(Fact(label, NOTHING if value in {"-", ""} else value, wide))
    return found


@register.filter
def inputs_of(form: Any) -> list[Any]:
    """The fields of a screen's form that can be changed."""
    return [each.field for each in _fields(form) if not each.is_readonly]


def _fields(form: Any) -> Iterable[Any]:
    for fieldset in form:
        for line in fieldset:
            yield from line


@register.filter
def inline_rows(inline: Any) -> list[list[object]]:
    """The rows of an inline that is only read, each as its values."""
    return [
        [_plain(each.contents()) for fieldset in form for line in fieldset for each in line]
        for form in inline
        if getattr(form.original, "pk", None)
    ]


def _plain(value: object) -> object:
    return NOTHING if value in {"-", ""} else value


@register.filter
def inline_heads(inline: Any) -> list[str]:
    """Titles of the columns of an inline."""
    return [capfirst(str(each["label"])) for each in inline.fields()]
