"""Who may share and earn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel.tenant_model import TenantModel


class DistributorKind(models.TextChoices):
    """What the distributor is to the group; decides the tax plug-in."""

    EMPLOYEE = "employee", _("employee")
    GUIDE = "guide", _("guide")
    PARTNER = "partner", _("partner")
    DEALER = "dealer", _("dealer")


class DistributorStatus(models.TextChoices):
    """Whether the distributor may share and earn."""

    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    LEFT = "left", _("left")


class Distributor(TenantModel):
    """A person who may share and earn."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """The one home organisation."""
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="distributors")
    """The account of an employee or guide."""
    member_id = models.BigIntegerField(null=True)
    """The distributor as a buyer, by which self-purchase is seen."""
    code = models.CharField(max_length=40)
    """Typed or scanned at the till; in capitals, unique in the tenant, never given twice."""
    name = models.CharField(max_length=60)
    portrait = models.CharField(max_length=200, default="", blank=True)
    """A picture of them, see `catalogue.pictures`; empty: their initial is drawn."""
    kind = models.CharField(max_length=10, choices=DistributorKind.choices)
    grade = models.CharField(max_length=40, default="", blank=True)
    upline = models.ForeignKey("self", models.PROTECT, null=True, related_name="downlines")
    """Who stands above; a chain has no cycle and at most three levels."""
    status = models.CharField(
        max_length=10, choices=DistributorStatus.choices, default=DistributorStatus.ACTIVE
    )
    qualified_from = models.DateTimeField(null=True, blank=True)
    """None: from the start."""
    qualified_until = models.DateTimeField(null=True, blank=True)
    """First moment at which the qualification has run out; None: never."""
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="distributor_code"),
            models.CheckConstraint(
                condition=models.Q(upline__isnull=True) | ~models.Q(upline=models.F("id")),
                name="distributor_not_own_upline",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "person"],
                condition=~models.Q(status=DistributorStatus.LEFT),
                name="distributor_of_person",
            ),
        ]
        indexes: ClassVar = [
            # The distributor behind a buyer.
            models.Index(fields=["tenant_id", "member_id"], name="distributor_member"),
        ]

    def __str__(self) -> str:
        return self.name


class DistributorGrant(TenantModel):
    """Leave to distribute the offers of another organisation."""

    distributor = models.ForeignKey(Distributor, models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    """First moment at which it no longer holds; None: without end."""

    class Meta:
        constraints: ClassVar = [
            # Also the index of the grants of a distributor.
            models.UniqueConstraint(
                fields=["tenant_id", "distributor", "organisation"], name="grant_once"
            ),
        ]


class DistributorChange(TenantModel):
    """What changed about a distributor: upline, home, status, grade, qualification, hand-over."""

    append_only = True

    distributor = models.ForeignKey(Distributor, models.PROTECT, related_name="changes")
    what = models.CharField(max_length=30)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        indexes: ClassVar = [
            # The history of one distributor, newest first.
            models.Index(
                fields=["tenant_id", "distributor", "-changed_at", "-id"],
                name="distributor_history",
            ),
        ]
