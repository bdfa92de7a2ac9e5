"""Years, months and days above a list: as far back as its first row, without a look at the others.

The framework's own bar reads every row to find the months that have some; this one reads the first
row, along the index of the list's order. The list is narrowed by the framework's own parameters.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any, NamedTuple

from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from yipan.kernel import clock
from yipan.kernel.text import whole


class Span(NamedTuple):
    """One year, month or day to choose."""

    title: str
    link: str
    chosen: bool


def spans_of(changes: ChangeList) -> dict[str, list[Span]]:
    """`years`, `months` of the chosen year, `days` of the chosen month; empty without any row."""
    column = str(changes.date_hierarchy)
    first = changes.root_queryset.order_by(column).values_list(column, flat=True).first()
    if first is None:
        return {}
    begin = timezone.localtime(first).date()
    today = timezone.localtime(clock.now()).date()
    year, month, day = (_chosen(changes, column, part) for part in ("year", "month", "day"))
    everything = Span(_("Any time"), _link(changes, column), not year)
    found = {
        "years": [
            everything,
            *(
                Span(str(each), _link(changes, column, year=each), each == year)
                for each in range(begin.year, today.year + 1)
            ),
        ]
    }
    if year:
        found["months"] = [
            Span(str(MONTHS_3[each]), _link(changes, column, year=year, month=each), each == month)
            for each in range(1, 13)
            if (begin.year, begin.month) <= (year, each) <= (today.year, today.month)
        ]
    if year and month:
        found["days"] = [
            Span(
                str(each),
                _link(changes, column, year=year, month=month, day=each),
                each == day,
            )
            for each in range(1, monthrange(year, month)[1] + 1)
            if begin <= date(year, month, each) <= today
        ]
    return found


def _chosen(changes: ChangeList, column: str, part: str) -> int:
    given = changes.params.get(f"{column}__{part}", "")
    text = given[-1] if isinstance(given, list) else given
    return whole(str(text)) or 0


def _link(changes: ChangeList, column: str, **parts: Any) -> str:
    given = {f"{column}__{part}": value for part, value in parts.items()}
    return changes.get_query_string(given, [f"{column}__"])
