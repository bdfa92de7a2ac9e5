"""What is answered without being read: NULs, and more than any page takes."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse

MOST_BYTES: Final = 2**20
"""Of a form with files, where no page takes any: whoever is not signed in gets no further."""
MOST_BYTES_OF_FILES: Final = 64 * 2**20
"""Of one in the console, where tables and pictures are handed in."""
_CONSOLE: Final = "/console/"
_NUL: Final = "%00"
_FORM: Final = "application/x-www-form-urlencoded"
_FILES: Final = "multipart/form-data"


class Unread:
    """Refuses what nobody types and no column holds, and what would only fill the disk.

    Forms with files are kept there before a view, or who is signed in, has been looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_too_large(request):
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if _NUL in request.META.get("QUERY_STRING", "") or _has_nul(request):
            return _refused(HTTPStatus.BAD_REQUEST)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Look into a form with files, which is taken apart by now or would be next."""
        if request.method != "POST" or request.content_type != _FILES:
            return None
        typed = (value for _name, values in request.POST.lists() for value in values)
        return _refused(HTTPStatus.BAD_REQUEST) if any("\0" in each for each in typed) else None


def _is_too_large(request: HttpRequest) -> bool:
    """By the length it says it has: what says none has no body for us."""
    if request.content_type != _FILES:  # the framework limits what is kept in memory
        return False
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = MOST_BYTES_OF_FILES if request.path_info.startswith(_CONSOLE) else MOST_BYTES
    return not length.isdecimal() or len(length) > len(str(most)) or int(length) > most


def _has_nul(request: HttpRequest) -> bool:
    is_form = request.method == "POST" and request.content_type == _FORM
    return is_form and _NUL.encode() in request.body


def _refused(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{status.phrase}\n", status=status, content_type="text/plain")
