"""Which SKUs earn, where, when and by which rule."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class CommissionRule(TenantModel):
    """A named rule; its terms stand in its versions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who keeps it; offers of its subtree may use it."""
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="rule_code"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(TenantModel):
    """The terms of a rule from a moment on, until the next version starts: never overlapping."""

    append_only = True

    rule = models.ForeignKey(CommissionRule, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    terms = models.JSONField()
    """`RuleTerms.to_data()`."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "version"], name="rule_version"),
            models.UniqueConstraint(fields=["rule", "valid_from"], name="rule_version_start"),
        ]


class Offer(TenantModel):
    """A SKU that earns, for an organisation and its subtree; the nearest offer decides."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="offers")
    rule = models.ForeignKey(CommissionRule, models.PROTECT, related_name="offers")
    is_on = models.BooleanField(default=True)
    """Off: the SKU does not earn here, whatever an organisation above offers."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    estimate = models.BigIntegerField(default=0)
    """Fen; the seller's amount for one unit at list price, for sorting and cards."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "sku", "organisation"], name="offer_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="offer_span",
            ),
        ]
        indexes: ClassVar = [
            # Goods by commission, highest first.
            models.Index(
                fields=["tenant_id", "organisation", "-estimate", "-id"], name="offer_by_estimate"
            ),
        ]


class ImportRun(TenantModel):
    """A file of offers that was imported; the same content again changes nothing."""

    digest = models.CharField(max_length=64)
    """SHA-256 of the file and the choices made."""
    file_name = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    loaded = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    faults = models.JSONField(default=list)
    """[{row, field, reason}]."""
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="pool_import_once"),
        ]
