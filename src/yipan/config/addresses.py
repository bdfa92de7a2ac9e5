"""What is not read at all: addresses and forms with a NUL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

_NUL: Final = "%00"
_FORM: Final = "application/x-www-form-urlencoded"


class NoNul:
    """Refuses a NUL in the query and in forms: nobody types one, and no column holds one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _NUL in request.META.get("QUERY_STRING", "") or _is_in_form(request):
            return HttpResponseBadRequest("Bad request\n", content_type="text/plain")
        return self.get_response(request)


def _is_in_form(request: HttpRequest) -> bool:
    is_form = request.method == "POST" and request.content_type == _FORM
    return is_form and _NUL.encode() in request.body
