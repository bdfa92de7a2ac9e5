"""What there is to sell."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class Category(TenantModel):
    """A node of the category tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=400)
    """Materialised path of ids, such as `/3/8/`."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="category_code"),
        ]
        indexes: ClassVar = [
            # A category and all below it.
            models.Index(fields=["path"], name="category_subtree", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Product(TenantModel):
    """What buyers see as one thing; its SKUs are what is sold."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Activity tags such as 新品."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="product_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Picture(TenantModel):
    """A picture of a product, or of one of its SKUs."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    sku = models.ForeignKey("Sku", models.CASCADE, null=True, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    """0 is the main one."""
    file = models.CharField(max_length=200)
    """Path under the media folder, or an https address."""


class Sku(TenantModel):
    """The unit of sale, of stock and of the commission pool."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="skus", db_index=False)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=240)
    """Product name and specification, as on a receipt."""
    specification = models.JSONField(default=dict, blank=True)
    """Such as {"颜色": "红", "尺码": "XL"}."""
    oversell = models.BooleanField(default=False)
    """Whether stock may go below zero."""
    is_active = models.BooleanField(default=True)
    """The SKU's own switch."""
    created_at = models.DateTimeField()

    on_sale = models.BooleanField(default=True)
    """Active, and so is its product; kept by the actions."""
    category_path = models.CharField(max_length=400, default="")
    """Copy of the category's path, for search and facts; kept by the actions."""
    words = models.TextField(default="", editable=False)
    """Its search words (`rules.words_of`), each after a blank; kept by the actions."""
    list_price = models.BigIntegerField(default=0)
    """Fen; the group-wide list price in force, copied for sorting."""
    units_sold = models.BigIntegerField(default=0)
    """Units sold so far, for sorting; folded in the background."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="sku_code"),
        ]
        indexes: ClassVar = [
            # The SKUs of a product.
            models.Index(fields=["tenant_id", "product", "id"], name="sku_of_product"),
            # A category and all below it.
            models.Index(
                fields=["tenant_id", "category_path", "id"],
                name="sku_of_category",
                opclasses=["int8_ops", "text_pattern_ops", "int8_ops"],
            ),
            # The orders of the goods list, each walked forwards or backwards.
            models.Index(
                fields=["tenant_id", "units_sold", "id"],
                name="sku_by_sales",
                condition=models.Q(on_sale=True),
            ),
            models.Index(
                fields=["tenant_id", "list_price", "id"],
                name="sku_by_price",
                condition=models.Q(on_sale=True),
            ),
            models.Index(
                fields=["tenant_id", "created_at", "id"],
                name="sku_by_newest",
                condition=models.Q(on_sale=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SkuWord(TenantModel):
    """The index of search words: which SKUs have a word.

    Written by hand instead of by a GIN index, because behind row-level security PostgreSQL uses an
    index only for leakproof operators: comparison and prefix of text are, array containment is not.
    """

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("tenant_id", "word", "sku_id")
    word = models.CharField(max_length=40, db_collation="C")
    sku_id = models.BigIntegerField()


class PriceKind(models.TextChoices):
    """By which kind of price a line was sold."""

    LIST = "list", _("list price")
    MEMBER = "member", _("member price")
    PROMO = "promo", _("promotion price")


class Price(TenantModel):
    """A price of a SKU for a span of time, everywhere or in one organisation's subtree."""

    sku = models.ForeignKey(Sku, models.CASCADE, related_name="prices", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """None: everywhere. The nearest organisation's price counts."""
    kind = models.CharField(max_length=10, choices=PriceKind.choices)
    amount = models.BigIntegerField()
    """Fen for one unit."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    """None: until another one of the kind starts."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="price_span",
            ),
            # Also serves the price of a SKU at a moment.
            models.UniqueConstraint(
                fields=["tenant_id", "sku", "kind", "organisation", "valid_from"],
                name="price_once",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            # What costs something else than everywhere, in the order of its price.
            models.Index(
                fields=["tenant_id", "amount", "sku"],
                condition=models.Q(kind="promo") | models.Q(organisation__isnull=False),
                name="price_special",
            ),
        ]
