"""Requests made from the API's own document: enough to get past the reading of the request."""

from __future__ import annotations

from typing import Any

from yipan.kernel.modules import all_modules
from yipan.surfaces.openapi.site import build_api

DOCUMENT: dict[str, Any] = build_api(all_modules()).get_openapi_schema(path_prefix="/api/v1/")
Operation = tuple[str, str, dict[str, Any]]

_BY_FORMAT = {
    "date": "2025-01-31",
    "date-time": "2025-01-31T08:00:00Z",
    "uri": "https://example.com/",
    "email": "someone@example.com",
}
_PLAIN: dict[str, Any] = {
    "integer": 1,
    "number": 1,
    "boolean": True,
    "string": "text",
    "null": None,
    "object": {},
}


def operations() -> list[Operation]:
    """(path, method, operation) of every operation of the API."""
    return [
        (path, method, operation)
        for path, methods in sorted(DOCUMENT["paths"].items())
        for method, operation in methods.items()
    ]


def body_of(operation: dict[str, Any]) -> Any:
    """A body that the operation can read, or None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    return sample(content["application/json"]["schema"]) if "application/json" in content else None


def query_of(operation: dict[str, Any]) -> str:
    """The query parameters that the operation cannot do without."""
    needed = [
        f"{each['name']}={sample(each['schema'])}"
        for each in operation.get("parameters", ())
        if each["in"] == "query" and each["required"]
    ]
    return "?" + "&".join(needed) if needed else ""


def sample(schema: dict[str, Any]) -> Any:
    """A value that a JSON schema allows, its own example where it has one."""
    if "$ref" in schema:
        return sample(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for several in ("examples", "enum"):
        if schema.get(several):
            return schema[several][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(schema[choice][0])
    return _by_type(schema)


def _by_type(schema: dict[str, Any]) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", ())
        return {name: sample(schema["properties"][name]) for name in required}
    if kind == "array":
        return [sample(schema["items"]) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind == "string":
        return _BY_FORMAT.get(
            schema.get("format", ""), "text".ljust(schema.get("minLength", 1), "x")
        )
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    return _PLAIN[kind]
