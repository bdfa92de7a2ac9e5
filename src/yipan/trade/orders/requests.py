"""What callers ask of orders, and what they are answered. Amounts in fen, moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from yipan.kernel.errors import DomainError
from yipan.kernel.money import CNY


class LineRequest(NamedTuple):
    """One line to be sold."""

    sku: str
    """Code."""
    quantity: int
    unit_price: int | None = None
    """Deal price of one unit; None: the price in force of `price_kind`."""
    price_kind: str = "list"
    discount: int = 0
    """The line's own discount."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order to be taken down, and paid and completed at once where the moments are given."""

    channel: str
    number: str
    organisation: str
    """Code of who sells."""
    lines: tuple[LineRequest, ...]
    placed_at: datetime
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    buyer_scheme: str = ""
    """With `buyer`: by which name the channel knows the buyer, such as (`crm`, `M-17`)."""
    buyer: str = ""
    member_id: int | None = None
    """The buyer, where the caller knows the member; instead of `buyer`."""
    visitor: str = ""
    distributor_code: str = ""
    coupon_code: str = ""
    campaign: str = ""
    discount: int = 0
    """Order-level discount, spread over the lines."""
    freight: int = 0
    currency: str = CNY
    location: str = ""
    """Code of where the goods are taken from; empty: the organisation's default, if it has one."""
    payment_provider: str = ""
    payment_reference: str = ""


class Captured(NamedTuple):
    """What became of one requested order: an id, or the error."""

    channel: str
    number: str
    order_id: int | None
    error: DomainError | None


class PaymentRequest(NamedTuple):
    """An order that was paid."""

    order_id: int
    paid_at: datetime
    provider: str = ""
    reference: str = ""


class RefundOrder(NamedTuple):
    """A line of which something is given back."""

    line_id: int
    number: str
    """The channel's refund number: the same one for the same line is refunded once."""
    quantity: int
    amount: int
    refunded_at: datetime
    restock: bool = True
    reason: str = ""


class Refunded(NamedTuple):
    """What became of one refund: an id, or the error."""

    line_id: int
    number: str
    refund_id: int | None
    error: DomainError | None
