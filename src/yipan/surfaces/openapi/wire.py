"""JSON in and out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Decimal | datetime | date):
        return str(value)
    return str(value)  # lazily translated texts, addresses


def to_bytes(value: object) -> bytes:
    """JSON; moments in UTC with a Z, decimals as strings."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


class JsonRenderer(BaseRenderer):
    """Writes answers."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_bytes(data)


class JsonParser(Parser):
    """Reads request bodies."""

    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)
