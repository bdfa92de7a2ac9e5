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
    events = ArrayField(models.CharField(max_length=60))
    """Names or patterns such as `order.*`."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class Delivery(TenantModel):
    """One event on its way to one endpoint."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event_id = models.BigIntegerField()
    event_name = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=DeliveryState.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

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
        ]


class OutboxPosition(TenantModel):
    """How far the outbox was handed to endpoints, one row per tenant."""

    through_xact = models.BigIntegerField(default=0)
    """All events of transactions below this one were handed on."""
