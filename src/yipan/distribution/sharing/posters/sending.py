"""Posters over HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

from yipan.distribution.sharing.posters.making import Poster


def sent(request: HttpRequest, poster: Poster, *, name: str = "") -> HttpResponse:
    """The answer that carries a poster: only if the browser has not just this one.

    With `name` (without an ending) it is to be saved, otherwise to be shown.
    """
    etag = f'"{poster.etag}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if etag in {one.removeprefix("W/") for one in known}:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(poster.path.read_bytes(), content_type="image/png")
        saved_as = content_disposition_header(bool(name), f"{name}.png" if name else "")
        if name and saved_as:
            response["Content-Disposition"] = saved_as
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
