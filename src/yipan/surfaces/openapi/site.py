"""The API of the modules that are on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.operation import Operation

from yipan.kernel import modules
from yipan.kernel.modules import ModuleConfig
from yipan.kernel.public_events import event_types
from yipan.surfaces.openapi.document import Docs, described
from yipan.surfaces.openapi.gate import ApiKey
from yipan.surfaces.openapi.wire import JsonParser, JsonRenderer

VERSION = "1"
_DESCRIPTION = """
One pool of goods for every channel: sharing, attribution, commissions and payouts.

Amounts are whole fen of the currency beside them, moments are UTC, ids are whole numbers. Errors
are problem details (RFC 9457) with a stable `code`. Lists are read page by page with `cursor`.
"""


class YipanApi(NinjaAPI):
    """Errors leave it as they are, for the gate to render; its document is made once."""

    has_webhooks = False
    _document: dict[str, Any] | None = None

    def on_exception(self, request: HttpRequest, exc: Any) -> NoReturn:
        raise exc

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """Errors whose place is the one the sender knows, without the name of our parameter."""
        errors: list[dict[str, Any]] = []
        for context in error_contexts:
            single = getattr(context.model, "__read_from_single_attr__", None)
            found = super().validation_error_from_error_contexts([context]).errors
            for error in found:
                source, *place = error["loc"]
                if single and place[:1] == [single]:
                    place = place[1:]
                errors.append({**error, "loc": (source, *place)})
        return ValidationError(errors)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`<module>_<function>`: the names of the functions of a generated client."""
        view: Callable[..., Any] = operation.view_func
        return f"{modules.label_of(view.__module__)}_{view.__name__}"

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI 3.1 document."""
        if self._document is None:
            events = event_types() if self.has_webhooks else []
            self._document = described(super().get_openapi_schema(**options), events)
        return self._document


def build_api(cards: Sequence[ModuleConfig]) -> YipanApi:
    """The API of some modules: the `router` of each one that has an `api.py`."""
    api = YipanApi(
        title="Yipan",
        version=VERSION,
        description=_DESCRIPTION.strip(),
        urls_namespace="api",
        auth=ApiKey(),
        renderer=JsonRenderer(),
        parser=JsonParser(),
        docs=Docs(),
        servers=[{"url": "/"}],
        openapi_extra={
            "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "tags": [{"name": card.label, "description": card.purpose} for card in cards],
        },
    )
    api.has_webhooks = any(card.label == "webhooks" for card in cards)
    for card in cards:
        router = _router_of(card)
        if router is not None:
            api.add_router("", router)
    return api


def _router_of(card: ModuleConfig) -> Router | None:
    name = f"{card.name}.api"
    if find_spec(name) is None:
        return None
    router: Router = import_module(name).router
    return router
