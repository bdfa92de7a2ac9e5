"""For whom a page is made: the zone of their group, and what they may follow a link to."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yipan.group.people.columns import reading
from yipan.group.people.screens import scope_of_request
from yipan.kernel.config_cache import cached
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_id_or_none
from yipan.kernel.zones import zone


class ReaderMiddleware:
    """Times are shown in the group's zone, and links only to what the reader may open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if tenant_id_or_none() is None:
            return self.get_response(request)
        with timezone.override(zone()), reading(lambda: scope_of_request(request)):
            return self.get_response(request)


def group_name(request: HttpRequest) -> str:  # noqa: ARG001 - the framework passes it
    """The name of the group that the reader is signed in to; empty at the door."""
    tenant_id = tenant_id_or_none()
    if tenant_id is None:
        return ""
    return cached("group", lambda: Tenant.objects.values_list("name", flat=True).get(id=tenant_id))
