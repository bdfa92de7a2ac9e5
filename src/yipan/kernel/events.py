"""Events: what a module announces, and who hears it inside the same transaction.

A handler takes a *sequence* of events of one type, so that a batch of 500 orders costs as many
statements as one. Handlers run in module order, bottom wing first. Events with a `public_name`
also go to the outbox, from which webhooks are sent after the commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, cast

from yipan.kernel import clock, modules, uow
from yipan.kernel.ids import next_id
from yipan.kernel.models import OutboxEvent
from yipan.kernel.tenancy import current_tenant_id


class Event:
    """Base of all events: frozen dataclasses of plain values."""

    __slots__ = ()
    public_name: ClassVar[str | None] = None
    """Name in the outbox and for webhooks, such as `order.paid`; None keeps it inside."""

    def as_payload(self) -> dict[str, Any]:
        """What programs outside are told; JSON-able."""
        return asdict(cast("Any", self))

    def scope(self) -> int | None:
        """The organisation whose subscribers may hear it; None: the whole tenant's only."""
        return None


E = TypeVar("E", bound=Event)
_Handler = Callable[[Sequence[Any]], None]
_handlers: dict[type[Event], list[tuple[str, _Handler]]] = {}

_OUTBOX_COLUMNS = ("id", "tenant_id", "name", "organisation_id", "payload", "occurred_at")


def on(
    event_type: type[E],
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Have a function of `handlers.py` called with the events of one type."""

    def register(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        entry = (modules.label_of(handler.__module__), handler)
        _handlers.setdefault(event_type, []).append(entry)
        return handler

    return register


def announce(*events: Event) -> None:
    """Tell every handler and the outbox, inside the running unit of work."""
    by_type: dict[type[Event], list[Event]] = {}
    for event in events:
        by_type.setdefault(type(event), []).append(event)
    for event_type, group in by_type.items():
        if event_type.public_name:
            _to_outbox(event_type.public_name, group)
        for label, handler in _handlers.get(event_type, ()):
            if modules.is_enabled(label):
                handler(group)


def handlers_of(event_type: type[Event]) -> list[str]:
    """Labels of the modules that hear an event, in order (for docs and tests)."""
    return [label for label, _ in _handlers.get(event_type, ()) if modules.is_enabled(label)]


def _to_outbox(name: str, events: Sequence[Event]) -> None:
    now = clock.now()
    for event in events:
        payload = to_json(event.as_payload())
        row = (next_id(), current_tenant_id(), name, event.scope(), payload, now)
        uow.append(OutboxEvent, _OUTBOX_COLUMNS, row)


def _default(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    message = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(message)


def to_json(value: object) -> str:
    """Compact JSON of plain values, dates as ISO 8601, decimals as strings."""
    return json.dumps(value, default=_default, ensure_ascii=False, separators=(",", ":"))
