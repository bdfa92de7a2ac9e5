"""Short messages along with an answer to htmx."""

from __future__ import annotations

import json
from typing import Literal, TypeVar

from django.http.response import HttpResponseBase

Tone = Literal["info", "good", "warn", "bad"]
Answer = TypeVar("Answer", bound=HttpResponseBase)


def toast(response: Answer, text: str, tone: Tone = "good") -> Answer:
    """Have the browser show a message when this answer arrives; returns the answer."""
    return trigger(response, "toast", {"text": text, "tone": tone})


def close_modal(response: Answer, dialog_id: str = "") -> Answer:
    """Have the browser close a sheet or dialog (all of them without an id); returns the answer."""
    return trigger(response, "modal:close", {"id": dialog_id})


def trigger(response: Answer, event: str, detail: object = None) -> Answer:
    """Have the browser announce an event on the sender; several calls add up."""
    events = json.loads(response.get("HX-Trigger", "{}"))
    events[event] = detail
    response["HX-Trigger"] = json.dumps(events)  # headers are ASCII: other signs are escaped
    return response
