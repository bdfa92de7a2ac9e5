"""The way of an order to its buyer: which step leads where. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from yipan.trade.fulfilment.errors import FulfilmentStateRefused


class Method(StrEnum):
    """How the goods get to the buyer."""

    DELIVERY = "delivery"
    PICK_UP = "pick_up"


class State(StrEnum):
    """Where the goods are."""

    WAITING = "waiting"
    """To be packed or put aside."""
    PACKED = "packed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    READY = "ready"
    """Put aside at the store; the buyer may come."""
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class StepCode(StrEnum):
    """What happened, as the timeline tells it."""

    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    CORRECTED = "corrected"
    """Carrier or number of a parcel under way were wrong."""
    RECEIVED = "received"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


_D, _P = Method.DELIVERY, Method.PICK_UP
BEFORE: Final[Mapping[tuple[Method, State], frozenset[State]]] = MappingProxyType(
    {
        (_D, State.PACKED): frozenset({State.WAITING}),
        (_D, State.SHIPPED): frozenset({State.WAITING, State.PACKED}),
        (_D, State.RECEIVED): frozenset({State.SHIPPED}),
        (_D, State.CANCELLED): frozenset({State.WAITING, State.PACKED}),
        (_P, State.READY): frozenset({State.WAITING}),
        (_P, State.HANDED_OVER): frozenset({State.READY}),
        (_P, State.CANCELLED): frozenset({State.WAITING, State.READY}),
    }
)
"""The states from which a state is reached: what is not in this table cannot be done."""

FINAL: Final = frozenset({State.RECEIVED, State.HANDED_OVER, State.CANCELLED})
UNSENT: Final = frozenset({State.WAITING, State.PACKED, State.READY})
"""The goods are still in the shop."""


def check_step(method: Method, state: State, to: State) -> None:
    """Whether a fulfilment can go from one state to another. Raises FulfilmentStateRefused."""
    if state not in BEFORE.get((method, to), frozenset()):
        raise FulfilmentStateRefused(state=state.value, to=to.value)


def end_state(method: Method) -> State:
    """The state in which the buyer has the goods."""
    return State.RECEIVED if method is Method.DELIVERY else State.HANDED_OVER


def received_before(now: datetime, days: int) -> datetime:
    """Parcels sent up to this moment count as received; a day is 24 hours."""
    return now - timedelta(days=days)
