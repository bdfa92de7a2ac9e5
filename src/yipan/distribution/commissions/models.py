"""Commission entries: what each paid line earns whom, and what refunds take back."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.kernel.tenant_model import TenantModel


class BeneficiaryRole(models.TextChoices):
    """As what the distributor earns on the line."""

    SELLER = "seller", _("seller")
    UPLINE_1 = "upline_1", _("upline")
    UPLINE_2 = "upline_2", _("upline's upline")


class EntryKind(models.TextChoices):
    """Whether commission was earned or taken back."""

    ACCRUAL = "accrual", _("accrual")
    REVERSAL = "reversal", _("reversal")


class Entry(TenantModel):
    """A commission earned, or its reversal; never edited."""

    append_only = True

    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    line_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    role = models.CharField(max_length=10, choices=BeneficiaryRole.choices)
    sequence = models.PositiveIntegerField()
    """0 for the accrual, then 1, 2, 3 … for its reversals."""
    distributor_id = models.BigIntegerField()
    """Who earns."""
    organisation_id = models.BigIntegerField()
    """Who sells."""
    company_id = models.BigIntegerField()
    """The legal company that bears the expense."""
    sku_id = models.BigIntegerField()
    offer_id = models.BigIntegerField()
    rule_version_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    """Fen; at least 0 for an accrual, at most 0 for a reversal."""
    currency = models.CharField(max_length=3)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    """The accrual that a reversal takes back; reversals are found by line and role."""
    refund_id = models.BigIntegerField(null=True)
    """The refund behind a reversal."""
    paid_at = models.DateTimeField()
    """When the line was paid (UTC)."""
    recorded_at = models.DateTimeField()
    explanation = models.JSONField()
    """commission.md §7."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "line_id", "role", "sequence"], name="entry_once"
            ),
        ]
        indexes: ClassVar = [
            # The tenant's entries, newest first; and their sums over a span.
            models.Index(
                fields=["tenant_id", "-paid_at", "-id"],
                name="entry_newest",
                include=["organisation_id", "kind", "amount"],
            ),
            # When they were booked, to close a month: nothing is ever written between.
            BrinIndex(fields=["recorded_at"], name="entry_booked"),
            # A distributor's entries, newest first.
            models.Index(
                fields=["tenant_id", "distributor_id", "-paid_at", "id"],
                name="entry_of_distributor",
            ),
            # A store's entries, newest first.
            models.Index(
                fields=["tenant_id", "organisation_id", "-paid_at", "id"], name="entry_of_store"
            ),
            # The chain of an order.
            models.Index(fields=["tenant_id", "order_id"], name="entry_of_order"),
        ]


class EntryState(TenantModel):
    """Where an accrual stands; the id is the entry's."""

    line_id = models.BigIntegerField()
    distributor_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    remaining = models.BigIntegerField()
    """Fen; the accrual less its reversals so far."""
    due_at = models.DateTimeField(null=True)
    """When it may be released; None: no settlement policy has set it."""
    hold_days = models.PositiveSmallIntegerField(default=0)
    """Days from the line's completion to the due moment, as the policy stood at payment."""
    held = models.BooleanField(default=False)
    """An open refund request holds it."""
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(remaining__gte=0), name="remaining_not_below"
            ),
        ]
        indexes: ClassVar = [
            # What is not released: the release job takes what is due of it and not held; and how
            # much of it stands where.
            models.Index(
                fields=["tenant_id", "due_at", "id"],
                name="entry_due",
                include=["organisation_id", "held", "remaining"],
                condition=models.Q(released_at__isnull=True),
            ),
            # Completion, holds and refunds of a line.
            models.Index(fields=["tenant_id", "line_id"], name="entry_state_of_line"),
            # What was released, newest first, and the entries of a release batch.
            models.Index(
                fields=["tenant_id", "-released_at", "-id"],
                name="entry_released",
                condition=models.Q(released_at__isnull=False),
            ),
        ]


class PeriodProgress(TenantModel):
    """What a distributor sold under a rule in a calendar month."""

    distributor_id = models.BigIntegerField()
    rule_id = models.BigIntegerField()
    month = models.DateField()
    """First day of the month in the organisation's zone."""
    units = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    """Fen."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "distributor_id", "rule_id", "month"], name="progress_once"
            ),
            models.CheckConstraint(
                condition=models.Q(units__gte=0) & models.Q(amount__gte=0),
                name="progress_not_below",
            ),
        ]
