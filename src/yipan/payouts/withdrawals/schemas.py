"""What withdrawals and cards look like over the API. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.payouts.settlement.schemas import In, PolicyHead
from yipan.payouts.withdrawals.actions import Quote
from yipan.payouts.withdrawals.models import (
    BankCard,
    Payee,
    Withdrawal,
    WithdrawalState,
    WithdrawalStep,
)
from yipan.payouts.withdrawals.rules.policy import MOST_FEN, MOST_PER_DAY, Payer


class WithdrawalIn(In):
    """A payout that is asked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"distributor": "G0001", "card_id": 4711, "amount": 50000}]
        },
    )
    distributor: str = Field(max_length=40, description="Code of who is paid.")
    card_id: int = Field(strict=True, description="A verified card of the distributor.")
    amount: int = Field(strict=True, ge=1, description="Fen, before tax.")


class WithdrawalFilters(Schema):
    """Which withdrawals are listed."""

    distributor: str = Field("", description="Code of who is paid.")
    state: WithdrawalState | None = None
    requested_from: AwareDatetime | None = Field(None, description="From this moment on.")
    requested_until: AwareDatetime | None = Field(None, description="Before this moment.")


class QuoteIn(In):
    """An amount to be quoted."""

    distributor: str = Field(max_length=40, description="Code.", examples=["G0001"])
    amount: int = Field(strict=True, ge=1, description="Fen, before tax.", examples=[50000])


class QuoteOut(Schema):
    """What a request of an amount would bring."""

    gross: int = Field(description="Fen asked for.", examples=[50000])
    tax: int = Field(description="Fen withheld.", examples=[0])
    net: int = Field(description="Fen that arrives.", examples=[50000])
    currency: str = Field(examples=["CNY"])
    needs_approval: bool = Field(description="A second person has to approve it.")
    tax_method: str = Field(description="Code and version.", examples=["none/1"])

    @classmethod
    def of(cls, quote: Quote) -> QuoteOut:
        """From the action's answer."""
        return cls(**{name: getattr(quote, name) for name in cls.model_fields})


class StepOut(Schema):
    """One transition of a withdrawal."""

    from_state: str
    to_state: str
    at: datetime
    by: str = Field(description="`kind:id:label` of who did it.", examples=["system:-:system"])
    reason: str

    @classmethod
    def of(cls, step: WithdrawalStep) -> StepOut:
        """From the row."""
        return cls(**{name: getattr(step, name) for name in cls.model_fields})


class WithdrawalOut(Schema):
    """A withdrawal."""

    id: int
    reference: str = Field(description="Our number towards the provider; never changes.")
    distributor: str = Field(description="Code of who is paid.", examples=["G0001"])
    card_id: int
    card_last_four: str = Field(examples=["8888"])
    provider: str = Field(examples=["sandbox"])
    state: str = Field(
        description="`requested`, `approved`, `submitted`, `unknown`, `succeeded`, `failed`, "
        "`rejected` or `cancelled`.",
        examples=["approved"],
    )
    gross: int = Field(description="Fen asked for.", examples=[50000])
    tax: int = Field(description="Fen withheld.", examples=[0])
    net: int = Field(description="Fen that arrives.", examples=[50000])
    currency: str = Field(examples=["CNY"])
    tax_method: str = Field(examples=["none/1"])
    needs_approval: bool
    requested_at: datetime
    requested_by: str
    approved_by: str
    submitted_at: datetime | None
    ended_at: datetime | None
    reason: str = Field(description="Why it was refused or failed, in plain words.")

    @classmethod
    def fields_of(cls, withdrawal: Withdrawal) -> dict[str, Any]:
        """From the row with its card and distributor."""
        fields = {
            name: getattr(withdrawal, name)
            for name in WithdrawalOut.model_fields
            if hasattr(withdrawal, name)
        }
        return {
            **fields,
            "distributor": withdrawal.distributor.code,
            "card_last_four": withdrawal.card.last_four,
        }

    @classmethod
    def of(cls, withdrawal: Withdrawal) -> WithdrawalOut:
        """From the row with its card and distributor."""
        return WithdrawalOut(**cls.fields_of(withdrawal))


class WithdrawalDetailOut(WithdrawalOut):
    """A withdrawal with its history."""

    steps: list[StepOut]


class DecisionIn(In):
    """Why something is decided."""

    reason: str = Field("", max_length=300, examples=["checked against the statement"])


class RejectionIn(In):
    """Why it is refused; the distributor reads it."""

    reason: str = Field(min_length=1, max_length=300, examples=["the card is of another person"])


class CardIn(In):
    """A bank card of a distributor."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "distributor": "G0001",
                    "holder": "王小明",
                    "number": "6222021234567878888",
                    "bank": "工商银行",
                }
            ]
        },
    )
    distributor: str = Field(max_length=40, description="Code.")
    holder: str = Field(max_length=120, description="The name on the card.")
    number: str = Field(max_length=40, description="12 to 19 digits; blanks and dashes may stand.")
    bank: str = Field("", max_length=80)


class CardOut(Schema):
    """A bank card; its number is never shown again."""

    id: int
    distributor: str = Field(examples=["G0001"])
    bank: str = Field(examples=["工商银行"])
    last_four: str = Field(examples=["8888"])
    verified_at: datetime | None = Field(description="Null: no money goes there yet.")
    created_at: datetime

    @classmethod
    def of(cls, card: BankCard) -> CardOut:
        """From the row with its distributor."""
        return cls(
            id=card.id,
            distributor=card.distributor.code,
            bank=card.bank,
            last_four=card.last_four,
            verified_at=card.verified_at,
            created_at=card.created_at,
        )


class PayeeIn(In):
    """A real name that was proven."""

    name: str = Field(max_length=120, examples=["王小明"])


class PayeeOut(Schema):
    """That a distributor's real name is verified; the name itself is not shown."""

    distributor: str = Field(examples=["G0001"])
    verified_at: datetime
    verified_by: str

    @classmethod
    def of(cls, payee: Payee, code: str) -> PayeeOut:
        """From the row."""
        return cls(distributor=code, verified_at=payee.verified_at, verified_by=payee.verified_by)


class WithdrawalSettings(In):
    """The settings; what is left out has its default."""

    minimum: int = Field(100, strict=True, ge=1, le=MOST_FEN, description="Fen of one request.")
    maximum: int = Field(
        2_000_000, strict=True, ge=1, le=MOST_FEN, description="Fen of one request."
    )
    per_day: int = Field(
        3, strict=True, ge=1, le=MOST_PER_DAY, description="Requests of one distributor a day."
    )
    approval_above: int = Field(
        100_000, strict=True, ge=0, le=MOST_FEN, description="Fen; above it a second person."
    )
    provider: str = Field("sandbox", max_length=30, description="Code of a provider.")
    payer: Payer = Field(Payer.HEADQUARTERS, description="Out of whose bank account it is paid.")


class WithdrawalPolicyOut(PolicyHead):
    """The withdrawal policy in force for an organisation."""

    settings: WithdrawalSettings


class WithdrawalPolicyIn(In):
    """A new version of the withdrawal policy."""

    organisation: str = Field(
        "", description="Code; the caller's own organisation without it.", examples=["HQ"]
    )
    settings: WithdrawalSettings
    valid_from: AwareDatetime | None = Field(None, description="Now without it; never in the past.")
    reason: str = Field("", max_length=500)
