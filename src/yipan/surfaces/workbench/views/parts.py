"""How pages of the workbench are drawn: whole, or only the part that changes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from yipan.kernel.modules import is_enabled

SCOPE: Final = "/w/"
_LIVE: Final = "/live"


def wants_part(request: HttpRequest) -> bool:
    """Whether the page that is open asks for a part; going back, and forms as a whole, do not."""
    headers = request.headers
    whole = "HX-History-Restore-Request" in headers or "HX-Boosted" in headers
    return "HX-Request" in headers and not whole


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, object],
    *,
    tab: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """A whole page, with the bar below (`tab` is the entry one is in) and what the shell needs."""
    shell = {
        "at": {tab: True},
        "has_counter": is_enabled("stock"),
        "live_url": _LIVE if is_enabled("live") else "",
        "manifest_url": reverse("workbench-manifest"),
        "worker_url": reverse("workbench-worker"),
        "worker_scope": SCOPE,
    }
    response = render(request, template, {**shell, **context}, status=status)
    # Money: nobody who picks the phone up afterwards, and no way back, sees what was true once.
    response["Cache-Control"] = "no-store"
    return response


def page(
    request: HttpRequest,
    whole: str,
    part: str,
    context: dict[str, object],
    *,
    tab: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The part alone or the whole page around it, under one address."""
    if wants_part(request):
        response = render(request, part, context, status=status)
    else:
        response = show(request, whole, context, tab=tab, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
