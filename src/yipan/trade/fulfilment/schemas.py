"""What fulfilment looks like over the API. Moments in ISO 8601 with a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from yipan.customers.members.addresses import AddressDetails
from yipan.kernel.http import Input
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.queries import timeline
from yipan.trade.fulfilment.sealing import masked_address

MethodName = Literal["delivery", "pick_up"]
StateName = Literal["waiting", "packed", "shipped", "received", "ready", "handed_over", "cancelled"]


class FulfilmentOut(Schema):
    """The way of one order to its buyer."""

    id: int
    order_id: int
    order_number: str
    organisation_id: int = Field(description="Who sends it, or the store of the pick-up.")
    method: str = Field(description="`delivery` or `pick_up`.")
    state: str = Field(examples=["shipped"])
    recipient: str = Field(description="Of a delivery, masked.", examples=["王** 138****8000"])
    note: str = Field(description="What the buyer asks of the shop.")
    carrier: str
    tracking_no: str
    created_at: datetime
    shipped_at: datetime | None
    ready_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Fulfilment) -> FulfilmentOut:
        """A fulfilment as programs see it."""
        return cls(
            id=row.id,
            order_id=row.order_id,
            order_number=row.order_number,
            organisation_id=row.organisation_id,
            method=row.method,
            state=row.state,
            recipient=masked_address(row),
            note=row.note,
            carrier=row.carrier,
            tracking_no=row.tracking_no,
            created_at=row.created_at,
            shipped_at=row.shipped_at,
            ready_at=row.ready_at,
            ended_at=row.ended_at,
        )


class FulfilmentStepOut(Schema):
    """One step of the way."""

    at: datetime
    code: str = Field(examples=["shipped"])
    text: str
    note: str


class FulfilmentWithSteps(FulfilmentOut):
    """A fulfilment with its timeline, newest step first."""

    steps: list[FulfilmentStepOut]

    @classmethod
    def with_steps(cls, row: Fulfilment) -> FulfilmentWithSteps:
        """One fulfilment as programs see it."""
        steps = [
            FulfilmentStepOut(at=step.at, code=step.code, text=str(step.text), note=step.note)
            for step in timeline(row.id)
        ]
        return cls(**FulfilmentOut.of(row).dict(), steps=steps)


class AddressOut(Schema):
    """Where a parcel goes."""

    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str

    @classmethod
    def of(cls, details: AddressDetails) -> AddressOut:
        """An address as programs see it."""
        return cls(
            recipient=details.recipient,
            phone=details.phone,
            province=details.province,
            city=details.city,
            district=details.district,
            street=details.street,
        )


class ShipmentIn(Input):
    """The parcel was given to a carrier."""

    carrier: str = Field(max_length=40, examples=["顺丰速运"])
    tracking_no: str = Field(max_length=60, examples=["SF1392010123456"])


class PickUpIn(Input):
    """The buyer showed a code."""

    code: str = Field(max_length=12, examples=["048213"])


class FulfilmentFilters(Schema):
    """Which fulfilments."""

    state: StateName | None = None
    method: MethodName | None = None
    number: str = Field("", description="Number of the order.")
    is_paid: bool | None = Field(None, description="Only what is paid may leave the shop.")


class FulfilmentPolicyOut(Schema):
    """The policy in force for an organisation."""

    organisation_id: int | None = Field(description="Where it was set; none: the defaults.")
    version: int
    auto_receipt_days: int


class FulfilmentPolicyIn(Input):
    """A new version of the policy; what is left out has its default."""

    organisation: str = Field("", max_length=40, description="Code; empty: the caller's own.")
    auto_receipt_days: int = Field(
        7,
        ge=1,
        le=90,
        strict=True,
        description="Days after shipping when a parcel counts as received.",
    )
    reason: str = Field("", max_length=300)
