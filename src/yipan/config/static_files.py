"""How styles, scripts and icons reach the browser: compressed, and kept there for good.

No step has to run before the server starts. `{% static %}` adds the first figures of the content's
hash to an address (`design/phone.css?v=3f2a…`); whoever asks for that version may keep the answer
for a year, since other content has another address.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_YEAR: Final = 365 * 86_400
_COMPRESSIBLE: Final = frozenset({".css", ".js", ".svg", ".json", ".html", ".txt", ".map"})
_SERVED: Final = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
_VERSION_LENGTH: Final = 10


class VersionedFiles(StaticFilesStorage):
    """Addresses that carry the version of their content."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = _version(name) if name else ""
        return f"{address}?v={version}" if version else address


class StaticFiles:
    """Around WhiteNoise: compresses what it serves, once, and knows versioned addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.prefix = f"/{settings.STATIC_URL.strip('/')}/"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(self.prefix) or response.status_code not in _SERVED:
            return response
        if "v" in request.GET:
            response.headers["Cache-Control"] = f"max-age={_YEAR}, public, immutable"
        path = _found(request.path_info.removeprefix(self.prefix))
        if path is None or path.suffix not in _COMPRESSIBLE:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        wants_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        if response.status_code != HTTPStatus.OK or not wants_gzip or request.method != "GET":
            return response
        if isinstance(response, FileResponse) and response.file_to_stream:
            response.file_to_stream.close()
        packed = HttpResponse(_packed(path, path.stat().st_mtime_ns), headers=response.headers)
        packed.headers["Content-Encoding"] = "gzip"
        packed.headers["Content-Length"] = str(len(packed.content))
        return packed


class CompressPages(GZipMiddleware):
    """Compresses pages, and leaves alone what comes bit by bit and must not wait."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.get("Content-Type", "")
        if response.streaming or not kind.startswith(("text/html", "application/json", "text/css")):
            return response
        return super().process_response(request, response)


def _version(name: str) -> str:
    """The first figures of a file's hash; empty where there is no such file."""
    found = _found(name)
    if found is None:
        return ""
    return _hash(found, found.stat().st_mtime_ns) if settings.DEBUG else _hash(found, 0)


@lru_cache(maxsize=4096)
def _found_once(name: str) -> Path | None:
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else None


def _found(name: str) -> Path | None:
    return _found_once.__wrapped__(name) if settings.DEBUG else _found_once(name)


@lru_cache(maxsize=4096)
def _hash(path: Path, changed_at: int) -> str:  # noqa: ARG001 - part of the key
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_VERSION_LENGTH]


@lru_cache(maxsize=512)
def _packed(path: Path, changed_at: int) -> bytes:  # noqa: ARG001 - part of the key
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
