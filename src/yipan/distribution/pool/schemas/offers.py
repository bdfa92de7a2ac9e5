"""Offers, and why one decides. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from ninja import Schema
from pydantic import AwareDatetime, Field

from yipan.distribution.pool.queries import (
    OfferCard,
    OfferSort,
    OfferTime,
    OfferVerdict,
    Reasons,
    Verdict,
)
from yipan.kernel.http import Input

MOST_OFFERS: Final = 5_000


class OfferQuery(Schema):
    """Which offers to list."""

    selling_at: str = Field(
        "",
        description=(
            "Code of an organisation: what earns when it sells now, the deciding offer of each. "
            "Only `text`, `category_id` and `sort` go with it."
        ),
    )
    organisation: str = Field("", description="Code: offers kept by this very organisation.")
    text: str = Field("", max_length=100, description="Words of the SKU, or its code.")
    category_id: int | None = None
    rule_id: int | None = None
    is_on: bool | None = None
    time: OfferTime | None = None
    on_sale: bool = Field(True, description="Only of SKUs that may be sold.")
    sort: OfferSort = OfferSort.COMMISSION


class OfferOut(Schema):
    """An offer with its SKU."""

    id: int
    organisation: str = Field(description="Code of the organisation it is for, with its subtree.")
    organisation_id: int
    sku: str = Field(description="Code.", examples=["TS-RED-M"])
    sku_id: int
    name: str = Field(description="Of the SKU.", examples=["T 恤 红 M"])
    picture: str
    tags: list[str]
    list_price: int = Field(description="Fen; group-wide.", examples=[9900])
    units_sold: int
    on_sale: bool
    rule: str = Field(description="Code.", examples=["SPRING-5"])
    rule_id: int
    is_on: bool = Field(description="False: the SKU does not earn here, whatever is offered above.")
    valid_from: datetime
    valid_until: datetime | None = Field(description="First moment at which it is over.")
    estimate: int = Field(
        description="Fen; the seller's commission on one unit at list price.", examples=[495]
    )
    changed_at: datetime

    @classmethod
    def of(cls, card: OfferCard) -> OfferOut:
        """From a card."""
        return cls(
            id=card.id,
            organisation=card.organisation_code,
            organisation_id=card.organisation_id,
            sku=card.sku.code,
            sku_id=card.sku.id,
            name=card.sku.name,
            picture=card.sku.picture,
            tags=card.sku.tags,
            list_price=card.sku.list_price,
            units_sold=card.sku.units_sold,
            on_sale=card.sku.is_active,
            rule=card.rule_code,
            rule_id=card.rule_id,
            is_on=card.is_on,
            valid_from=card.valid_from,
            valid_until=card.valid_until,
            estimate=card.estimate,
            changed_at=card.changed_at,
        )


class OfferIn(Input):
    """A SKU to be offered."""

    sku: str = Field(description="Code.", examples=["TS-RED-M"])
    organisation: str = Field("", description="Code; empty: the caller's own.")
    rule: str = Field(description="Code.", examples=["SPRING-5"])
    is_on: bool = True
    valid_from: AwareDatetime | None = Field(
        None, description="Null: now for a new offer, as it is for one that is there."
    )
    valid_until: AwareDatetime | None = Field(None, description="Null: no end.")


class OffersIn(Input):
    """Offers as they are to be."""

    offers: list[OfferIn] = Field(min_length=1, max_length=MOST_OFFERS)
    reason: str = Field("", max_length=500)


class OffersWrittenOut(Schema):
    """What became of them."""

    created: int
    changed: int
    unchanged: int
    offer_ids: list[int] = Field(description="In the order they were given.")


class BulkAction(StrEnum):
    """What to do with offers."""

    SWITCH_ON = "switch_on"
    SWITCH_OFF = "switch_off"
    TAKE_OFF = "take_off"
    CHANGE = "change"


class OfferChangeIn(Input):
    """What is to change; what is left out stays."""

    rule_id: int | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = Field(None, description="Null, when given: no end.")


class BulkIn(Input):
    """Something to do with many offers."""

    offer_ids: list[int] = Field(min_length=1, max_length=MOST_OFFERS)
    action: BulkAction
    change: OfferChangeIn | None = Field(None, description="For `change`.")
    reason: str = Field("", max_length=500, examples=["盘点期间暂停"])


class WhyIn(Input):
    """A sale to be explained."""

    sku: str = Field(description="Code.", examples=["TS-RED-M"])
    organisation: str = Field("", description="Code of the seller; empty: the caller's own.")
    at: AwareDatetime | None = Field(None, description="Moment of payment; null: now.")


class OfferVerdictOut(Schema):
    """What one offer on the way up said."""

    offer_id: int
    organisation_id: int
    organisation_code: str
    rule_id: int
    rule_code: str
    is_on: bool
    valid_from: datetime
    valid_until: datetime | None
    verdict: Verdict

    @classmethod
    def of(cls, verdict: OfferVerdict) -> OfferVerdictOut:
        """From a verdict."""
        return cls(**{name: getattr(verdict, name) for name in cls.model_fields})


class WhyOut(Schema):
    """Whether and why the SKU earns there."""

    verdict: Verdict
    offers: list[OfferVerdictOut] = Field(
        description="Of the seller and those above, nearest first."
    )
    rule_version_id: int | None
    on_sale: bool
    distribution_effective: bool

    @classmethod
    def of(cls, reasons: Reasons) -> WhyOut:
        """From reasons."""
        return cls(
            verdict=reasons.verdict,
            offers=[OfferVerdictOut.of(each) for each in reasons.offers],
            rule_version_id=reasons.rule_version_id,
            on_sale=reasons.on_sale,
            distribution_effective=reasons.distribution_effective,
        )
