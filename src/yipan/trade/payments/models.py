"""How an order was paid: what was asked of providers, what they said, what was given back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class IntentState(models.TextChoices):
    """Where an attempt to pay stands."""

    CREATED = "created", _("not begun")
    PENDING = "pending", _("waiting for the buyer")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")


LIVE_STATES = (IntentState.CREATED.value, IntentState.PENDING.value)
"""States in which money may be on its way as agreed."""


class PaymentIntent(TenantModel):
    """One attempt to have an order paid through a provider."""

    order_id = models.BigIntegerField()
    provider = models.CharField(max_length=30)
    amount = models.BigIntegerField()
    """Fen; goods and freight of the order."""
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=IntentState.choices)
    token = models.CharField(max_length=64)
    """Unguessable; the address of a cashier page of our own."""
    reference = models.CharField(max_length=32)
    """The number under which the provider knows it: made once, before the first call."""
    provider_reference = models.CharField(max_length=80, default="")
    """The provider's transaction number, once paid."""
    subject = models.CharField(max_length=120)
    """What the buyer reads at the cashier."""
    merchant = models.CharField(max_length=120)
    """Whom the buyer pays."""
    return_url = models.CharField(max_length=300, default="")
    """Where the cashier sends the buyer afterwards; a path of ours."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    """When the provider was last asked how it stands."""
    paid_at = models.DateTimeField(null=True)
    """When the provider took the money."""
    settled_at = models.DateTimeField(null=True)
    """When it left the live states."""
    reason = models.CharField(max_length=200, default="")
    """Why it failed, or why its money is given back."""
    holds_order = models.BooleanField(default=True)
    """The order waits for it: still unpaid at its end, the order is cancelled."""
    is_stray = models.BooleanField(default=False)
    """Paid, though the order was cancelled or paid otherwise: the money is given back."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "order_id", "provider"],
                condition=models.Q(state__in=["created", "pending"]),
                name="intent_one_live",
            ),
            models.UniqueConstraint(fields=["tenant_id", "token"], name="intent_token"),
            models.UniqueConstraint(fields=["tenant_id", "reference"], name="intent_reference"),
            models.UniqueConstraint(
                fields=["tenant_id", "provider", "provider_reference"],
                condition=~models.Q(provider_reference=""),
                name="intent_provider_reference",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="intent_amount"),
        ]
        indexes: ClassVar = [
            # The attempts of an order.
            models.Index(fields=["tenant_id", "order_id"], name="intent_of_order"),
            # What runs out, and whom to ask.
            models.Index(
                fields=["tenant_id", "expires_at"],
                condition=models.Q(holds_order=True),
                name="intent_awaited",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RepaymentState(models.TextChoices):
    """Where a repayment stands."""

    DUE = "due", _("to be given back")
    UNKNOWN = "unknown", _("outcome unknown")
    DONE = "done", _("given back")
    REFUSED = "refused", _("refused by the provider")


class Repayment(TenantModel):
    """Money to be given back through the provider that took it."""

    intent = models.ForeignKey(PaymentIntent, models.PROTECT, related_name="repayments")
    key = models.CharField(max_length=60)
    """The fact behind it, `refund-<id>` or `stray-<intent>`: once per fact."""
    reference = models.CharField(max_length=32)
    """The number under which the provider knows it: made once, never changes."""
    amount = models.BigIntegerField()
    """Fen."""
    reason = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=10, choices=RepaymentState.choices)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    """None: nothing more to try by itself."""
    message = models.CharField(max_length=200, default="")
    """What the provider said last."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="repayment_once"),
            models.UniqueConstraint(fields=["tenant_id", "reference"], name="repayment_reference"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="repayment_amount"),
        ]
        indexes: ClassVar = [
            # What is to be tried next.
            models.Index(
                fields=["tenant_id", "next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="repayment_due",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SandboxEntry(TenantModel):
    """The books of the sandbox provider: what it took and gave back. No money moves."""

    reference = models.CharField(max_length=32)
    """Ours, of the intent or the repayment."""
    transaction = models.CharField(max_length=80)
    """The sandbox's own number."""
    payment = models.CharField(max_length=32, default="")
    """Of a repayment: the reference of what was paid."""
    amount = models.BigIntegerField()
    """Fen; taken positive, given back negative."""
    happened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "reference"], name="sandbox_entry_once"),
        ]
        indexes: ClassVar = [
            # What was given back of a payment.
            models.Index(fields=["tenant_id", "payment"], name="sandbox_given_back"),
        ]
