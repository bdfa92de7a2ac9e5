"""API clients in the console: make, change, rotate, revoke; a key is shown once."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import Node, tree
from yipan.group.people.list_filters import StoreFilter, choice_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.group.people.sent_again import is_sent_again, new_mark
from yipan.kernel import clock, modules
from yipan.kernel.errors import DomainError, InvalidField
from yipan.kernel.zones import zone
from yipan.surfaces.openapi import actions
from yipan.surfaces.openapi.models import ApiClient
from yipan.surfaces.openapi.scopes import areas_of

_WRITE: Final = "api_clients.write"
_STANDS: Final = {"active": Q(is_active=True), "revoked": Q(is_active=False)}
_WORDS: Final = {"active": _("active"), "revoked": _("revoked")}


@admin.register(ApiClient)
class ApiClientAdmin(ListPage):
    """Programs that use the API, newest first."""

    permission = "api_clients"
    can_add = True
    change_form_template = "console/api/client.html"
    columns = (
        Column(_("name")), Column(_("organisation")), Column(_("key")), Column(_("permissions")),
        Column(_("requests a minute"), "end"), Column(_("state")), Column(_("created at")),
    )  # fmt: skip
    rows_template = "console/list/rows/client.html"
    head_template = "console/api/head.html"
    lead = _("Programs that use the open API, each with its own key, reach and rate limit.")
    empty_text = _("Make a client for each program, with no more permissions than it needs.")
    list_filter = (
        choice_filter("state", _("state"), _WORDS.items, _STANDS.__getitem__, tabs=True),
        StoreFilter,
    )
    list_select_related = ("organisation",)
    search_fields = ("name", "hint")
    search_help_text = _("name, or the end of a key")
    ordering = ("-created_at", "-id")
    fields = ("name",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        def route(name: str, view: Any) -> URLPattern:
            made: URLPattern = path(
                f"<int:row_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"openapi_apiclient_{name}",
            )
            return made

        ours = [
            route("edit", self.edit),
            route("rotate", self.rotate),
            route("revoke", self.revoke),
        ]
        return [*ours, *super().get_urls()]

    def list_context(self, request: HttpRequest, changes: Any) -> dict[str, Any]:
        return {
            "may_add": self.has_add_permission(request),
            "add_address": reverse("admin:openapi_apiclient_add"),
        }

    def page_context(self, request: HttpRequest, row: ApiClient) -> dict[str, Any]:
        may_grant = grantable(request, row.organisation.path)
        may_write = row.is_active and self._may_write(request, row)
        return {
            "areas": areas_of(modules.all_permissions(), chosen=row.scopes, allowed=may_grant),
            "may_write": may_write,
            "may_rotate": may_write and set(row.scopes) <= may_grant,
            "now": clock.now(),
            "mark": new_mark(),
        }

    def _may_write(self, request: HttpRequest, row: ApiClient) -> bool:
        return scope_of_request(request).allows(_WRITE, row.organisation.path)

    def _page_of(self, row_id: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:openapi_apiclient_change", args=[row_id]))

    def _posted(self, request: HttpRequest, row_id: int) -> ApiClient:
        """The client that somebody may change. Raises Http404."""
        rows: QuerySet[Any] = self.get_queryset(request).select_related("organisation")
        row: ApiClient | None = rows.filter(pk=row_id, is_active=True).first()
        if row is None or request.method != "POST" or not self._may_write(request, row):
            raise Http404
        return row

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form of a new client; its key, once."""
        if not self.has_add_permission(request):
            raise Http404
        paths = scope_of_request(request).paths(_WRITE)
        nodes = [n for n in tree().by_id.values() if any(n.path.startswith(p) for p in paths)]
        if request.method == "POST":
            home = next((n for n in nodes if str(n.id) == request.POST.get("organisation")), None)
            if home is None:
                raise Http404
            if is_sent_again(request):
                return self._shown_before(request, reverse("admin:openapi_apiclient_changelist"))
            try:
                issued = self._created(request, home)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                return self._issued(request, issued)
        scope = scope_of_request(request)
        holds = {name for name in modules.all_permissions() if scope.holds(name)}
        chosen = request.POST.getlist("scopes")
        context = {
            "title": _now("New API client"),
            "nodes": [(str(node.id), node.name) for node in nodes],
            "areas": areas_of(modules.all_permissions(), chosen=chosen, allowed=holds),
            "given": request.POST,
            "mark": new_mark(),
        }
        return self._ours(request, "console/api/new.html", context)

    def _created(self, request: HttpRequest, home: Node) -> actions.IssuedKey:
        return actions.create_client(
            organisation_id=home.id,
            by=actor_of(request),
            may_grant=grantable(request, home.path),
            **_given(request),
        )

    def edit(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Change what a client is called and may do; in force from its next request on."""
        row = self._posted(request, row_id)
        may_grant = grantable(request, row.organisation.path)
        try:
            actions.change_client(
                client=row, by=actor_of(request), may_grant=may_grant, **_given(request)
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _now("Changed; in force from the next request on."))
        return self._page_of(row.pk)

    def rotate(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Give a new key, shown once; the one before works for a day more."""
        row = self._posted(request, row_id)
        may_grant = grantable(request, row.organisation.path)
        if is_sent_again(request):
            return self._shown_before(request, self._page_of(row.pk).url)
        try:
            issued = actions.rotate_key(client=row, by=actor_of(request), may_grant=may_grant)
        except DomainError as error:
            messages.error(request, str(error))
            return self._page_of(row.pk)
        return self._issued(request, issued)

    def revoke(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """End a client for good."""
        row = self._posted(request, row_id)
        actions.revoke_client(client=row, by=actor_of(request))
        messages.success(request, _now("Revoked: the key opens nothing any more."))
        return self._page_of(row.pk)

    def _shown_before(self, request: HttpRequest, address: str) -> HttpResponse:
        messages.info(request, _now("It was shown already; nothing more was done."))
        return HttpResponseRedirect(address)

    def _issued(self, request: HttpRequest, issued: actions.IssuedKey) -> HttpResponse:
        context = {"title": _now("The new key"), "client": issued.client, "key": issued.key}
        answer = self._ours(request, "console/api/issued.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _ours(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        crumbs = [(_now("API clients"), reverse("admin:openapi_apiclient_changelist"))]
        frame = {**self.admin_site.each_context(request), "crumbs": crumbs}
        return TemplateResponse(request, template, {**frame, **context})


def grantable(request: HttpRequest, path: str) -> set[str]:
    """What the person may do at an organisation, and so let a program do."""
    scope = scope_of_request(request)
    return {name for name in modules.all_permissions() if scope.allows(name, path)}


def _given(request: HttpRequest) -> dict[str, Any]:
    """What the form says. Raises InvalidField."""
    rate, day = request.POST.get("per_minute", ""), request.POST.get("expires_on", "")
    if rate and not rate.isdecimal():
        raise InvalidField(field="per_minute", reason=_now("must be a whole number"))
    try:
        ends = datetime.combine(datetime.fromisoformat(day), time.max) if day else None
    except ValueError:
        raise InvalidField(field="expires_at", reason=_now("must be a day")) from None
    return {
        "name": request.POST.get("name", ""),
        "scopes": request.POST.getlist("scopes"),
        "per_minute": int(rate) if rate else None,
        "expires_at": ends.replace(tzinfo=ZoneInfo(zone())) if ends else None,
    }
