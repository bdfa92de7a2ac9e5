"""The document is valid OpenAPI 3.1, and the page to browse it asks nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver
from ninja.operation import Operation
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from tests.surfaces.openapi.builders import Caller
from yipan.kernel.modules import all_modules
from yipan.surfaces.openapi.site import build_api

OPEN_TO_ALL = ("/api/v1/health",)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Caller(None).get("/openapi.json")
    assert answer.status_code == 200
    read: dict[str, Any] = json.loads(answer.content)
    return read


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_tells_its_problems_and_its_key(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
            assert bool(operation["security"]) is (path not in OPEN_TO_ALL), path
            assert operation["security"] in ([], [{"ApiKey": []}])
    assert document["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"


def test_events_are_described_as_webhooks(document: dict[str, Any]) -> None:
    paid = document["webhooks"]["order.paid"]["post"]
    schema = paid["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["type"] == {"const": "order.paid"}
    without = build_api([card for card in all_modules() if card.label != "webhooks"])
    assert "webhooks" not in without.get_openapi_schema(path_prefix="/api/v1/")


def test_a_problem_in_the_document_is_the_problem_that_is_sent(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Problem"]
    sent = Caller(None).get("/me").json()
    assert set(schema["required"]) == set(sent)
    assert set(schema["examples"][0]) == set(sent)


def test_two_schemas_never_share_a_name() -> None:
    """The framework would silently keep one of them."""
    named: dict[str, type[BaseModel]] = {}
    api = build_api(all_modules())
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                for model in _models_of(operation):
                    assert named.setdefault(model.__name__, model) is model, model.__name__
    assert "Page" not in named
    assert "Problem" not in named


def _models_of(operation: Operation) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    containers = [*operation.models, *operation.response_models.values()]
    for container in containers:
        if isinstance(container, type) and issubclass(container, BaseModel):
            for field in container.model_fields.values():
                _collect(field.annotation, found)
    return found


def _collect(annotation: Any, found: set[type[BaseModel]]) -> None:
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    if is_model and annotation not in found:
        found.add(annotation)
        for field in annotation.model_fields.values():
            _collect(field.annotation, found)
    for argument in getattr(annotation, "__args__", ()):
        _collect(argument, found)


def test_the_page_to_browse_it_needs_no_other_machine() -> None:
    answer = Caller(None).get("/docs")
    page = answer.content.decode()
    addresses = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert len(addresses) >= 3
    for address in addresses:
        assert address.startswith("/static/")
        file, _, _digest = address.removeprefix("/static/").partition("?v=")
        assert finders.find(file) is not None, address
    assert "http" not in re.sub(r"<title>.*?</title>", "", page)
    settings = json.loads(
        re.findall(r"<script type=.application/json.[^>]*>(.*?)</script>", page, re.DOTALL)[0]
    )
    assert settings["url"] == "/api/v1/openapi.json"
    assert settings["validatorUrl"] is None
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


def test_the_api_is_mounted_where_the_document_says(document: dict[str, Any]) -> None:
    for path in document["paths"]:
        filled = re.sub(r"\{[^}]+\}", "1", path)
        assert get_resolver().resolve(filled).namespaces == ["api"]
