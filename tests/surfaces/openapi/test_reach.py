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
from tests.surfaces.openapi.foreign_objects import BODIES, RESOURCES
from tests.surfaces.openapi.samples import Operation, body_of, operations, query_of
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

# A segment and what stands behind it; several parameters in a row are one place.
_PARAMETER = re.compile(r"([^/{}]+)/(?:\{[^}]+\}/?)+")
_PLACE = re.compile(r"\{[^}]+\}(?:/\{[^}]+\})*")
WITH_OBJECT = [each for each in operations() if "{" in each[0]]
KNOWN = [each for each in WITH_OBJECT if RESOURCES.keys() >= set(_PARAMETER.findall(each[0]))]
READS = [each for each in KNOWN if each[1] == "get" and len(_PARAMETER.findall(each[0])) == 1]
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
    headquarters: Organisation
    own: Organisation
    sibling: Organisation
    stranger: Organisation
    """A company of another tenant."""

    def foreign(self, segment: str) -> Iterator[tuple[str, int | str]]:
        """What the caller must not reach behind a segment, with whose it is."""
        resource = RESOURCES[segment]
        if not resource.tenant_wide:
            yield "sibling", resource.build(self.sibling)
        with tenant_context(self.stranger.tenant_id):
            yield "stranger", resource.build(self.stranger)

    def fillings(self, path: str) -> Iterator[tuple[str, str]]:
        """(whose, path): everything of others, and where several objects nest only the last."""
        segments = _PARAMETER.findall(path)
        foreign = [dict(self.foreign(segment)) for segment in segments]
        for whose in ("sibling", "stranger"):
            if all(whose in each for each in foreign):
                yield whose, _filled(path, [each[whose] for each in foreign])
                if len(segments) > 1 and not RESOURCES[segments[-1]].ordinal:
                    own = [RESOURCES[segment].build(self.own) for segment in segments[:-1]]
                    yield f"{whose} below an own one", _filled(path, [*own, foreign[-1][whose]])


def _filled(path: str, values: list[int | str]) -> str:
    filled = path.removeprefix("/api/v1")
    for value in values:
        filled = _PLACE.sub(str(value), filled, count=1)
    return filled


@pytest.fixture
def neighbours(tenant: Tenant) -> Neighbours:
    headquarters = make_organisation()
    own = make_organisation("A", headquarters)
    sibling = make_organisation("B", headquarters)
    with tenant_context(make_tenant("other").id):
        stranger = make_organisation("A", make_organisation())
    return Neighbours(caller(own), headquarters, own, sibling, stranger)


def test_what_stands_in_a_path_is_known_to_the_walk() -> None:
    segments = {found for path, _, _ in WITH_OBJECT for found in _PARAMETER.findall(path)}
    assert segments - RESOURCES.keys() == set(), "tell tests/surfaces/openapi/foreign_objects.py"


@pytest.mark.parametrize("operation", KNOWN, ids=_name)
def test_no_route_reaches_an_object_of_others(operation: Operation, neighbours: Neighbours) -> None:
    path, method, details = operation
    for number, (whose, filled) in enumerate(neighbours.fillings(path)):
        answer = neighbours.api.send(
            method,
            filled + query_of(details),
            BODIES.get(f"{method} {path}") or body_of(details),
            idempotency_key=f"{number} {path}",
        )
        told = f"{method} {filled} of a {whose}: {answer.status_code} {answer.content[:500]!r}"
        assert answer.status_code == 404, told
        assert answer.json()["code"] != "openapi.no_such_route", told


@pytest.mark.parametrize("operation", READS, ids=_name)
def test_the_same_objects_are_reached_by_their_own(
    operation: Operation, neighbours: Neighbours
) -> None:
    """Otherwise 404 would prove nothing."""
    path, _, details = operation
    (segment,) = _PARAMETER.findall(path)
    resource = RESOURCES[segment]
    api = caller(neighbours.headquarters) if resource.headquarters_only else neighbours.api
    filled = _filled(path, [resource.build(neighbours.own)])
    answer = api.get(filled + query_of(details))
    assert answer.status_code == 200, answer.content[:500]


def test_no_list_shows_an_object_of_others(neighbours: Neighbours) -> None:
    objects = {
        value: f"{segment} of a {whose}"
        for segment in RESOURCES
        for whose, value in neighbours.foreign(segment)
        if not RESOURCES[segment].ordinal
    }
    seen = []
    for path, method, details in LISTS:
        answer = neighbours.api.send(method, path.removeprefix("/api/v1") + query_of(details))
        # Some lists are for headquarters alone.
        assert answer.status_code in {200, 403, 404}, f"{path}: {answer.content[:500]!r}"
        shown = {objects[value] for value in _scalars(answer.json()) if value in objects}
        seen += [f"{path} shows {each}" for each in sorted(shown)]
    assert seen == []


def _scalars(value: Any) -> Iterator[int | str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from _scalars(each)
    elif isinstance(value, int | str) and not isinstance(value, bool):
        yield value
