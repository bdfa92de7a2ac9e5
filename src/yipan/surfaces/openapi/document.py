"""The OpenAPI document: what the framework leaves out, and the page to browse it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

from yipan.kernel.public_events import EventType
from yipan.surfaces.openapi.problems import MEDIA_TYPE

# The page and the browser ask nobody but this server.
_CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_TEXT: Final = {"type": "string"}
_PROBLEM: Final = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code", "data"],
    "properties": {
        "type": {**_TEXT, "format": "uri", "description": "`urn:yipan:problem:` and the code."},
        "title": {**_TEXT, "description": "What kind of problem it is."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {**_TEXT, "description": "A sentence in the language of Accept-Language."},
        "instance": {**_TEXT, "format": "uri", "description": "Names this one answer."},
        "code": {**_TEXT, "description": "Stable name to program against."},
        "data": {"type": "object", "description": "What exactly was wrong."},
        "errors": {
            "type": "array",
            "description": "The values that cannot be taken, where it is about values.",
            "items": {
                "type": "object",
                "required": ["field", "reason", "code"],
                "properties": {
                    "in": {**_TEXT, "enum": ["body", "query", "path", "header", "form", "file"]},
                    "field": {**_TEXT, "description": "Path to the value, such as lines.0.sku."},
                    "reason": {**_TEXT, "description": "A sentence in the reader's language."},
                    "code": {**_TEXT, "description": "Stable name of the reason."},
                },
            },
        },
    },
    "examples": [
        {
            "type": "urn:yipan:problem:kernel.not_found",
            "title": "Nothing of that name in the caller's reach",
            "status": 404,
            "detail": "No order 4711 was found.",
            "instance": "urn:yipan:request:0f1e2d3c4b5a69788796a5b4",
            "code": "kernel.not_found",
            "data": {"kind": "order", "ref": 4711},
        }
    ],
}


def described(document: dict[str, Any], events: Sequence[EventType]) -> dict[str, Any]:
    """The framework's document with problems, sentences as summaries and tags of what is there.

    `events` are described as webhooks.
    """
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))  # statuses become text
    used: set[str] = set()
    for operation in _operations(plain):
        _summarise(operation)
        used.update(operation.get("tags", ()))
        operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
        if "security" not in operation:
            operation["security"] = []
        for parameter in operation.get("parameters", ()):
            if isinstance(
                parameter.get("examples"), list
            ):  # the schema has them, where they belong
                del parameter["examples"]
    plain["tags"] = [tag for tag in plain.get("tags", ()) if tag["name"] in used]
    components = plain.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["responses"] = {
        "Problem": {
            "description": "A problem, of any status from 400",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    if events:
        plain["webhooks"] = {event.name: {"post": _webhook(event)} for event in events}
    return plain


def _webhook(event: EventType) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": event.name},
            "timestamp": {**_TEXT, "format": "date-time", "description": "When it happened."},
            "data": {"type": "object"},
        },
    }
    return {
        "operationId": f"hear_{event.name.replace('.', '_')}",
        "summary": event.description.partition("\n")[0].rstrip("."),
        "tags": [event.module],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"2XX": {"description": "Heard"}, "410": {"description": "Send no more"}},
        "security": [],
    }


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for method in _METHODS:
            if method in path:
                yield path[method]


def _summarise(operation: dict[str, Any]) -> None:
    """Where an operation has no summary of its own: the first line of its description."""
    function = operation["operationId"].partition("_")[2]
    first, _, rest = operation.get("description", "").partition("\n")
    if not first or operation["summary"] != function.title().replace("_", " "):
        return
    operation["summary"] = first.rstrip(".")
    if rest.strip():
        operation["description"] = rest.strip()
    else:
        del operation["description"]


class Docs(Swagger):
    """The page at /api/v1/docs, from files of this server only."""

    def __init__(self) -> None:
        super().__init__(
            {"validatorUrl": None, "persistAuthorization": False, "docExpansion": "none"}
        )

    def render_page(self, request: HttpRequest, api: NinjaAPI, **path: Any) -> HttpResponse:
        response = super().render_page(request, api, **path)
        response["Content-Security-Policy"] = _CONTENT_POLICY
        return response
