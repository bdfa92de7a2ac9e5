"""What fulfilment announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yipan.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    """A parcel with the goods of an order is on its way."""

    public_name: ClassVar[str | None] = "fulfilment.shipped"
    order_id: int
    number: str
    organisation_id: int
    member_id: int
    carrier: str
    tracking_no: str

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class OrderReady(Event):
    """The goods of an order wait at a store for their buyer."""

    public_name: ClassVar[str | None] = "fulfilment.ready"
    order_id: int
    number: str
    organisation_id: int
    member_id: int

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class OrderReceived(Event):
    """The buyer has the goods of an order, by parcel or from the store."""

    public_name: ClassVar[str | None] = "fulfilment.received"
    order_id: int
    number: str
    organisation_id: int
    member_id: int
    method: str

    def scope(self) -> int | None:
        return self.organisation_id
