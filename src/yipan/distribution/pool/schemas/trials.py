"""Trial calculation. Amounts in fen."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import get_language
from ninja import Schema
from pydantic import AwareDatetime, Field

from yipan.distribution.pool.rules import PriceKind, Result, Share, sentence
from yipan.distribution.pool.schemas.terms import Terms
from yipan.kernel.http import Input

MOST_LINES: Final = 500
_MOST: Final = 10**15


class TrialLineIn(Input):
    """One order line."""

    quantity: int = Field(ge=1, le=_MOST, examples=[2])
    net_amount: int = Field(ge=0, le=_MOST, description="Fen for the line.", examples=[19800])
    price_kind: PriceKind = PriceKind.LIST


class ProgressIO(Input):
    """What was sold under the rule in the month."""

    units: int = Field(0, ge=0, le=_MOST)
    amount: int = Field(0, ge=0, le=_MOST, description="Fen.")


class TrialIn(Input):
    """A rule, saved or not, and lines to try it on."""

    terms: Terms | None = Field(None, description="Terms that need not be saved; or `rule_id`.")
    rule_id: int | None = None
    version: int | None = Field(None, description="Of the rule; null: the one in force at `at`.")
    at: AwareDatetime | None = Field(None, description="Null: now.")
    lines: list[TrialLineIn] = Field(
        min_length=1, max_length=MOST_LINES, description="As if paid in this order."
    )
    progress: ProgressIO | None = Field(None, description="Before the first line; null: nothing.")
    uplines: list[bool] = Field(
        default_factory=list,
        max_length=2,
        description="Of each upline there is, nearest first: whether they may earn.",
    )


class ShareOut(Schema):
    """What one beneficiary gets."""

    amount: int = Field(description="Fen.", examples=[990])
    reason: str | None = Field(description="Why it is 0.")
    notes: list[str] = Field(description="What made it smaller.")
    why: str = Field(description="A sentence in the reader's language.")

    @classmethod
    def of(cls, share: Share, result: Result, level: int) -> ShareOut:
        """From the share of a level: 0 the seller, 1 and 2 the uplines."""
        words = sentence(result.explanation, get_language() or "zh-hans", level=level)
        return cls(amount=share.amount, reason=share.reason, notes=list(share.notes), why=words)


class TrialLineOut(Schema):
    """What one line earns."""

    seller: ShareOut
    uplines: list[ShareOut] = Field(description="One for each upline rate, nearest first.")
    total: int = Field(description="Fen.")
    explanation: dict[str, Any] = Field(description="As with commission entries.")

    @classmethod
    def of(cls, result: Result) -> TrialLineOut:
        """From a result of the engine."""
        return cls(
            seller=ShareOut.of(result.seller, result, 0),
            uplines=[
                ShareOut.of(share, result, level) for level, share in enumerate(result.uplines, 1)
            ],
            total=result.total,
            explanation=dict(result.explanation),
        )


class TrialOut(Schema):
    """What the lines earn, in order."""

    lines: list[TrialLineOut]
    progress: ProgressIO = Field(description="After the last line.")
