"""Forms whose answer shows a secret, once: a reload of that page sends them again.

Their answer cannot be kept to be shown a second time, so the second time nothing is done.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.http import HttpRequest

_FIELD: Final = "mark"
_KEPT: Final = "sent_marks"
_MOST: Final = 20


def new_mark() -> str:
    """For the hidden field `mark` of a form that is shown now."""
    return secrets.token_urlsafe(12)


def is_sent_again(request: HttpRequest) -> bool:
    """Whether this form was sent before in this session; it counts as sent from now on."""
    mark = request.POST.get(_FIELD, "")
    before = request.session.get(_KEPT, [])
    if not mark:
        return False
    if mark in before:
        return True
    request.session[_KEPT] = [*before[1 - _MOST :], mark]
    return False
