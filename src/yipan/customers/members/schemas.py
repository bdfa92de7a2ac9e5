"""What members look like over the API. Phone numbers go in, and come out masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ninja import Schema
from pydantic import Field

from yipan.customers.members.models import Identity, Member
from yipan.customers.members.naming import opened_phone
from yipan.customers.members.rules import PHONE, masked_phone
from yipan.kernel.http import Input


class IdentityOut(Schema):
    """A name by which a channel knows a member."""

    scheme: str = Field(examples=["crm"])
    value: str = Field(description="Of a phone the masked number.", examples=["M-10017"])


class MemberOut(Schema):
    """A buyer known to the group."""

    id: int
    name: str = Field(examples=["王小明"])
    phone: str = Field(description="Masked; empty: not known.", examples=["138****8000"])
    organisation_id: int | None = Field(description="Where the member was first seen.")
    created_at: datetime = Field(description="UTC.")
    identities: list[IdentityOut]

    @classmethod
    def of(cls, member: Member, identities: Sequence[Identity]) -> MemberOut:
        """A member with all names."""
        phone = masked_phone(opened_phone(member.phone_sealed, member.id))
        return cls(
            id=member.id,
            name=member.name,
            phone=phone,
            organisation_id=member.organisation_id,
            created_at=member.created_at,
            identities=[
                IdentityOut(scheme=each.scheme, value=phone if each.scheme == PHONE else each.value)
                for each in identities
            ],
        )


class MemberIn(Input):
    """A new member."""

    name: str = Field("", max_length=60, examples=["王小明"])
    phone: str = Field("", max_length=30, examples=["138 0013 8000"])
    organisation_id: int | None = Field(
        None, description="Where the member was first seen; null: at the caller's organisation."
    )


class MemberChange(Input):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=60)
    phone: str | None = Field(None, max_length=30)


class IdentityIn(Input):
    """One more name of a member."""

    scheme: str = Field(max_length=30, examples=["crm"])
    value: str = Field(max_length=120, examples=["M-10017"])


class MemberQuery(Schema):
    """Which members to list; scheme and value name one of them."""

    scheme: str = Field("", max_length=30, description="Such as `crm`, `wechat`, `phone`.")
    value: str = Field("", max_length=120, description="With `scheme`.")
