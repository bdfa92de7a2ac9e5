"""Commission rules and their versions. Moments in UTC."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import AwareDatetime, Field

from yipan.distribution.pool.models import CommissionRule
from yipan.distribution.pool.queries import RuleBook, Version
from yipan.distribution.pool.schemas.terms import Terms
from yipan.kernel import clock
from yipan.kernel.http import Input


class RuleVersionOut(Schema):
    """The terms of a rule for a span of time."""

    id: int
    version: int = Field(description="1, 2, 3 … in the order they were written.")
    valid_from: datetime
    valid_until: datetime | None = Field(
        description="First moment at which another version is in force; null: no end."
    )
    is_replaced: bool = Field(description="Another one took its place before it started.")
    terms: Terms

    @classmethod
    def of(cls, version: Version) -> RuleVersionOut:
        """From a version of a book."""
        return cls(
            id=version.id,
            version=version.version,
            valid_from=version.valid_from,
            valid_until=version.valid_until,
            is_replaced=version.is_replaced,
            terms=version.compiled.terms.to_data(),
        )


class RuleOut(Schema):
    """A commission rule."""

    id: int
    code: str = Field(examples=["SPRING-5"])
    name: str = Field(examples=["春季 5%"])
    organisation_id: int = Field(description="Who keeps it; offers of its subtree may use it.")
    bare: bool = Field(description="Made for one amount or rate of a file; never changes.")
    current: RuleVersionOut | None = Field(description="The version in force now.")

    @classmethod
    def of(cls, rule: CommissionRule, book: RuleBook) -> RuleOut:
        """From a rule and its versions."""
        current = book.at(clock.now())
        return cls(
            id=rule.id,
            code=rule.code,
            name=rule.name,
            organisation_id=rule.organisation_id,
            bare=book.bare,
            current=RuleVersionOut.of(current) if current else None,
        )


class RuleIn(Input):
    """A new commission rule with its first version."""

    code: str = Field(max_length=40, examples=["SPRING-5"])
    name: str = Field(max_length=120, examples=["春季 5%"])
    organisation: str = Field("", description="Code; empty: the caller's own.")
    terms: Terms
    valid_from: AwareDatetime | None = Field(
        None,
        description="Null: now. May be in the past, so that sales of that time can be taken in.",
    )
    reason: str = Field("", max_length=500)


class RuleVersionIn(Input):
    """New terms for a rule."""

    terms: Terms
    valid_from: AwareDatetime | None = Field(None, description="Null: now; never in the past.")
    replace_scheduled: bool = Field(
        False, description="Have versions scheduled for then or later never come into force."
    )
    reason: str = Field("", max_length=500, examples=["618 活动"])
