"""The page at the root of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go from here."""
    return render(request, "console/landing.html")
