"""What commissions announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from yipan.kernel.events import Event
from yipan.trade.orders.events import LineRefunded, LineSnapshot, OrderSnapshot


class EntryMade(NamedTuple):
    """One entry as it was written. Amount in fen, negative for a reversal."""

    id: int
    line: LineSnapshot
    role: str
    distributor_id: int
    home_organisation_id: int
    amount: int
    reason: str
    """Why an accrual is 0, as a code; else empty."""

    def as_payload(self) -> dict[str, Any]:
        """What programs outside are told of the entry."""
        return {
            "entry_id": self.id,
            "line_id": self.line.id,
            "sku": self.line.sku_code,
            "role": self.role,
            "distributor_id": self.distributor_id,
            "amount": self.amount,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class CommissionAccrued(Event):
    """A paid order earned commission; all its entries at once."""

    public_name: ClassVar[str | None] = "commission.accrued"
    order: OrderSnapshot
    paid_at: datetime
    entries: tuple[EntryMade, ...]

    def as_payload(self) -> dict[str, Any]:
        return {
            "order_id": self.order.id,
            "number": self.order.number,
            "paid_at": self.paid_at,
            "currency": self.order.currency,
            "entries": [entry.as_payload() for entry in self.entries],
        }

    def scope(self) -> int | None:
        return self.order.organisation_id


@dataclass(frozen=True, slots=True)
class CommissionReversed(Event):
    """A refund took commission back; all its reversals at once."""

    public_name: ClassVar[str | None] = "commission.reversed"
    refund: LineRefunded
    entries: tuple[EntryMade, ...]

    def as_payload(self) -> dict[str, Any]:
        return {
            "order_id": self.refund.order_id,
            "refund_id": self.refund.refund_id,
            "refunded_at": self.refund.refunded_at,
            "currency": self.refund.currency,
            "entries": [entry.as_payload() for entry in self.entries],
        }

    def scope(self) -> int | None:
        return self.refund.organisation_id
