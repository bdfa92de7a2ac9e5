"""`/demo/inbox/`: the codes that would have gone to phones."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.kernel import text_messages
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

_MOST: Final = 20
_MOST_GROUPS: Final = 10


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The last messages, newest first; asked for again every other second."""
    return _page(request, "showcase/inbox.html")


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    return _page(request, "showcase/messages.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    if not settings.YIPAN_DEMO:
        raise Http404
    found: list[tuple[Tenant, Any]] = []
    for group in Tenant.objects.filter(is_active=True).order_by("id")[:_MOST_GROUPS]:
        with tenant_context(group.id, group.config_epoch):
            found += [(group, message) for message in text_messages.newest(_MOST)]
    found.sort(key=lambda each: each[1].created_at, reverse=True)
    rows = [
        {
            "group": group.name,
            "phone": message.phone,
            "shown": _grouped(message.phone),
            "code": message.code,
            "text": message.text,
            "at": message.created_at,
        }
        for group, message in found[:_MOST]
    ]
    response = render(request, template, {"title": _("Development inbox"), "rows": rows})
    response["Cache-Control"] = "no-store"
    return response


def _grouped(phone: str) -> str:
    """+86 138 0000 1009."""
    number = phone.removeprefix("+86")
    if len(number) == len(phone):
        return phone
    return f"+86 {number[:3]} {number[3:7]} {number[7:]}"
