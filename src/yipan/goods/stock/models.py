"""How much there is, where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class LocationKind(models.TextChoices):
    """What kind of place holds the goods."""

    WAREHOUSE = "warehouse", _("warehouse")
    STORE = "store", _("store")


class Location(TenantModel):
    """A place that holds stock."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="locations")
    kind = models.CharField(max_length=12, choices=LocationKind.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    """Orders of its organisation that name no location take from here."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="location_code"),
            models.UniqueConstraint(
                fields=["tenant_id", "organisation"],
                condition=models.Q(is_default=True),
                name="location_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockLevel(TenantModel):
    """Units of one SKU at one location."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="levels")
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="levels")
    quantity = models.BigIntegerField(default=0)
    oversell = models.BooleanField(default=False)
    """Copy of the SKU's permission to go below zero."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "location", "sku"], name="stock_level"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0) | models.Q(oversell=True),
                name="stock_not_below_zero",
            ),
        ]
        indexes: ClassVar = [
            # All places of one SKU.
            models.Index(fields=["tenant_id", "sku"], name="stock_of_sku"),
        ]


class MovementReason(models.TextChoices):
    """Why stock changed."""

    SALE = "sale", _("sale")
    RETURN = "return", _("return")
    CANCELLATION = "cancellation", _("cancellation")
    COUNT = "count", _("stock count")
    RECEIPT = "receipt", _("goods receipt")


class StockMovement(TenantModel):
    """A change of one level; the level is the sum of its movements."""

    append_only = True

    location_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    delta = models.BigIntegerField()
    """Units, negative when they leave."""
    reason = models.CharField(max_length=12, choices=MovementReason.choices)
    reference = models.BigIntegerField(null=True)
    """The order or refund behind it."""
    moved_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The history of a SKU at a place.
            models.Index(
                fields=["tenant_id", "location_id", "sku_id", "-moved_at"], name="movement_history"
            ),
        ]
