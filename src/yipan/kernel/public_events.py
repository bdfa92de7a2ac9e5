"""The events that programs outside may hear of."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from yipan.kernel import modules
from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event as programs know it."""

    name: str
    """Such as `order.paid`."""
    description: str
    """What happened, in a sentence."""
    module: str


def event_types() -> list[EventType]:
    """Every public event of the modules that are on, by name."""
    found = {}
    for kind in _descendants(Event):
        module = modules.label_of(kind.__module__)
        if kind.public_name and (not module or modules.is_enabled(module)):
            description = inspect.getdoc(kind) or ""
            found[kind.public_name] = EventType(kind.public_name, description, module)
    return [found[name] for name in sorted(found)]


def _descendants(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
