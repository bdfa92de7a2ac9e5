"""When the database is away: a page that says so, and a line in the log rather than pages of it."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_RETRY_SECONDS: Final = 5
_LOST: Final = ("08", "57P")
"""Classes of SQLSTATE: the connection failed; the server ends, has crashed, or starts."""


def is_away(error: BaseException | None) -> bool:
    """Whether an error means that the database cannot be reached, not that it refused something."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_LOST)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to a request at which something broke."""
    if not is_away(sys.exc_info()[1]):
        return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


class ShortOutages(logging.Filter):
    """Tells in one line that the database is away; where it was asked is of no use to anybody."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record."""
        if record.exc_info and is_away(record.exc_info[1]):
            record.msg = f"{record.getMessage()}: the database does not answer"
            record.args = None
            record.exc_info = record.exc_text = None
        return True
