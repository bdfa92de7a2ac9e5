"""All routes there are, as tests walk them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def _routes(resolver: URLResolver, prefix: str = "", names: str = "") -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            if each.name:
                yield names + each.name, path
        else:
            yield from _routes(each, path, f"{each.namespace}:" if each.namespace else names)


def parameters(path: str) -> list[str]:
    """The names of what stands in `<…>`."""
    return [part.split(">")[0].split(":")[-1] for part in path.split("<")[1:]]


ROUTES: dict[str, str] = dict(_routes(get_resolver()))
"""Name → path."""
OF_FRAMEWORK = frozenset({"object_id", "app_label", "content_type_id", "url"})
"""Parameters of the console's framework."""
ENDING = frozenset({"admin:logout", "workbench-sign-out", "mall-sign-out"})
"""Routes after which nobody is signed in."""


def without_parameters(start: str, *, known: frozenset[str] = frozenset()) -> list[str]:
    """Names of the routes below an address that need nothing but what is `known`."""
    return [
        name
        for name, path in ROUTES.items()
        if path.startswith(start) and set(parameters(path)) <= known and name not in ENDING
    ]
