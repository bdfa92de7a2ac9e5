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
    sku_id = models.BigIntegerField(null=True)
    """What was shared; None: the shop as a whole."""
    organisation_id = models.BigIntegerField(null=True)
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
        ]


class Binding(TenantModel):
    """A member belongs to a distributor from a moment on; the newest row of a member counts."""

    append_only = True

    member_id = models.BigIntegerField()
    distributor_id = models.BigIntegerField(null=True)
    """None: the binding was taken off."""
    bound_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    """None: for ever."""
    protected_until = models.DateTimeField(null=True)
    previous_id = models.BigIntegerField(null=True)
    """The binding that this one follows."""
    touch_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    changed_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)
    """Such as `first_purchase`, `first_touch`, `hand_over`."""
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # One history per member: two changes at once cannot both follow the same row.
            models.UniqueConstraint(
                fields=["tenant_id", "member_id", "previous_id"],
                nulls_distinct=False,
                name="binding_chain",
            ),
        ]
        indexes: ClassVar = [
            # The live binding of a member.
            models.Index(
                fields=["tenant_id", "member_id", "-recorded_at", "-id"], name="binding_of_member"
            ),
            # The members of a distributor, for hand-over.
            models.Index(fields=["tenant_id", "distributor_id"], name="binding_of_distributor"),
        ]


class Decision(TenantModel):
    """Who is credited with some lines of an order, and why. Made once, never changed."""

    append_only = True

    order_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    """1, 2 … where lines of one order go to different distributors."""
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
    """The policy's values and every losing candidate with its reason."""
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "order_id", "sequence"], name="decision_once"
            ),
        ]
