"""Who buys: one identity for every channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.tenant_model import TenantModel


class Member(TenantModel):
    """A buyer known to the group."""

    name = models.CharField(max_length=60, default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)
    """Encrypted at rest (kernel.crypto)."""
    phone_index = models.CharField(max_length=64, default="", blank=True)
    """Keyed blind index of the phone."""
    organisation_id = models.BigIntegerField(null=True)
    """Where the member was first seen."""
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Find by phone.
            models.Index(fields=["tenant_id", "phone_index"], name="member_phone"),
        ]


class Identity(TenantModel):
    """A name by which one channel knows a member."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="identities")
    scheme = models.CharField(max_length=30)
    """Such as `crm`, `wechat`, `pos`."""
    value = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "scheme", "value"], name="identity_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "member"], name="identity_of_member"),
        ]
