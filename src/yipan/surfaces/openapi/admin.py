"""API clients in the console: make, change, rotate, revoke; a key is shown once."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import Node
from yipan.group.people.credential_pages import CredentialPage, Issued
from yipan.group.people.list_filters import StoreFilter, choice_filter
from yipan.group.people.list_pages import Column
from yipan.group.people.models import Person
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.group.people.sent_again import new_mark
from yipan.kernel import clock, modules
from yipan.kernel.errors import InvalidField
from yipan.kernel.zones import zone
from yipan.surfaces.openapi import actions
from yipan.surfaces.openapi.models import ApiClient
from yipan.surfaces.openapi.scopes import areas_of

_STANDS: Final = {"active": Q(is_active=True), "revoked": Q(is_active=False)}
_WORDS: Final = {"active": _("active"), "revoked": _("revoked")}


@admin.register(ApiClient)
class ApiClientAdmin(CredentialPage):
    """Programs that use the API, newest first."""

    permission = "api_clients"
    change_form_template = "console/api/client.html"
    acts = ("edit", "rotate", "revoke")
    new_template = "console/api/new.html"
    new_title = _("New API client")
    issued_template = "console/api/issued.html"
    issued_title = _("The new key")
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

    def changeable(self, request: HttpRequest) -> QuerySet[Any]:
        return super().changeable(request).filter(is_active=True)

    def page_context(self, request: HttpRequest, row: ApiClient) -> dict[str, Any]:
        may_grant = grantable(request, row.organisation.path)
        may_write = row.is_active and self.may_write(request, row)
        return {
            "areas": areas_of(modules.all_permissions(), chosen=row.scopes, allowed=may_grant),
            "may_write": may_write,
            "may_rotate": may_write and set(row.scopes) <= may_grant,
            "now": clock.now(),
            "mark": new_mark(),
            "holders": Person.objects.filter(pk__in=row.holders).values_list("name", flat=True),
        }

    def new_context(self, request: HttpRequest) -> dict[str, Any]:
        scope = scope_of_request(request)
        holds = {name for name in modules.all_permissions() if scope.holds(name)}
        chosen = request.POST.getlist("scopes")
        return {"areas": areas_of(modules.all_permissions(), chosen=chosen, allowed=holds)}

    def create(self, request: HttpRequest, home: Node) -> Issued:
        return _shown(
            actions.create_client(
                organisation_id=home.id,
                by=actor_of(request),
                may_grant=grantable(request, home.path),
                **_given(request),
            )
        )

    def edit(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Change what a client is called and may do; in force from its next request on."""
        row: ApiClient = self.posted(request, row_id)
        by, may_grant = actor_of(request), grantable(request, row.organisation.path)
        return self.done(
            request,
            row,
            lambda: actions.change_client(
                client=row, by=by, may_grant=may_grant, **_given(request)
            ),
            _now("Changed; in force from the next request on."),
        )

    def renew(self, request: HttpRequest, row: ApiClient) -> Issued:
        may_grant = grantable(request, row.organisation.path)
        return _shown(actions.rotate_key(client=row, by=actor_of(request), may_grant=may_grant))

    def revoke(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """End a client for good."""
        row: ApiClient = self.posted(request, row_id)
        return self.done(
            request,
            row,
            lambda: actions.revoke_client(client=row, by=actor_of(request)),
            _now("Revoked: the key opens nothing any more."),
        )


def _shown(issued: actions.IssuedKey) -> Issued:
    return Issued(issued.client, issued.client.name, issued.key)


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
