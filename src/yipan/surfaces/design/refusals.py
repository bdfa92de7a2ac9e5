"""What a page says when something cannot be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from yipan.kernel.errors import DomainError


def answered(
    request: HttpRequest, view: Callable[..., HttpResponseBase], *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """The answer of a view, errors of the domain told as people are told of them.

    What is not in reach is not there: 404.
    """
    try:
        return view(request, *args, **kwargs)
    except DomainError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise Http404(str(error)) from error
        return refused(request, error)


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page with the sentence of an error; for a part of a page, a message over it."""
    if request.headers.get("HX-Request"):
        toast = {"toast": {"text": str(error), "tone": "bad"}}
        headers = {"HX-Reswap": "none", "HX-Trigger": json.dumps(toast)}
        return HttpResponse(status=error.status, headers=headers)
    return render(request, "design/refused.html", {"sentence": str(error)}, status=error.status)


def sent_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the whole page somewhere else, also where only a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
