"""The four-level organisation tree."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.kernel.tenant_model import TenantModel


class Level(models.TextChoices):
    """Rank of a node; a child's level is always below its parent's."""

    HEADQUARTERS = "headquarters", _("headquarters")
    INDUSTRY_GROUP = "industry_group", _("industry group")
    COMPANY = "company", _("company")
    STORE = "store", _("store")


class Organisation(TenantModel):
    """One node of the tree."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    """None for headquarters, the root."""
    level = models.CharField(max_length=20, choices=Level.choices)
    code = models.CharField(max_length=40)
    """The group's own code, unique in the tenant."""
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=400)
    """Materialised path of ids, such as `/1/5/9/`: a subtree is one prefix condition."""
    distribution_on = models.BooleanField(default=True)
    """This node's own switch."""
    distribution_effective = models.BooleanField(default=True)
    """On here and at every ancestor; kept by the actions."""
    company = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The legal company that bears its expense: itself, or the nearest ancestor company."""
    is_active = models.BooleanField(default=True)
    city = models.CharField(max_length=60, default="", blank=True)
    address = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="organisation_code"),
            models.UniqueConstraint(fields=["tenant_id", "path"], name="organisation_path_once"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(parent__isnull=True),
                name="organisation_one_root",
            ),
        ]
        indexes: ClassVar = [
            # Subtree: path LIKE '/1/5/%'.
            models.Index(
                fields=["path"], name="organisation_subtree", opclasses=["text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationMove(TenantModel):
    """A node was hung under another parent."""

    append_only = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="moves")
    from_parent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    to_parent = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    moved_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
