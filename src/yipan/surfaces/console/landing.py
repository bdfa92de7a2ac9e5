"""The page at the root of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yipan.kernel.modules import is_enabled
from yipan.surfaces.console.only_group import only_group


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go from here."""
    context = {
        "has_tour": is_enabled("showcase"),
        "has_workbench": is_enabled("workbench"),
        "mall_of": only_group() if is_enabled("mall") else "",
    }
    return render(request, "console/landing.html", context)
