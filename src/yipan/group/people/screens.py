"""The base of every screen in the console: who sees and changes which rows there.

In a module's `admin.py`:

    @admin.register(Order)
    class OrderAdmin(ScopedAdmin):
        permission = "orders"                        # orders.read to see, orders.write to change
        organisation_lookup = "organisation__path"   # the default
        list_display = ("number", "organisation", "placed_at")

`organisation_lookup` leads from a row to the path of its organisation, or names the column with
the organisation's id where there is no relation (`organisation_id`); None: the rows belong to the
whole group, are seen by all who hold the permission and changed by those who hold it at
headquarters. Rows outside of the person's subtrees are in no list, and their address answers 404.

Screens only read unless `can_add`, `can_change` or `can_delete` say otherwise; those that change
override `save_model` and call an action of their module there, `by=actor_of(request)`. A
DomainError out of it becomes a message on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import RelatedOnlyFieldListFilter, ShowFacets
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import URLPattern
from unfold.admin import ModelAdmin, TabularInline

from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import tree, within
from yipan.group.people.models import Person
from yipan.group.people.paging import CappedPaginator
from yipan.group.people.scope import Scope
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, NotAllowed

_NOTHING = Scope(0, {})


def scope_of_request(request: HttpRequest) -> Scope:
    """What the signed-in person may do where; nothing for nobody."""
    return request.user.scope if isinstance(request.user, Person) else _NOTHING


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person, for actions. Raises NotAllowed."""
    if not isinstance(request.user, Person):
        raise NotAllowed(permission="sign-in")
    return request.user.actor


class ScopedAdmin(ModelAdmin):
    """A screen whose rows are those of the person's subtrees; see the module's docstring."""

    permission: ClassVar[str] = ""
    """First part of the permissions asked for: `orders` → `orders.read`, `orders.write`."""
    organisation_lookup: ClassVar[str | None] = "organisation__path"
    list_page: ClassVar[str] = ""
    """Name of the address of a list that stands in for this one, where there is a better one."""
    row_page: ClassVar[str] = ""
    """The same for the page of one row, by its id."""
    can_add: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
    actions = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    paginator = CappedPaginator

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        """The rows of these subtrees; screens whose rows have several organisations override it."""
        if self.organisation_lookup is None:
            return rows
        return rows.filter(within(paths, self.organisation_lookup))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        paths = scope_of_request(request).paths(f"{self.permission}.read")
        rows: QuerySet[Any] = super().get_queryset(request)
        return self.in_reach(rows, paths) if paths else rows.none()

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model:
        """The row behind an address. Raises Http404 where it is not the person's to see."""
        found: Model | None = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return scope_of_request(request).holds(f"{self.permission}.read")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, "read", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and self._may(request, "write", None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_change and self._may(request, "write", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_delete and self._may(request, "write", obj)

    def _may(self, request: HttpRequest, what: str, obj: Model | None) -> bool:
        scope = scope_of_request(request)
        permission = f"{self.permission}.{what}"
        if self.organisation_lookup is None:
            return (
                scope.holds(permission) if what == "read" else scope.allows_everywhere(permission)
            )
        if obj is None or what == "read":  # rows out of sight never get this far
            return scope.holds(permission)
        return any(scope.allows(permission, path) for path in self.paths_of(obj))

    def paths_of(self, obj: Model) -> Sequence[str]:
        """The path of a row's organisation; screens that override `in_reach` override it too."""
        lookup = self.organisation_lookup or ""
        if not lookup.endswith("path"):
            node = tree().by_id.get(getattr(obj, lookup))
            return (node.path,) if node else ()
        value: Any = obj
        for name in lookup.split("__"):
            value = getattr(value, name, None)
        return (value,) if value else ()

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Filters by a relation offer only what occurs in the person's own rows."""
        return [
            (name, RelatedOnlyFieldListFilter) if self._is_relation(name) else name
            for name in super().get_list_filter(request)
        ]

    def _is_relation(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return isinstance(field, Field) and field.remote_field is not None

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Choices are what the person may write to (organisations) or see (other rows)."""
        scope = scope_of_request(request)
        if db_field.remote_field.model is Organisation:
            paths = scope.paths(f"{self.permission}.write")
            kwargs["queryset"] = Organisation.objects.filter(within(paths, "path"))
        elif self.admin_site.is_registered(db_field.remote_field.model):
            screen = self.admin_site.get_model_admin(db_field.remote_field.model)
            if isinstance(screen, ScopedAdmin):
                kwargs["queryset"] = screen.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())

    # Actions write the audit trail, in the transaction of the change; the framework's own log
    # knows no tenant and stays empty.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return []


class ElsewhereAdmin(ScopedAdmin):
    """Rows whose list and page are elsewhere: only where, and who may read them, is told here."""

    def get_urls(self) -> list[URLPattern]:
        return []


class ReadOnlyInline(TabularInline):
    """Rows of a screen's row, to be read; whoever sees the one sees the others."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False
    hide_title = True  # of each row; its columns say it

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
