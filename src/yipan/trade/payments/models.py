"""How an order was paid."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.tenant_model import TenantModel


class Payment(TenantModel):
    """Money received for an order, as told by checkout, till or payment provider."""

    append_only = True

    order_id = models.BigIntegerField()
    provider = models.CharField(max_length=30)
    """Such as `cash`, `wechat`, `alipay`, `sandbox`."""
    reference = models.CharField(max_length=80)
    """The provider's transaction number."""
    amount = models.BigIntegerField()
    """Fen; goods and freight."""
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "order_id"], name="payment_of_order"),
        ]
        indexes: ClassVar = [
            # Reconciliation with a provider's statement.
            models.Index(fields=["tenant_id", "provider", "reference"], name="payment_reference"),
        ]
