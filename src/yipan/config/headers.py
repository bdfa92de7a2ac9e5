"""Headers that tell the browser what a page of ours may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

# Nothing may come from, or be sent to, anywhere else. No script or style stands in a page, and no
# text becomes a program: what an attacker writes into a page stays text.
_CONTENT: Final = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The console's framework has scripts in its pages and evaluates expressions (Alpine), and so has
# the page that documents the API.
_FRAMEWORK: Final = {
    **_CONTENT,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}
_FRAMEWORK_PATHS: Final = ("/console/", "/api/")
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def _policy(rules: dict[str, str]) -> str:
    return "; ".join(f"{kind} {origins}" for kind, origins in rules.items())


_STRICT_POLICY: Final = _policy(_CONTENT)
_FRAMEWORK_POLICY: Final = _policy(_FRAMEWORK)


class SecurityHeaders:
    """Adds to every answer what `SecurityMiddleware` does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        framework = request.path_info.startswith(_FRAMEWORK_PATHS)
        policy = _FRAMEWORK_POLICY if framework else _STRICT_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        # Pages are somebody's, and so are parts of pages: what is for all says so itself.
        response.headers.setdefault("Cache-Control", "no-store")
        return response
