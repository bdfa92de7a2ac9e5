"""Touches, bindings and the decisions made from them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.kernel.tenant_model import TenantModel


class Source(models.TextChoices):
    """By what a distributor is a candidate."""

    CODE = "code", _("code")
    COUPON = "coupon", _("coupon")
    LINK = "link", _("link")
    BINDING = "binding", _("binding")


class BindingKind(models.TextChoices):
    """How a binding follows from the one before."""

    BOUND = "bound", _("bound")
    """The member belonged to nobody."""
    RENEWED = "renewed", _("renewed")
    TAKEN_OVER = "taken_over", _("taken over")
    """From another distributor, whose protection had ended."""
    HANDED_OVER = "handed_over", _("handed over")
    """From a distributor who left, to the successor."""
    ASSIGNED = "assigned", _("assigned")
    """By an operator."""
    TAKEN_OFF = "taken_off", _("taken off")
    """By an operator; the member belongs to nobody."""


class Touch(TenantModel):
    """A link was opened, a code typed or scanned, a coupon used."""

    append_only = True

    source = models.CharField(max_length=10, choices=Source.choices)
    touched_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    """When it was written down: breaks ties in time."""
    visitor = models.CharField(max_length=64, default="")
    member_id = models.BigIntegerField(null=True)
    distributor_id = models.BigIntegerField()
    link_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40, default="")
    """The distributor's code or the coupon's."""
    sku_id = models.BigIntegerField(null=True)
    """What was shared; None: the shop as a whole."""
    organisation_id = models.BigIntegerField(null=True)
    """Whose shop it led to; None: unknown."""
    order_id = models.BigIntegerField(null=True)
    """The order in which the code was typed or the coupon used."""
    channel = models.CharField(max_length=30, default="")
    campaign = models.CharField(max_length=60, default="")

    class Meta:
        indexes: ClassVar = [
            # Candidates of a known buyer, newest first.
            models.Index(
                fields=["tenant_id", "member_id", "-touched_at"],
                name="touch_of_member",
                condition=models.Q(member_id__isnull=False),
            ),
            # Candidates of an unknown buyer, newest first.
            models.Index(
                fields=["tenant_id", "visitor", "-touched_at"],
                name="touch_of_visitor",
                condition=~models.Q(visitor=""),
            ),
            # Who looked lately, for the distributor whose links they opened.
            models.Index(
                fields=["tenant_id", "distributor_id", "-touched_at", "-id"],
                name="touch_of_distributor",
            ),
        ]


class Coupon(TenantModel):
    """A coupon that belongs to a distributor: who uses it in an order is credited to them."""

    append_only = True

    code = models.CharField(max_length=40)
    """In capitals."""
    distributor_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            # Also the way from an order's coupon to its owner.
            models.UniqueConstraint(fields=["tenant_id", "code"], name="coupon_code"),
        ]


class Binding(TenantModel):
    """A member belongs to a distributor from a moment on; the last row of a member counts."""

    append_only = True

    member_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    """1, 2, 3 … of the member; `bound_at` never falls along it."""
    distributor_id = models.BigIntegerField(null=True)
    """None: the binding was taken off."""
    kind = models.CharField(max_length=12, choices=BindingKind.choices)
    bound_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    """First moment at which it no longer holds; None: for ever."""
    protected_until = models.DateTimeField(null=True)
    """Until then no other distributor takes the member over; None: not protected."""
    previous_id = models.BigIntegerField(null=True)
    """The row that this one follows; where that was not written, neither is this (0002)."""
    touch_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    changed_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    """`first_purchase`, `first_touch`, or an operator's words."""
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # One history per member: two changes at once cannot both follow the same row. Also
            # serves the binding of a member now and at an earlier moment.
            models.UniqueConstraint(
                fields=["tenant_id", "member_id", "sequence"], name="binding_chain"
            ),
            models.CheckConstraint(
                condition=models.Q(sequence=1, previous_id__isnull=True)
                | models.Q(sequence__gt=1, previous_id__isnull=False),
                name="binding_follows",
            ),
        ]
        indexes: ClassVar = [
            # The members of a distributor, for lists and for hand-over.
            models.Index(
                fields=["tenant_id", "distributor_id", "id"], name="binding_of_distributor"
            ),
        ]


class Decision(TenantModel):
    """Who is credited with some lines of an order, and why. Made once, never changed."""

    append_only = True

    order_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    """1, 2 … where lines of one order go to different distributors."""
    organisation_id = models.BigIntegerField()
    """Who sells."""
    line_ids = ArrayField(models.BigIntegerField())
    distributor_id = models.BigIntegerField(null=True)
    """The winner, or None."""
    source = models.CharField(max_length=10, choices=Source.choices, default="")
    touch_id = models.BigIntegerField(null=True)
    binding_id = models.BigIntegerField(null=True)
    policy_id = models.BigIntegerField(null=True)
    """The policy version used; None: the built-in defaults."""
    policy_version = models.PositiveIntegerField()
    evidence = models.JSONField()
    """Winner, every loser with its reason, the policy's values, what was known of each
    distributor (see `evidence.py`)."""
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "order_id", "sequence"], name="decision_once"
            ),
        ]
