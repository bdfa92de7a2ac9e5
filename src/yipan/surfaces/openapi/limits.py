"""How large a request may be."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from yipan.surfaces.openapi.errors import BodyTooLarge, UnreadableRequest


def body_limit() -> int:
    """Most bytes of a request that is kept in memory."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def check_size(request: HttpRequest) -> None:
    """Refuse a body before it is read. Raises BodyTooLarge, UnreadableRequest.

    Files (multipart) have their own limit: they are read in pieces and kept on disk.
    """
    length = request.META.get("CONTENT_LENGTH")
    if not length:
        return
    if not length.isdecimal():
        raise UnreadableRequest
    is_file = str(request.META.get("CONTENT_TYPE", "")).startswith("multipart/form-data")
    most = settings.YIPAN_UPLOAD_LIMIT if is_file else body_limit()
    if int(length) > most:
        raise BodyTooLarge(most=most)
