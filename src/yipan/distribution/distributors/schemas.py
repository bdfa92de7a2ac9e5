"""What distributors look like over the API. Moments in ISO 8601 with a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.distribution.distributors.queries import Standing

KindName = Literal["employee", "guide", "partner", "dealer"]
StatusName = Literal["active", "suspended", "left"]


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class DistributorOut(Schema):
    """A person who may share and earn."""

    id: int
    code: str = Field(description="In capitals.", examples=["G0001"])
    name: str = Field(examples=["兰梅"])
    kind: KindName
    grade: str = Field(examples=["金"])
    status: StatusName
    organisation_id: int = Field(description="The one home organisation.")
    person_id: int | None = Field(description="The account of an employee or guide.")
    member_id: int | None = Field(description="The distributor as a buyer.")
    upline_id: int | None = Field(description="Who stands above.")
    qualified_from: datetime | None = Field(description="UTC; null: from the start.")
    qualified_until: datetime | None = Field(
        description="UTC, the first moment at which it has run out; null: never."
    )
    joined_at: datetime = Field(description="UTC.")
    left_at: datetime | None = Field(description="UTC.")


class DistributorIn(In):
    """A new distributor, active at once."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "organisation_id": 65549,
                    "code": "G0001",
                    "name": "兰梅",
                    "kind": "guide",
                    "grade": "金",
                    "qualified_until": "2027-01-01T00:00:00+08:00",
                }
            ]
        },
    )

    organisation_id: int = Field(description="The home organisation.")
    code: str = Field(
        max_length=40, description="Unique in the group, without case; never given twice."
    )
    name: str = Field(max_length=60)
    kind: KindName
    grade: str = Field("", max_length=40)
    person_id: int | None = None
    member_id: int | None = None
    upline_id: int | None = Field(None, description="A chain has at most three levels.")
    qualified_from: AwareDatetime | None = None
    qualified_until: AwareDatetime | None = None


class DistributorsIn(In):
    """Distributors to take on, all or none."""

    distributors: list[DistributorIn] = Field(min_length=1, max_length=500)


class DistributorsOut(Schema):
    """The distributors taken on, in the order given."""

    distributors: list[DistributorOut]


class DistributorReasonIn(In):
    """Why."""

    reason: str = Field(max_length=500, examples=["调岗"])


class DistributorNameIn(In):
    """How the name is written."""

    name: str = Field(max_length=60, examples=["兰梅"])


class DistributorHomeIn(DistributorReasonIn):
    """The new home organisation."""

    organisation_id: int


class DistributorGradeIn(In):
    """The new grade; empty: none."""

    grade: str = Field(max_length=40, examples=["金"])
    reason: str = Field("", max_length=500)


class DistributorKindIn(DistributorReasonIn):
    """The new kind."""

    kind: KindName = Field(examples=["partner"])


class UplineIn(DistributorReasonIn):
    """Who is to stand above; null: nobody."""

    upline_id: int | None


class QualificationIn(In):
    """From when to when a distributor is qualified; null is no bound on that side."""

    qualified_from: AwareDatetime | None
    qualified_until: AwareDatetime | None = Field(
        description="The first moment at which it has run out."
    )
    reason: str = Field("", max_length=500)


class DistributorBuyerIn(In):
    """The distributor as a buyer; null: not known."""

    member_id: int | None
    reason: str = Field("", max_length=500)


class DepartureIn(DistributorReasonIn):
    """Who takes the customers over; null: nobody, their bindings end."""

    successor_id: int | None


class GrantIn(In):
    """Leave to distribute what an organisation and all below it offer."""

    organisation_id: int
    valid_from: AwareDatetime | None = Field(None, description="Null: now.")
    valid_until: AwareDatetime | None = Field(
        None, description="The first moment at which it no longer holds; null: without end."
    )
    reason: str = Field("", max_length=500)


class GrantOut(Schema):
    """A grant, from `valid_from` to just before `valid_until`."""

    id: int
    organisation_id: int
    valid_from: datetime = Field(description="UTC.")
    valid_until: datetime | None = Field(description="UTC; null: without end.")


class DistributorChangeOut(Schema):
    """Something that changed about a distributor."""

    id: int
    what: str = Field(examples=["set_upline"])
    before: dict[str, Any]
    after: dict[str, Any]
    changed_at: datetime = Field(description="UTC.")
    changed_by: str = Field(examples=["api_client:17:ERP"])
    reason: str = Field(examples=["调岗"])


class StandingOut(Schema):
    """How a distributor stands at a moment."""

    distributor_id: int
    at: datetime = Field(description="UTC.")
    status: str = Field(description="`active`, `suspended` or `left`.", examples=["active"])
    qualified: bool
    distribution_effective: bool = Field(
        description="Whether distribution is on at home and at every ancestor."
    )
    may_earn: bool = Field(description="Active, qualified, and distribution is on.")
    granted_organisation_ids: list[int] = Field(description="Beside the home.")
    upline_ids: list[int] = Field(description="Up to two, nearest first.")

    @classmethod
    def of(
        cls, standing: Standing, uplines: tuple[Standing, ...], at: datetime, *, is_on: bool
    ) -> StandingOut:
        """From what `queries` found, and whether distribution is on at home."""
        return cls(
            distributor_id=standing.id,
            at=at,
            status=standing.status,
            qualified=standing.qualified,
            distribution_effective=is_on,
            may_earn=standing.may_earn and is_on,
            granted_organisation_ids=list(standing.grants),
            upline_ids=[upline.id for upline in uplines],
        )
