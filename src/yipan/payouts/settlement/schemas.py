"""What settlement looks like over the API. Amounts in fen, moments in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.distribution.commissions.models import EntryState
from yipan.group.organisations.queries import Node, tree
from yipan.kernel.policies import Policy
from yipan.payouts.settlement.queries import Lateness, Release, standing_of
from yipan.payouts.settlement.rules.policy import MOST_DAYS


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class SettlementEntryOut(Schema):
    """Where a commission entry stands on its way to being available."""

    id: int = Field(description="Of the commission entry.")
    line_id: int
    distributor: str = Field(description="Code of who earns.", examples=["G0001"])
    organisation_id: int = Field(description="Who sold.")
    amount: int = Field(description="Fen: the accrual less its reversals.", examples=[1050])
    currency: str = Field(examples=["CNY"])
    standing: str = Field(
        description="`undated` no policy has set its due moment, `held` a refund request is open, "
        "`waiting` its due moment has not come, `due` the next run takes it, `released`.",
        examples=["waiting"],
    )
    due_at: datetime | None
    released_at: datetime | None

    @classmethod
    def of(cls, state: EntryState, at: datetime) -> SettlementEntryOut:
        """From the annotated row."""
        return cls(
            id=state.id,
            line_id=state.line_id,
            distributor=getattr(state, "distributor_code", ""),
            organisation_id=state.organisation_id,
            amount=state.remaining,
            currency=state.currency,
            standing=standing_of(state, at),
            due_at=state.due_at,
            released_at=state.released_at,
        )


class BatchOut(Schema):
    """One chunk of the release job; its entries have the same `released_at`."""

    id: int
    released_at: datetime
    entries: int = Field(examples=[2000])
    amount: int = Field(description="Fen moved from pending to available.", examples=[1840350])
    offset_amount: int = Field(description="Fen of that taken for claw-back.", examples=[1200])


class LatenessOut(Schema):
    """How far the release job is behind."""

    entries: int = Field(description="Entries that are due and not released.")
    amount: int = Field(description="Fen of them.")
    oldest_due_at: datetime | None
    late: int = Field(description="Those due for more than five minutes; should be 0.")

    @classmethod
    def of(cls, gauge: Lateness) -> LatenessOut:
        """From the gauge."""
        return cls(
            entries=gauge.entries,
            amount=gauge.amount,
            oldest_due_at=gauge.oldest_due_at,
            late=gauge.late,
        )


class ReleaseOut(Schema):
    """What one distributor would get released."""

    distributor: str = Field(examples=["G0001"])
    entries: int = Field(examples=[3])
    amount: int = Field(description="Fen from pending to available.", examples=[2600])
    offset: int = Field(description="Fen of that for claw-back owed, as things stand now.")


class PreviewOut(Schema):
    """What would be released up to a moment if nothing happened before."""

    until: datetime
    entries: int
    amount: int = Field(description="Fen.")
    offset: int = Field(description="Fen.")
    distributors: list[ReleaseOut] = Field(description="The 200 with the largest amounts.")

    @classmethod
    def of(cls, releases: list[Release], until: datetime) -> PreviewOut:
        """From the sums by distributor, largest first."""
        return cls(
            until=until,
            entries=sum(each.entries for each in releases),
            amount=sum(each.amount for each in releases),
            offset=sum(each.offset for each in releases),
            distributors=[
                ReleaseOut(
                    distributor=each.distributor,
                    entries=each.entries,
                    amount=each.amount,
                    offset=each.offset,
                )
                for each in releases[:200]
            ],
        )


class SettlementSettings(In):
    """The settings; what is left out has its default."""

    hold_days: int = Field(
        7, strict=True, ge=0, le=MOST_DAYS, description="Days from completion to the due moment."
    )
    auto_complete_days: int = Field(
        10,
        strict=True,
        ge=0,
        le=MOST_DAYS,
        description="Days after payment when a line counts as completed if nobody says so.",
    )
    clawback_share: str = Field(
        "1",
        description="Share of a release that may be taken for claw-back: 0 to 1, 6 decimals.",
        examples=["0.5"],
    )


class PolicyHead(Schema):
    """Which version of a policy counts for an organisation."""

    organisation: str = Field(description="Code of the organisation asked for.")
    version: int = Field(description="0: the built-in defaults.", examples=[3])
    set_for: str | None = Field(description="Code of the organisation whose version it is.")
    valid_from: datetime | None

    @staticmethod
    def head_of(policy: Policy, node: Node) -> dict[str, Any]:
        """The fields, from the policy in force."""
        nodes = tree().by_id
        return {
            "organisation": node.code,
            "version": policy.version,
            "set_for": nodes[policy.organisation_id].code if policy.organisation_id else None,
            "valid_from": policy.valid_from,
        }


class SettlementPolicyOut(PolicyHead):
    """The settlement policy in force for an organisation."""

    settings: SettlementSettings


class SettlementPolicyIn(In):
    """A new version of the settlement policy."""

    organisation: str = Field(
        "", description="Code; the caller's own organisation without it.", examples=["HQ"]
    )
    settings: SettlementSettings
    valid_from: AwareDatetime | None = Field(None, description="Now without it; never in the past.")
    reason: str = Field("", max_length=500)
