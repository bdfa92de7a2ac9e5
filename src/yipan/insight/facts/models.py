"""Facts: append-only rows of what happened, for reports."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.kernel.fields import TransactionIdField
from yipan.kernel.tenant_model import TenantModel


class FactKind(models.TextChoices):
    """What happened."""

    TOUCH = "touch", _("touch")
    SALE = "sale", _("sale")
    REFUND = "refund", _("refund")
    ACCRUAL = "accrual", _("accrual")
    REVERSAL = "reversal", _("reversal")
    RELEASE = "release", _("release")
    WITHDRAWAL = "withdrawal", _("withdrawal")


class Fact(TenantModel):
    """One fact, with every dimension as it stood then."""

    append_only = True

    kind = models.CharField(max_length=10, choices=FactKind.choices)
    at = models.DateTimeField()
    """When it happened (UTC)."""
    day = models.DateField()
    """Business day in the tenant's zone."""
    store_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    industry_group_id = models.BigIntegerField(null=True)
    headquarters_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    """The organisation itself, whatever its level."""
    distributor_id = models.BigIntegerField(null=True)
    home_organisation_id = models.BigIntegerField(null=True)
    """The distributor's home."""
    role = models.CharField(max_length=10, default="")
    """As what the distributor earns, on commission facts."""
    sku_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)
    category_path = models.CharField(max_length=400, default="")
    channel = models.CharField(max_length=30, default="")
    price_kind = models.CharField(max_length=10, default="")
    campaign = models.CharField(max_length=60, default="")
    member_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    line_id = models.BigIntegerField(null=True)
    entry_id = models.BigIntegerField(null=True)
    count = models.BigIntegerField(default=0)
    """1 for a touch."""
    units = models.BigIntegerField(default=0)
    """Negative for a refund."""
    list_amount = models.BigIntegerField(default=0)
    """Fen."""
    net_amount = models.BigIntegerField(default=0)
    """Fen; negative for a refund."""
    commission = models.BigIntegerField(default=0)
    """Fen; negative for a reversal."""
    tax = models.BigIntegerField(default=0)
    """Fen withheld, on a withdrawal."""
    xact = TransactionIdField()

    class Meta:
        indexes: ClassVar = [
            # The exporter follows the table in commit order.
            models.Index(fields=["tenant_id", "xact", "id"], name="fact_follow"),
        ]
