"""What attribution looks like over the API. Moments in ISO 8601 with a zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.distribution.attribution.actions import CodeTouch
from yipan.distribution.attribution.models import Binding, Coupon, Decision
from yipan.distribution.attribution.queries import PolicyInForce
from yipan.distribution.attribution.rules import MAX_TERM_DAYS, MAX_WINDOW_DAYS
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import Node, tree
from yipan.kernel.models import PolicyVersion

Distributors = Mapping[int, Distributor]
"""By id: those whom the caller may see."""
SourceName = Literal["code", "coupon", "link", "binding"]


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class TouchIn(In):
    """A distributor's code was typed or scanned, outside of an order."""

    code: str = Field(max_length=40, description="The distributor's.", examples=["G0001"])
    touched_at: AwareDatetime = Field(examples=["2026-03-08T10:15:00+08:00"])
    visitor: str = Field(
        "", max_length=64, description="The visitor's cookie or the channel's own name of a device."
    )
    member_id: int | None = Field(None, description="Of this and `visitor` at least one is given.")
    organisation: str = Field("", max_length=40, description="Code of the shop; empty: unknown.")
    channel: str = Field("", max_length=30, examples=["mini-program"])
    campaign: str = Field("", max_length=60)

    def touch(self, organisation_id: int | None) -> CodeTouch:
        """As the action takes it."""
        return CodeTouch(
            code=self.code,
            touched_at=self.touched_at,
            visitor=self.visitor,
            member_id=self.member_id,
            organisation_id=organisation_id,
            channel=self.channel,
            campaign=self.campaign,
        )


class TouchesIn(In):
    """Touches to write down, all or none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "touches": [
                        {
                            "code": "G0001",
                            "touched_at": "2026-03-08T10:15:00+08:00",
                            "visitor": "device-8f14e45f",
                            "channel": "mini-program",
                        }
                    ]
                }
            ]
        },
    )
    touches: list[TouchIn] = Field(min_length=1, max_length=1000)


class TouchesOut(Schema):
    """The ids of the touches, in the order given."""

    touch_ids: list[int]


class CouponsIn(In):
    """Coupons that belong to a distributor, for good."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"distributor": "G0001", "coupons": ["SPRING-G1", "TEA-G1"]}]
        },
    )
    distributor: str = Field(max_length=40, description="Code.")
    coupons: list[str] = Field(min_length=1, max_length=1000, description="Codes, without case.")


class CouponsOut(Schema):
    """The coupons as they are kept: in capitals, sorted."""

    coupons: list[str]


class CouponOut(Schema):
    """A coupon and whose it is."""

    code: str = Field(examples=["SPRING-G1"])
    distributor: str = Field(description="Code.", examples=["G0001"])
    created_at: datetime

    @classmethod
    def of(cls, coupon: Coupon, distributors: Distributors) -> CouponOut:
        """From the row."""
        owner = distributors[coupon.distributor_id].code
        return cls(code=coupon.code, distributor=owner, created_at=coupon.created_at)


class BindingOut(Schema):
    """One row of a member's history: to whom they belonged from a moment on."""

    id: int
    member_id: int
    sequence: int = Field(description="1, 2, 3 … of the member.")
    kind: str = Field(
        description="`bound`, `renewed`, `taken_over` (from another whose protection had ended), "
        "`handed_over` (the holder left), `assigned` or `taken_off` (by an operator).",
        examples=["bound"],
    )
    distributor: str | None = Field(
        description="Code; null where it was taken off, or the holder is out of your subtree.",
        examples=["G0001"],
    )
    bound_at: datetime
    valid_until: datetime | None = Field(description="Null: for ever.")
    protected_until: datetime | None = Field(
        description="Until then nobody else takes the member over; null: not protected."
    )
    touch_id: int | None
    order_id: int | None
    reason: str = Field(examples=["first_purchase"])
    changed_by: str

    @classmethod
    def of(cls, row: Binding, distributors: Distributors) -> BindingOut:
        """From the row."""
        holder = distributors.get(row.distributor_id or 0)
        return cls(
            id=row.id,
            member_id=row.member_id,
            sequence=row.sequence,
            kind=row.kind,
            distributor=holder.code if holder else None,
            bound_at=row.bound_at,
            valid_until=row.valid_until,
            protected_until=row.protected_until,
            touch_id=row.touch_id,
            order_id=row.order_id,
            reason=row.reason,
            changed_by=row.changed_by,
        )


class BindingIn(In):
    """A member to be given to a distributor."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"member_id": 65601, "distributor": "G0001", "reason": "顾客要求"}]
        },
    )
    member_id: int
    distributor: str = Field(max_length=40, description="Code.")
    valid_until: AwareDatetime | None = Field(None, description="Null: as the policy says.")
    reason: str = Field(max_length=500)


class BindingRemovalIn(In):
    """Why a binding is taken off."""

    reason: str = Field(max_length=500, examples=["顾客要求"])


class HandOverIn(In):
    """All live bindings of one distributor for another."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"distributor": "G0001", "successor": "G0002", "reason": "调岗"}]
        },
    )
    distributor: str = Field(max_length=40, description="Code of the holder.")
    successor: str = Field(max_length=40, description="Code of who gets the members.")
    reason: str = Field(max_length=500)


class HandOverOut(Schema):
    """How many members there were."""

    members: int = Field(examples=[128])


class DecisionOut(Schema):
    """Who is credited with some lines of an order, and why nobody else is."""

    id: int
    sequence: int = Field(description="1, 2 … where lines go to different distributors.")
    line_ids: list[int]
    distributor: str | None = Field(
        description="Code of the winner; null: nobody, or out of your subtree.", examples=["G0001"]
    )
    distributor_id: int | None = Field(description="The winner; null: nobody.")
    source: str = Field(description="`code`, `coupon`, `link`, `binding`; empty: nobody.")
    touch_id: int | None
    binding_id: int | None
    policy_id: int | None = Field(description="Null: the built-in defaults.")
    policy_version: int
    decided_at: datetime
    evidence: dict[str, Any] = Field(
        description="Winner, every loser with its reason, the policy's settings, and what was "
        "known of each distributor.",
        examples=[{"rule": "link.last", "losers": [{"source": "link", "reason": "NOT_LAST"}]}],
    )

    @classmethod
    def of(cls, row: Decision, distributors: Distributors) -> DecisionOut:
        """From the row."""
        winner = distributors.get(row.distributor_id or 0)
        return cls(
            id=row.id,
            sequence=row.sequence,
            line_ids=row.line_ids,
            distributor=winner.code if winner else None,
            distributor_id=row.distributor_id,
            source=row.source,
            touch_id=row.touch_id,
            binding_id=row.binding_id,
            policy_id=row.policy_id,
            policy_version=row.policy_version,
            decided_at=row.decided_at,
            evidence=row.evidence,
        )


class DecisionReplayOut(Schema):
    """Whether the recorded facts of an order still give the decisions that were made."""

    same: bool
    missing: list[str] = Field(description="Facts that are not there any more, `touch 17`.")
    again: list[dict[str, Any]] = Field(description="What the facts say now.")


class AttributionSettings(In):
    """Who is credited, and for how long a member belongs to a distributor."""

    window_days: int = Field(
        15, strict=True, description=f"1 to {MAX_WINDOW_DAYS}: older touches do not count."
    )
    order: list[SourceName] = Field(
        ["code", "coupon", "link", "binding"],
        description="Precedence of the sources; one that is left out never wins.",
    )
    link_model: Literal["last", "first"] = Field("last", description="Which link wins.")
    scope: Literal["order", "sku"] = Field(
        "order", description="Credited with every line, or only with lines of the shared SKU."
    )
    bind_on: Literal["never", "first_touch", "first_purchase"] = "first_purchase"
    binding_days: int = Field(365, strict=True, description=f"0 to {MAX_TERM_DAYS}; 0: for ever.")
    protection_days: int = Field(
        30, strict=True, description=f"0 to {MAX_TERM_DAYS}; 0: not protected."
    )
    self_purchase: Literal["no", "yes"] = Field(
        "no", description="Whether a distributor's own purchase may earn them something."
    )


class AttributionPolicyIn(In):
    """A new version of the policy for an organisation and all below it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "organisation": "HQ",
                    "settings": {"window_days": 30, "link_model": "first"},
                    "reason": "春季活动",
                }
            ]
        },
    )
    organisation: str = Field("", max_length=40, description="Code; empty: the caller's own.")
    settings: AttributionSettings = Field(description="A setting left out has its default.")
    reason: str = Field("", max_length=500)
    valid_from: AwareDatetime | None = Field(None, description="Null: now.")


class AttributionPolicyOut(Schema):
    """The policy in force for an organisation, and where it was set."""

    organisation: str = Field(description="Code of whom it was asked for.")
    set_for: str | None = Field(description="Code of where it was set; null: nowhere, defaults.")
    policy_id: int | None
    version: int = Field(description="0: the built-in defaults.")
    valid_from: datetime | None
    settings: AttributionSettings

    @classmethod
    def of(cls, node: Node, found: PolicyInForce) -> AttributionPolicyOut:
        """From what is in force."""
        version = found.version
        place = tree().by_id.get(version.organisation_id or 0)
        return cls(
            organisation=node.code,
            set_for=place.code if place else None,
            policy_id=version.id,
            version=version.version,
            valid_from=version.valid_from,
            settings=AttributionSettings.model_validate(found.settings.to_data()),
        )


class AttributionPolicyVersionOut(Schema):
    """One version set for one organisation."""

    id: int
    version: int
    valid_from: datetime
    settings: AttributionSettings
    changed_by: str
    reason: str

    @classmethod
    def of(cls, row: PolicyVersion) -> AttributionPolicyVersionOut:
        """From the row."""
        return cls(
            id=row.id,
            version=row.version,
            valid_from=row.valid_from,
            settings=AttributionSettings.model_validate(row.data),
            changed_by=row.changed_by,
            reason=row.reason,
        )
