"""Telling outside programs what happened (Standard Webhooks)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class Endpoint(TenantModel):
    """An address that hears the events of an organisation's subtree."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    url = models.URLField(max_length=500)
    secret_sealed = models.TextField()
    """`whsec_…`, encrypted at rest."""
    former_sealed = models.TextField(default="", blank=True)
    """The secret before the last rotation; signs beside the live one until `former_until`."""
    former_until = models.DateTimeField(null=True, blank=True)
    events = ArrayField(models.CharField(max_length=60))
    """Names or patterns such as `order.*`."""
    is_active = models.BooleanField(default=True)
    ended_by = models.CharField(max_length=200, default="", blank=True)
    """Why it is not active: `410 Gone`, or who switched it off."""
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The list of endpoints, newest first.
            models.Index(fields=["tenant_id", "-created_at", "-id"], name="endpoint_newest"),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class Delivery(TenantModel):
    """One event on its way to one endpoint."""

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    event_id = models.BigIntegerField()
    event_name = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=DeliveryState.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was tried, since the last replay by hand."""
    next_at = models.DateTimeField(null=True, blank=True)
    """When it is tried next; while it is being tried, when it counts as lost and is due again."""
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    """HTTP status of the last answer."""
    last_error = models.CharField(max_length=300, default="", blank=True)
    """Why the last try failed, with the beginning of the answer."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="delivery_once"),
        ]
        indexes: ClassVar = [
            # What the sender picks up next.
            models.Index(
                fields=["tenant_id", "next_at"],
                name="delivery_next",
                condition=models.Q(state="waiting"),
            ),
            # The log of an endpoint, newest first.
            models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_log"),
            # The nightly job removes what ended long ago.
            models.Index(fields=["tenant_id", "ended_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} {self.event_id}"


class OutboxPosition(TenantModel):
    """How far the outbox was handed to endpoints, one row per tenant."""

    through_xact = models.BigIntegerField(default=0)
    """All events of transactions below this one were handed on."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id"], name="outbox_position_once"),
        ]
