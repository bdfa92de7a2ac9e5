"""How an order reaches its buyer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel
from yipan.trade.fulfilment.rules import Method, State
from yipan.trade.fulfilment.words import METHOD_NAMES, STATE_NAMES


class Fulfilment(TenantModel):
    """The way of one order to its buyer: sent, or picked up."""

    order_id = models.BigIntegerField()
    order_number = models.CharField(max_length=64)
    """Copy, for search and lists."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who sends it, or the store where it is picked up."""
    member_id = models.BigIntegerField()
    """The buyer."""
    method = models.CharField(max_length=10, choices=[(m.value, METHOD_NAMES[m]) for m in Method])
    state = models.CharField(max_length=12, choices=[(s.value, STATE_NAMES[s]) for s in State])
    address_sealed = models.TextField(default="")
    """Of a delivery: the address as it was when the order was placed, encrypted at rest."""
    code_sealed = models.TextField(default="")
    """Of a pick-up: the six digits that the buyer shows, encrypted at rest."""
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    """How often a wrong code was tried."""
    note = models.CharField(max_length=100, default="")
    """What the buyer asks of the shop."""
    carrier = models.CharField(max_length=40, default="")
    tracking_no = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Received, handed over or cancelled."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "order_id"], name="fulfilment_of_order"),
            models.CheckConstraint(
                condition=models.Q(method="delivery", code_sealed="")
                | models.Q(method="pick_up", address_sealed=""),
                name="fulfilment_method",
            ),
        ]
        indexes: ClassVar = [
            # What an organisation has to do, oldest first.
            models.Index(
                fields=["tenant_id", "organisation", "state", "id"], name="fulfilment_of_store"
            ),
            # Parcels that count as received by now.
            models.Index(
                fields=["tenant_id", "shipped_at"],
                condition=models.Q(state="shipped"),
                name="fulfilment_under_way",
            ),
            # What is still to be done, for the jobs.
            models.Index(
                fields=["tenant_id", "id"],
                condition=models.Q(state__in=["waiting", "packed", "ready", "shipped"]),
                name="fulfilment_open",
            ),
            # One by its order's number.
            models.Index(fields=["tenant_id", "order_number"], name="fulfilment_number"),
        ]

    def __str__(self) -> str:
        return self.order_number


class FulfilmentStep(TenantModel):
    """What happened on the way, for tracking."""

    append_only = True

    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, related_name="steps", db_index=False)
    code = models.CharField(max_length=16)
    """One of `rules.StepCode`."""
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    note = models.CharField(max_length=200, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "fulfilment", "id"], name="step_of_fulfilment"),
        ]
