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
    path = models.CharField(max_length=400, db_collation="C")
    """Materialised path of ids, such as `/1/5/9/`: a subtree is one range (`queries.within`).

    Compared byte by byte, whatever the database's language.
    """
    distribution_on = models.BooleanField(default=True)
    """This node's own switch."""
    distribution_effective = models.BooleanField(default=True)
    """Switched on and open, here and at every ancestor; kept by the actions."""
    company = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The legal company that bears its expense: itself, or the company a store stands under."""
    is_active = models.BooleanField(default=True)
    """False: closed. Its history stays."""
    city = models.CharField(max_length=60, default="", blank=True)
    address = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="organisation_code"),
            # Also the index of every subtree.
            models.UniqueConstraint(fields=["tenant_id", "path"], name="organisation_path_once"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(parent__isnull=True),
                name="organisation_one_root",
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
