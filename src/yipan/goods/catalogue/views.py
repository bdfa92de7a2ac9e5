"""Pictures over HTTP."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from yipan.goods.catalogue.pictures import media_file, placeholder, scaled_file
from yipan.goods.catalogue.pictures.addresses import NONE, fitting_width
from yipan.goods.catalogue.pictures.files import TYPES

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_A_DAY: Final = "public, max-age=86400"


@require_safe
def media(request: HttpRequest, file: str) -> HttpResponseBase:
    """A picture under the media folder, scaled if `w` asks for it.

    What is not there is answered with a neutral drawing, so that a page with a missing picture is
    still a page without errors.
    """
    if file == NONE:
        return _drawing(_A_DAY)
    width = _width(request.GET.get("w", ""))
    path = media_file(file) if width is None else scaled_file(file, width)
    if path is None:
        return _drawing("no-store")
    response = FileResponse(path.open("rb"), content_type=TYPES[path.suffix.lower()])
    response["Cache-Control"] = _FOR_EVER
    return response


def _width(wanted: str) -> int | None:
    """One of the sizes there are; None, the original, for anything that is no size."""
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 6
    return fitting_width(int(wanted)) if is_number else None


def _drawing(cache: str) -> HttpResponse:
    response = HttpResponse(placeholder(), content_type="image/svg+xml")
    response["Cache-Control"] = cache
    return response
