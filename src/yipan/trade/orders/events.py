"""What orders announce. Events carry whole snapshots, so that hearers need no query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from yipan.kernel.events import Event


class LineSnapshot(NamedTuple):
    """One line as it was sold. Amounts in fen."""

    id: int
    line_no: int
    sku_id: int
    sku_code: str
    product_id: int
    category_path: str
    quantity: int
    list_price: int
    """Of one unit when the order was taken down."""
    price_kind: str
    net_amount: int


class OrderSnapshot(NamedTuple):
    """An order with its lines. Amounts in fen, moments in UTC."""

    id: int
    channel: str
    number: str
    organisation_id: int
    member_id: int | None
    visitor: str
    distributor_code: str
    coupon_code: str
    campaign: str
    currency: str
    net_amount: int
    freight_amount: int
    placed_at: datetime
    paid_at: datetime | None
    lines: tuple[LineSnapshot, ...]

    def as_payload(self) -> dict[str, Any]:
        """What programs outside are told of the order."""
        return {
            "order_id": self.id,
            "channel": self.channel,
            "number": self.number,
            "organisation_id": self.organisation_id,
            "member_id": self.member_id,
            "currency": self.currency,
            "net_amount": self.net_amount,
            "freight_amount": self.freight_amount,
            "placed_at": self.placed_at,
            "paid_at": self.paid_at,
            "lines": [
                {
                    "line_id": line.id,
                    "line_no": line.line_no,
                    "sku": line.sku_code,
                    "quantity": line.quantity,
                    "price_kind": line.price_kind,
                    "net_amount": line.net_amount,
                }
                for line in self.lines
            ],
        }


class _OfOrder(Event):
    __slots__ = ()
    order: OrderSnapshot

    def as_payload(self) -> dict[str, Any]:
        return self.order.as_payload()

    def scope(self) -> int | None:
        return self.order.organisation_id


@dataclass(frozen=True, slots=True)
class OrderCaptured(_OfOrder):
    """An order was taken down; nobody has paid yet, or the payment follows at once."""

    public_name: ClassVar[str | None] = "order.captured"
    order: OrderSnapshot


@dataclass(frozen=True, slots=True)
class OrderPaid(_OfOrder):
    """An order was paid in full."""

    public_name: ClassVar[str | None] = "order.paid"
    order: OrderSnapshot
    provider: str
    reference: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(_OfOrder):
    """An order was given up before it was paid."""

    public_name: ClassVar[str | None] = "order.cancelled"
    order: OrderSnapshot


@dataclass(frozen=True, slots=True)
class LinesCompleted(Event):
    """Lines of a paid order were delivered or picked up."""

    public_name: ClassVar[str | None] = "order.lines_completed"
    order_id: int
    organisation_id: int
    line_ids: tuple[int, ...]
    completed_at: datetime

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class LineRefunded(Event):
    """Part or all of a paid line was given back. Amounts in fen."""

    public_name: ClassVar[str | None] = "order.line_refunded"
    refund_id: int
    number: str
    order_id: int
    organisation_id: int
    channel: str
    campaign: str
    member_id: int | None
    currency: str
    line: LineSnapshot
    quantity: int
    amount: int
    refunded_amount: int
    """All refunds of the line so far, this one included."""
    paid_at: datetime
    refunded_at: datetime

    def as_payload(self) -> dict[str, Any]:
        return {
            "refund_id": self.refund_id,
            "number": self.number,
            "order_id": self.order_id,
            "line_id": self.line.id,
            "line_no": self.line.line_no,
            "sku": self.line.sku_code,
            "quantity": self.quantity,
            "amount": self.amount,
            "refunded_amount": self.refunded_amount,
            "refunded_at": self.refunded_at,
        }

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class RefundRequestOpened(Event):
    """A buyer asks for money back; the line's commission waits."""

    public_name: ClassVar[str | None] = "order.refund_requested"
    request_id: int
    line_id: int
    organisation_id: int

    def scope(self) -> int | None:
        return self.organisation_id


@dataclass(frozen=True, slots=True)
class RefundRequestClosed(Event):
    """A refund request was granted, refused or withdrawn."""

    public_name: ClassVar[str | None] = "order.refund_request_closed"
    request_id: int
    line_id: int
    organisation_id: int
    outcome: str

    def scope(self) -> int | None:
        return self.organisation_id
