"""Lists as pages of ours: filters above, sums of what is filtered, rows by a template each.

The framework's change list still narrows, searches, sorts out pages and keeps the scope; only what
it looks like is ours (`console/list/page.html`). A screen with a `change_form_template` has a page
of ours for one row, too, given as `row`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from yipan.group.people.columns import list_of
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel.errors import DomainError


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
    select_template: ClassVar[str] = ""
    """What stands below rows that can be chosen."""
    lead: ClassVar[str | Promise] = ""
    """What this list is, in a sentence below its name."""
    empty_text: ClassVar[str | Promise] = ""
    """What to do where there are no rows at all."""
    open_lookups: ClassVar[Sequence[str]] = ()
    """Beginnings of the framework's own parameters that may stand in the address."""
    selects: ClassVar[bool] = False
    """Whether rows can be chosen, for acts on several."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        answer = super().changelist_view(request, extra_context)
        context: dict[str, Any] = getattr(answer, "context_data", None) or {}
        changes = context.get("cl")
        if isinstance(changes, ChangeList):
            context["screen"] = self
            context["query"] = request.GET.urlencode()
            context["title"] = capfirst(str(self.opts.verbose_name_plural))
            context.update(_neighbours(changes))
            context.update(self.list_context(request, changes))
        return answer

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters of the screen narrow its list, so that sums and exports agree."""
        known = [getattr(each, "parameter_name", "") for each in self.list_filter or ()]
        names = {name for each in known for name in (each, f"{each}_from", f"{each}_to")}
        return lookup in names or any(lookup.startswith(each) for each in self.open_lookups)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if self.change_form_template and row is not None:
            context["title"] = self.row_title(row)
            context["row"] = row
            context.update(self.page_context(request, row))
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def beside(
        self, request: HttpRequest, template: str, *, title: str | Promise, **context: Any
    ) -> TemplateResponse:
        """A page that belongs to the list and leads back to it."""
        several = capfirst(str(self.opts.verbose_name_plural))
        request.crumbs = [(several, list_of(self.model))]  # type: ignore[attr-defined]
        frame = {**self.admin_site.each_context(request), "title": title}
        return TemplateResponse(request, template, {**frame, **context})

    def route(self, address: str, view: Any, name: str) -> URLPattern:
        """An address below the list's own."""
        full = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        made: URLPattern = path(address, self.admin_site.admin_view(view), name=full)
        return made

    def page_of(self, row_id: int) -> HttpResponseRedirect:
        """To the page of a row."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row_id]))

    def may_write(self, request: HttpRequest, row: Any) -> bool:
        """Whether the person may change this one, by what stands beside the framework's form."""
        return self._may(request, "write", row)

    def changeable(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that may be acted on, with what the acts read of them."""
        return self.get_queryset(request)

    def posted(self, request: HttpRequest, row_id: int) -> Any:
        """The row that an act is about. Raises Http404: no form, out of reach, not theirs."""
        row = self.changeable(request).filter(pk=row_id).first()
        if row is None or request.method != "POST" or not self.may_write(request, row):
            raise Http404
        return row

    def done(
        self, request: HttpRequest, row: Any, act: Callable[[], object], sentence: str = ""
    ) -> HttpResponseRedirect:
        """Act, say so or why not, and go back to the page of the row."""
        try:
            act()
        except DomainError as error:
            messages.error(request, str(error))
        else:
            if sentence:
                messages.success(request, sentence)
        return self.page_of(row.pk)

    def row_title(self, row: Any) -> str:
        """For the head of its page."""
        return str(row)

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """More for the page of one row; a constant number of statements."""
        return {}

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """More for the templates; a constant number of statements."""
        return {}


def _neighbours(changes: ChangeList) -> dict[str, str]:
    """Numbers of the pages before and after; empty for none."""
    last = changes.paginator.num_pages
    here = changes.page_num
    return {
        "previous_page": str(here - 1) if here > 1 else "",
        "next_page": str(here + 1) if here < last else "",
    }
