"""What withdrawals announce; amounts in fen, nothing of a card or a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from yipan.kernel.events import Event


class WithdrawalSnapshot(NamedTuple):
    """A withdrawal at the moment of the event."""

    withdrawal_id: int
    reference: str
    distributor_id: int
    organisation_id: int
    """The distributor's home."""
    payer_id: int
    currency: str
    gross: int
    tax: int
    net: int


@dataclass(frozen=True, slots=True)
class _OfWithdrawal(Event):
    withdrawal: WithdrawalSnapshot
    at: datetime
    reason: str = ""

    def as_payload(self) -> dict[str, Any]:
        return {**self.withdrawal._asdict(), "at": self.at, "reason": self.reason}

    def scope(self) -> int | None:
        return self.withdrawal.organisation_id


class WithdrawalRequested(_OfWithdrawal):
    """Available commission was reserved for a payout."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.requested"


class WithdrawalApproved(_OfWithdrawal):
    """A payout may be made."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.approved"


class WithdrawalSucceeded(_OfWithdrawal):
    """The money has arrived."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.succeeded"


class WithdrawalFailed(_OfWithdrawal):
    """The provider definitely did not pay; the money is available again."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.failed"


class WithdrawalRejected(_OfWithdrawal):
    """A second person said no; the money is available again."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.rejected"


class WithdrawalCancelled(_OfWithdrawal):
    """It was taken back before it was handed over; the money is available again."""

    __slots__ = ()
    public_name: ClassVar[str | None] = "withdrawal.cancelled"
