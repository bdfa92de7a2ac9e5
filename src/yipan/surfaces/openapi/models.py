"""Programs that use the API."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class ApiClient(TenantModel):
    """A program with a key; it sees the subtree of its organisation."""

    name = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60))
    """Permissions such as `orders.write`."""
    secret_hash = models.CharField(max_length=64)
    """SHA-256 of the key's secret part (256 random bits)."""
    hint = models.CharField(max_length=8)
    """Last characters of the key, to recognise it by."""
    former_hash = models.CharField(max_length=64, default="", blank=True)
    """The secret before the last rotation, which works until `former_until`."""
    former_until = models.DateTimeField(null=True, blank=True)
    per_minute = models.PositiveIntegerField()
    """Requests a minute."""
    is_active = models.BooleanField(default=True)
    """False: revoked, for good."""
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    holders = ArrayField(models.BigIntegerField(), default=list)
    """People (ids) who were ever shown a key of it: for them it is no second person."""

    class Meta:
        indexes: ClassVar = [
            # The list of clients, newest first.
            models.Index(fields=["tenant_id", "-created_at", "-id"], name="api_client_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiAllowance(TenantModel):
    """Token bucket of a client; the id is the client's.

    An unlogged table: after a crash every bucket is full again.
    """

    tokens = models.FloatField()
    """Requests left at `filled_at`; refilled with the passing of time."""
    filled_at = models.DateTimeField()
    """By the database's clock, so that all web machines agree."""
