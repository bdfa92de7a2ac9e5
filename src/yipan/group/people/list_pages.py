"""Lists as pages of ours: filters above, sums of what is filtered, rows by a template of the screen.

The framework's change list still narrows, searches, sorts out pages and keeps the scope; only what
it looks like is ours (`console/list/page.html`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise

from yipan.group.people.screens import ScopedAdmin


class Column(NamedTuple):
    """A column's head."""

    title: str | Promise
    align: str = "start"
    """`start` or `end` (numbers)."""


class ListPage(ScopedAdmin):
    """A screen whose list is drawn by `rows_template`, row after row as `row`."""

    change_list_template = "console/list/page.html"
    columns: ClassVar[Sequence[Column]] = ()
    rows_template: ClassVar[str] = ""
    """Writes one `<tr>` of `row`."""
    head_template: ClassVar[str] = ""
    """What stands above the filters, if anything."""
    sums_template: ClassVar[str] = ""
    """What stands between filters and rows, if anything: sums, an export."""
    lead: ClassVar[str | Promise] = ""
    """What this list is, in a sentence below its name."""
    empty_text: ClassVar[str | Promise] = ""
    """What to do where there are no rows at all."""
    selects: ClassVar[bool] = False
    """Whether rows can be chosen, for acts on several."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            changes = answer.context_data.get("cl")
            if isinstance(changes, ChangeList):
                answer.context_data |= {
                    "screen": self,
                    "query": request.GET.urlencode(),
                    **self.list_context(request, changes),
                }
        return answer

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """More for the templates; a constant number of statements."""
        return {}
