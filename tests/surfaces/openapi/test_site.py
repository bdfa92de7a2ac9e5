"""The API has the routes of the modules that are on, and only those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yipan.kernel import modules
from yipan.kernel.modules import ModuleConfig
from yipan.surfaces.openapi.site import YipanApi, build_api


def routes(api: YipanApi) -> set[str]:
    return {f"{method.upper()} {path}" for path, method, _ in operations(api)}


def operations(api: YipanApi) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def cards_without(*labels: str) -> list[ModuleConfig]:
    return [card for card in modules.all_modules() if card.label not in labels]


def test_a_module_that_is_off_leaves_no_route() -> None:
    everything = routes(build_api(modules.all_modules()))
    less = routes(build_api(cards_without("webhooks")))
    assert less < everything
    gone = everything - less
    assert gone
    assert all("/webhook" in route for route in gone)


def test_a_module_without_an_api_adds_nothing() -> None:
    kernel = [card for card in modules.all_modules() if card.label == "kernel"]
    assert routes(build_api(kernel)) == set()


def test_names_of_operations_are_told_apart_by_their_module() -> None:
    names = [
        operation["operationId"] for _, _, operation in operations(build_api(modules.all_modules()))
    ]
    assert len(names) == len(set(names))
    assert "openapi_create_client" in names
    assert all(
        name.split("_")[0] in {card.label for card in modules.all_modules()} for name in names
    )


def test_every_operation_says_what_it_does() -> None:
    for path, method, operation in operations(build_api(modules.all_modules())):
        assert " " in operation["summary"], f"{method} {path} has no docstring"
        assert operation["tags"], f"{method} {path} has no tag"
