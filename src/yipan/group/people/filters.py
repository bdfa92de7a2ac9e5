"""Filters of lists that need no look at the rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from yipan.group.organisations.queries import tree
from yipan.group.people.screens import ScopedAdmin, scope_of_request
from yipan.kernel.text import whole


class OrganisationFilter(DropdownFilter):
    """The rows of one organisation and what stands below it, out of the person's own subtrees.

    The choices come from the tree as it is cached; the condition is the screen's own
    `organisation_lookup`.
    """

    title = _("organisation")
    parameter_name = "organisation"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: ScopedAdmin
    ) -> None:
        self.screen = model_admin
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        paths = scope_of_request(request).paths(f"{self.screen.permission}.read")
        nodes = [
            node for node in tree().by_id.values() if any(node.path.startswith(p) for p in paths)
        ]
        top = min((node.path.count("/") for node in nodes), default=0)
        return [(str(node.id), "　" * (node.path.count("/") - top) + node.name) for node in nodes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if not chosen:
            return queryset
        node = tree().by_id.get(whole(chosen) or 0)
        return self.screen.in_reach(queryset, [node.path] if node else [])
