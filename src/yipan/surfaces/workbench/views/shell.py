"""What makes the workbench an app that can be installed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.surfaces.design import pwa
from yipan.surfaces.workbench.views.parts import SCOPE


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """The web manifest."""
    name, short = _("Distribution workbench"), _("Workbench")
    return pwa.manifest(name=name, short_name=short, scope=SCOPE)


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker."""
    return pwa.worker(scope=SCOPE, offline=reverse("workbench-offline"))


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page without a network."""
    return pwa.offline(request)
