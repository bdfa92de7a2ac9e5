"""Baskets: what somebody may buy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.tenant_model import TenantModel


class Basket(TenantModel):
    """What one buyer gathered in one shop. Prices and stock are those of the moment of looking."""

    shop_id = models.BigIntegerField()
    """The organisation in whose shop it was gathered."""
    member_id = models.BigIntegerField(null=True)
    """Whose it is; None: of a visitor who has not signed in."""
    visitor = models.CharField(max_length=64, default="")
    """The browser, while there is no member."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "member_id", "shop_id"],
                condition=models.Q(member_id__isnull=False),
                name="basket_of_member",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "visitor", "shop_id"],
                condition=models.Q(member_id__isnull=True),
                name="basket_of_visitor",
            ),
            models.CheckConstraint(
                condition=models.Q(member_id__isnull=False) | ~models.Q(visitor=""),
                name="basket_is_somebodys",
            ),
        ]
        indexes: ClassVar = [
            # Forgotten baskets of visitors.
            models.Index(
                fields=["tenant_id", "updated_at"],
                condition=models.Q(member_id__isnull=True),
                name="basket_forgotten",
            ),
        ]


class BasketLine(TenantModel):
    """Some units of one SKU in a basket."""

    basket = models.ForeignKey(Basket, models.CASCADE, related_name="lines", db_index=False)
    sku_id = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    chosen = models.BooleanField(default=True)
    """Ticked for the next order."""
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "basket", "sku_id"], name="basket_line"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="basket_line_quantity"
            ),
        ]
