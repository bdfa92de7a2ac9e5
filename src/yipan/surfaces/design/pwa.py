"""What makes a phone surface installable: its manifest, service worker and page without network.

A surface gives its own address and name:

    path("w/manifest.webmanifest", manifest(name=..., start="/w/"), ...)
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_WORKER: Final = Path(__file__).parent / "static" / "design" / "worker.js"
_SHELL: Final = ("design/phone.css", "design/phone.js", "design/icons.svg", "design/icon.svg")
_HOUR: Final = 3600


def manifest(*, name: str, short_name: str, scope: str, start: str = "") -> JsonResponse:
    """The web manifest of a surface that lives under `scope`."""
    content: dict[str, Any] = {
        "id": scope,
        "name": name,
        "short_name": short_name,
        "start_url": start or scope,
        "scope": scope,
        "display": "standalone",
        "orientation": "portrait",
        "lang": get_language(),
        "background_color": "#f7f9f8",
        "theme_color": "#f7f9f8",
        "icons": [
            {"src": static("design/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("design/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("design/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    response = JsonResponse(content, content_type="application/manifest+json")
    response["Cache-Control"] = f"max-age={_HOUR}"
    return response


def worker(*, scope: str, offline: str) -> HttpResponse:
    """The service worker of a surface: keeps the shell, and shows `offline` without a network."""
    files = [static(name) for name in _SHELL]
    source = _WORKER.read_text(encoding="utf-8")
    version = hashlib.sha256("".join([*files, source]).encode()).hexdigest()[:12]
    shell = {"version": version, "scope": scope, "offline": offline, "files": files}
    response = HttpResponse(
        f"const SHELL={json.dumps(shell)};\n{source}", content_type="text/javascript"
    )
    response["Service-Worker-Allowed"] = scope
    response["Cache-Control"] = "no-cache"
    return response


def offline(request: HttpRequest, **context: Any) -> HttpResponse:
    """The page that the worker shows where there is no network; nobody's data is on it."""
    return render(request, "design/offline.html", {"title": _("No network"), **context})


def favicon(_request: HttpRequest) -> HttpResponse:
    """The icon, for browsers on pages that name none, such as those of the API."""
    return HttpResponseRedirect(static("design/icon-192.png"))
