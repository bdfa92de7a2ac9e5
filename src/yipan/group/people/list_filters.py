"""Filters that stand above a list, each a control of its own; all of them stay in the address.

A screen that is a `ListPage` (list_pages.py) draws them by their `kind`. What a value means is one
function from the value to a condition, so that an export can ask for the very same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yipan.group.people.filters import OrganisationFilter
from yipan.kernel.zones import zone

Condition = Callable[[str], Q]
NOTHING: Final = Q(pk__in=[])


class ListFilter(admin.SimpleListFilter):
    """One control above a list."""

    kind: ClassVar[str] = "select"
    """How it is drawn: `select`, `text`, `span`, `tabs`."""
    condition: ClassVar[Condition]
    """From a value, which is not empty, to the rows it lets through."""
    unchosen: ClassVar[Q] = Q()
    """The rows that are shown where nothing is chosen."""
    unchosen_word: ClassVar[str | Promise] = ""
    """What these are called, where they are not all."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Nothing: the page draws it, not the framework."""
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.text
        return queryset.filter(type(self).condition(value) if value else self.unchosen)

    @property
    def text(self) -> str:
        """What was chosen or typed; empty for nothing."""
        return str(self.value() or "").strip()

    @property
    def options(self) -> list[tuple[str, str]]:
        """What there is to choose, with nothing chosen first."""
        everything = ("", f"{capfirst(str(self.title))}: {gettext('all')}")
        return [everything, *((str(value), str(name)) for value, name in self.lookup_choices)]


def choice_filter(
    name: str,
    label: str | Promise,
    choices: Callable[[], Iterable[tuple[str, str | Promise]]],
    condition: Condition | None = None,
    *,
    tabs: bool = False,
    unchosen: tuple[str | Promise, Q] = ("", Q()),
) -> type[ListFilter]:
    """One of some values, of the column `name` unless `condition` says otherwise.

    `unchosen`: what is shown where none of them is chosen, and its name; everything if left out.
    """
    word, rows = unchosen

    def exact(value: str) -> Q:
        return Q(**{name: value})

    class Choice(ListFilter):
        title = label  # type: ignore[assignment]
        parameter_name = name
        kind = "tabs" if tabs else "select"
        unchosen_word, unchosen = word, rows

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(value, str(shown)) for value, shown in choices()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            known = {value for value, _shown in choices()}
            if self.text and self.text not in known:
                return queryset.none()
            return super().queryset(request, queryset)

    Choice.condition = staticmethod(condition or exact)
    return Choice


def text_filter(name: str, label: str | Promise, condition: Condition) -> type[ListFilter]:
    """A word that is typed."""

    class Text(ListFilter):
        title = label  # type: ignore[assignment]
        parameter_name = name
        kind = "text"

    Text.condition = staticmethod(condition)
    return Text


class StoreFilter(OrganisationFilter):
    """An organisation with all below it, out of the reader's own subtrees."""

    kind: ClassVar[str] = "select"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The tree as it is cached."""
        everything = ("", f"{capfirst(str(self.title))}: {gettext('all')}")
        return [everything, *((str(value), str(name)) for value, name in self.lookup_choices)]

    @property
    def text(self) -> str:
        """The chosen one's id; empty for none."""
        return str(self.value() or "")


class SpanFilter(ListFilter):
    """Days from … to …, both included, in the group's zone."""

    kind = "span"
    column: ClassVar[str] = ""

    def __init__(self, request: HttpRequest, params: dict[str, Any], *rest: Any) -> None:
        self.names = (f"{self.parameter_name}_from", f"{self.parameter_name}_to")
        super().__init__(request, params, *rest)
        for name in self.names:
            if name in params:
                given = params.pop(name)
                self.used_parameters[name] = given[-1] if isinstance(given, list) else given

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def first(self) -> str:
        """The first day as it was typed."""
        return str(self.used_parameters.get(self.names[0]) or "")

    @property
    def last(self) -> str:
        """The last day as it was typed."""
        return str(self.used_parameters.get(self.names[1]) or "")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(in_span(self.column, self.first, self.last))


def span_filter(name: str, label: str | Promise, moment: str) -> type[SpanFilter]:
    """Days of a column of moments; the parameters are `<name>_from` and `<name>_to`."""

    class Span(SpanFilter):
        title = label  # type: ignore[assignment]
        parameter_name = name
        column = moment

    return Span


def in_span(column: str, first: str, last: str) -> Q:
    """Moments of the days from `first` to `last` (ISO, either may be empty); nothing for nonsense.

    >>> in_span("paid_at", "", "") == Q()
    True
    """
    wanted = Q()
    try:
        if first:
            wanted &= Q(**{f"{column}__gte": _start(date.fromisoformat(first))})
        if last:
            after = date.fromisoformat(last) + timedelta(days=1)
            wanted &= Q(**{f"{column}__lt": _start(after)})
    except (ValueError, OverflowError):
        return NOTHING
    return wanted


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone()))


ORGANISATION: Final = _("organisation")
"""Title of filters by organisation."""
