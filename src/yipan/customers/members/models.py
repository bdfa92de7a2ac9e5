"""Who buys: one identity for every channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.tenant_model import TenantModel


class Member(TenantModel):
    """A buyer known to the group."""

    name = models.CharField(max_length=60, default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)
    """Encrypted at rest (kernel.crypto); found by the identity of scheme `phone`."""
    organisation_id = models.BigIntegerField(null=True)
    """Where the member was first seen."""
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The newest members of an organisation.
            models.Index(fields=["tenant_id", "organisation_id", "id"], name="member_of_store"),
        ]


class Identity(TenantModel):
    """A name by which one channel knows a member."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="identities", db_index=False)
    scheme = models.CharField(max_length=30)
    """Such as `crm`, `wechat`, `pos`; `phone` is our own."""
    value = models.CharField(max_length=120)
    """The channel's name for the member; of a phone its keyed blind index, never the number."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "scheme", "value"], name="identity_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "member"], name="identity_of_member"),
        ]


class Address(TenantModel):
    """A place where a member has goods sent."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="addresses", db_index=False)
    details_sealed = models.TextField()
    """Recipient, phone and place, encrypted at rest (kernel.crypto), bound to this row."""
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "member"],
                condition=models.Q(is_default=True),
                name="address_one_default",
            ),
        ]
        indexes: ClassVar = [
            # A member's address book.
            models.Index(fields=["tenant_id", "member", "id"], name="address_of_member"),
        ]


class MemberSession(TenantModel):
    """A browser in which a member is signed in; it holds a token, here stands only its hash."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="sessions", db_index=False)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """First moment at which it is over."""

    class Meta:
        constraints: ClassVar = [
            # Also the way from a browser's token to its member.
            models.UniqueConstraint(fields=["tenant_id", "token_hash"], name="member_session_once"),
        ]
        indexes: ClassVar = [
            # All sessions of a member, to end them; and what the nightly job removes.
            models.Index(fields=["tenant_id", "member"], name="session_of_member"),
            models.Index(fields=["tenant_id", "expires_at"], name="member_session_age"),
        ]
