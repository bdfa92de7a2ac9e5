"""Every route of the API keeps to the caller's subtree and tenant.

The walk is over the document of the API, so a new route is in it by being there. What to do for a
new resource is written in `foreign_objects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import make_tenant
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from tests.surfaces.openapi.foreign_objects import RESOURCES
from tests.surfaces.openapi.samples import Operation, body_of, operations, query_of
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

_PARAMETER = re.compile(r"([^/]+)/\{[^}]+\}")
WITH_OBJECT = [each for each in operations() if "{" in each[0]]
KNOWN = [each for each in WITH_OBJECT if RESOURCES.keys() >= set(_PARAMETER.findall(each[0]))]
LISTS = [
    each
    for each in operations()
    if each[1] == "get" and "{" not in each[0] and each[2]["security"] != []
]


def _name(value: Any) -> str:
    return f"{value[1]} {value[0]}" if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Neighbours:
    """A caller of one company, and who it must not see."""

    api: Caller
    sibling: Organisation
    stranger: Organisation
    """Headquarters of another tenant."""

    def foreign(self, segment: str) -> Iterator[tuple[str, int | str]]:
        """What the caller must not reach behind a segment, with whose it is."""
        resource = RESOURCES[segment]
        if not resource.tenant_wide:
            yield "sibling", resource.build(self.sibling)
        with tenant_context(self.stranger.tenant_id):
            yield "stranger", resource.build(self.stranger)


@pytest.fixture
def neighbours(tenant: Tenant) -> Neighbours:
    headquarters = make_organisation()
    api = caller(make_organisation("A", headquarters))
    sibling = make_organisation("B", headquarters)
    with tenant_context(make_tenant("other").id):
        stranger = make_organisation()
    return Neighbours(api, sibling, stranger)


def test_what_stands_in_a_path_is_known_to_the_walk() -> None:
    segments = {found for path, _, _ in WITH_OBJECT for found in _PARAMETER.findall(path)}
    assert segments - RESOURCES.keys() == set(), "tell tests/surfaces/openapi/foreign_objects.py"


@pytest.mark.parametrize("operation", KNOWN, ids=_name)
def test_no_route_reaches_an_object_of_others(operation: Operation, neighbours: Neighbours) -> None:
    path, method, details = operation
    segments = _PARAMETER.findall(path)
    objects = [dict(neighbours.foreign(segment)) for segment in segments]
    for whose in ("sibling", "stranger"):
        if not all(whose in each for each in objects):
            continue
        filled = path.removeprefix("/api/v1")
        for each in objects:
            filled = re.sub(r"\{[^}]+\}", str(each[whose]), filled, count=1)
        answer = neighbours.api.send(
            method, filled + query_of(details), body_of(details), idempotency_key=f"{whose} {path}"
        )
        told = f"{method} {filled} of a {whose}: {answer.status_code} {answer.content[:500]!r}"
        assert answer.status_code == 404, told
        assert answer.json()["code"] != "openapi.no_such_route", told


@pytest.mark.parametrize("operation", LISTS, ids=_name)
def test_no_list_shows_an_object_of_others(operation: Operation, neighbours: Neighbours) -> None:
    path, method, details = operation
    objects = {
        value: f"{segment} of a {whose}"
        for segment in RESOURCES
        for whose, value in neighbours.foreign(segment)
    }
    answer = neighbours.api.send(method, path.removeprefix("/api/v1") + query_of(details))
    assert answer.status_code == 200, answer.content[:500]
    shown = [objects[value] for value in _scalars(answer.json()) if value in objects]
    assert shown == [], f"{path} shows {shown}"


def _scalars(value: Any) -> Iterator[int | str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from _scalars(each)
    elif isinstance(value, int | str) and not isinstance(value, bool):
        yield value
