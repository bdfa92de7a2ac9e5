"""What goods look like over the API. Amounts in fen, moments in ISO 8601 with a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.goods.catalogue.actions import CategoryStep, LoadReport, SkuRow
from yipan.goods.catalogue.models import Picture, Product
from yipan.goods.catalogue.queries import SkuCard, Sort
from yipan.goods.catalogue.rules import SkuPrices
from yipan.kernel.http import ErrorOut, Input

MOST_ROWS = 1_000
PriceKindName = Literal["list", "member", "promo"]
Fen = Field(ge=0, le=10**13, strict=True, description="Fen for one unit.")

_ROW_EXAMPLE: dict[str, Any] = {
    "code": "TEA-500G",
    "product_code": "TEA",
    "product_name": "龙井茶",
    "categories": [{"code": "FOOD", "name": "食品"}, {"code": "TEA", "name": "茶叶"}],
    "specification": {"净含量": "500g"},
    "tags": ["新品"],
    "list_price": 8990,
    "member_price": 7990,
}


class CategoryOut(Schema):
    """A node of the category tree."""

    id: int
    parent_id: int | None = Field(description="Null at the top.")
    code: str = Field(examples=["TEA"])
    name: str = Field(examples=["茶叶"])
    path: str = Field(description="Ids from the top down to this one.", examples=["/3/8/"])


class CategoryIn(Input):
    """A new category."""

    code: str = Field(max_length=40, examples=["TEA"])
    name: str = Field(max_length=80, examples=["茶叶"])
    parent_id: int | None = Field(None, description="Null: at the top.")


class CategoryChange(Input):
    """What is to change."""

    name: str = Field(max_length=80, examples=["茶叶"])


class CategoryMoveIn(Input):
    """Where a category is to be hung."""

    to_parent_id: int | None = Field(description="Null: at the top.")


class PictureIn(Input):
    """A picture to show."""

    file: str = Field(
        max_length=200,
        description="Path under the media folder, or an https address.",
        examples=["https://example.com/tea.jpg"],
    )
    sku_id: int | None = Field(None, description="Of one SKU of the product; null: of all.")


class PicturesIn(Input):
    """All pictures of a product; the first one is the main one."""

    pictures: list[PictureIn] = Field(max_length=30)


class PictureOut(Schema):
    """A picture."""

    file: str
    sku_id: int | None


class ProductOut(Schema):
    """What buyers see as one thing."""

    id: int
    code: str = Field(examples=["TEA"])
    name: str = Field(examples=["龙井茶"])
    category_id: int
    description: str
    tags: list[str] = Field(examples=[["新品"]])
    is_active: bool
    created_at: datetime = Field(description="UTC.")
    pictures: list[PictureOut]

    @classmethod
    def of(cls, product: Product, pictures: Sequence[Picture]) -> ProductOut:
        """A product with its pictures in order."""
        return cls(
            id=product.id,
            code=product.code,
            name=product.name,
            category_id=product.category_id,
            description=product.description,
            tags=product.tags,
            is_active=product.is_active,
            created_at=product.created_at,
            pictures=[PictureOut(file=each.file, sku_id=each.sku_id) for each in pictures],
        )


class ProductIn(Input):
    """A new product."""

    code: str = Field(max_length=60, examples=["TEA"])
    name: str = Field(max_length=200, examples=["龙井茶"])
    category_id: int
    description: str = ""
    tags: list[str] = Field([], max_length=20, examples=[["新品"]])


class ProductChange(Input):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    category_id: int | None = None
    description: str | None = None
    tags: list[str] | None = Field(None, max_length=20)
    is_active: bool | None = Field(None, description="False: nothing of it is sold any more.")


class ProductQuery(Schema):
    """Which products to list."""

    category_id: int | None = Field(None, description="Of this category and of all below it.")
    code: str = Field("", description="The whole code.")
    text: str = Field("", description="Part of the name or the code.")
    is_active: bool | None = None


class SkuQuery(Schema):
    """Which SKUs to list, in which order."""

    text: str = Field("", max_length=200, description="What somebody typed.", examples=["龙井"])
    category_id: int | None = Field(None, description="In this category or below it.")
    sort: Sort = Sort.SALES
    code: list[str] = Field(
        [], max_length=200, description="These SKUs, sold or not, instead of a search."
    )
    organisation: str = Field(
        "", description="Code of the organisation whose prices are shown; empty: the caller's own."
    )


class SkuPricesOut(Schema):
    """Prices in force at one organisation, in fen; null: there is none of the kind."""

    list_price: int | None = Field(description="Fen.", examples=[8990])
    member_price: int | None = Field(description="Fen.", examples=[7990])
    promo_price: int | None = Field(description="Fen.")


class SkuOut(Schema):
    """The unit of sale, of stock and of the commission pool."""

    id: int
    code: str = Field(examples=["TEA-500G"])
    name: str = Field(examples=["龙井茶 500g"])
    specification: dict[str, Any] = Field(examples=[{"净含量": "500g"}])
    product_id: int
    product_code: str = Field(examples=["TEA"])
    product_name: str = Field(examples=["龙井茶"])
    category_id: int
    tags: list[str] = Field(description="Of its product.", examples=[["新品"]])
    picture: str = Field(description="The main picture, or empty.")
    units_sold: int = Field(description="So far; counted in the background.")
    oversell: bool = Field(description="Whether stock may go below zero.")
    is_active: bool = Field(description="Whether it may be sold: active, and so is its product.")
    created_at: datetime = Field(description="UTC.")
    prices: SkuPricesOut

    @classmethod
    def of(cls, card: SkuCard, prices: SkuPrices) -> SkuOut:
        """A SKU with its prices in force."""
        values = {name: getattr(card, name) for name in cls.model_fields if name != "prices"}
        return cls(
            **values,
            prices=SkuPricesOut(
                list_price=prices.list_price,
                member_price=prices.member_price,
                promo_price=prices.promo_price,
            ),
        )


class SkuIn(Input):
    """A new SKU; its prices are set at `/prices`."""

    product_id: int
    code: str = Field(max_length=60, examples=["TEA-500G"])
    name: str = Field("", max_length=240, description="Empty: product name and specification.")
    specification: dict[str, str] = Field({}, examples=[{"净含量": "500g"}])
    oversell: bool = Field(default=False, description="Whether stock may go below zero.")


class SkuChange(Input):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=240)
    specification: dict[str, str] | None = None
    oversell: bool | None = None
    is_active: bool | None = None


class CategoryStepIn(Input):
    """One level of the way to a category."""

    code: str = Field(max_length=40, examples=["TEA"])
    name: str = Field(
        "",
        max_length=80,
        description="Creates the category where it is missing.",
        examples=["茶叶"],
    )


class SkuRowIn(Input):
    """One SKU to create or change, by code."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_ROW_EXAMPLE]})
    code: str = Field(max_length=60)
    categories: list[CategoryStepIn] = Field(
        min_length=1, description="From the top down; only counts for a new product."
    )
    name: str = Field("", max_length=240, description="Empty: product name and specification.")
    product_code: str = Field("", max_length=60, description="Empty: the SKU's own code.")
    product_name: str = Field("", max_length=200, description="Empty: the SKU's name.")
    description: str = ""
    tags: list[str] = Field([], max_length=20)
    specification: dict[str, str] = {}
    oversell: bool = False
    list_price: int | None = Field(None, strict=True, description="Fen, group-wide, from now on.")
    member_price: int | None = Field(None, strict=True, description="Fen.")
    promo_price: int | None = Field(None, strict=True, description="Fen.")
    picture: str = Field("", max_length=200, description="Main picture of a new product.")

    def row(self) -> SkuRow:
        """As the action takes it."""
        steps = tuple(CategoryStep(step.code, step.name) for step in self.categories)
        values = self.dict(exclude={"categories", "tags"})
        return SkuRow(categories=steps, tags=tuple(self.tags), **values)


class SkuRowsIn(Input):
    """Up to 1,000 SKUs; each is taken or has its own error."""

    skus: list[SkuRowIn] = Field(min_length=1, max_length=MOST_ROWS)


class SkuRowOut(Schema):
    """What became of one SKU."""

    code: str
    id: int | None
    error: ErrorOut | None


class LoadOut(Schema):
    """What became of a batch of SKUs, in the order given."""

    created: int
    changed: int
    unchanged: int
    failed: int
    results: list[SkuRowOut]

    @classmethod
    def of(cls, codes: Sequence[str], report: LoadReport) -> LoadOut:
        """The report of a load, row by row."""
        errors = {fault.row: ErrorOut.of(fault.error) for fault in report.faults}
        return cls(
            created=report.created,
            changed=report.changed,
            unchanged=report.unchanged,
            failed=len(errors),
            results=[
                SkuRowOut(
                    code=code,
                    id=None if number in errors else report.ids.get(code.strip()),
                    error=errors.get(number),
                )
                for number, code in enumerate(codes)
            ],
        )


class PriceOut(Schema):
    """A price of a SKU for a span of time."""

    id: int
    sku_id: int
    organisation_id: int | None = Field(
        description="In whose subtree it holds; null: everywhere. The nearest one counts."
    )
    kind: PriceKindName
    amount: int = Field(description="Fen for one unit.", examples=[8990])
    valid_from: datetime = Field(description="UTC.")
    valid_until: datetime | None = Field(
        description="UTC; null: until another one of the kind starts."
    )


class PriceIn(Input):
    """A price to set."""

    sku: str = Field(max_length=60, description="Code of the SKU.", examples=["TEA-500G"])
    kind: PriceKindName = "list"
    amount: int = Fen
    organisation: str | None = Field(
        None, description="Code of the organisation in whose subtree it holds; null: everywhere."
    )
    valid_from: AwareDatetime | None = Field(None, description="Null: from now on.")
    valid_until: AwareDatetime | None = Field(
        None, description="Null: until another one of the kind starts."
    )


class PricesIn(Input):
    """Up to 1,000 prices; each is taken or has its own error."""

    prices: list[PriceIn] = Field(min_length=1, max_length=MOST_ROWS)


class PriceRowOut(Schema):
    """What became of one price."""

    id: int | None
    error: ErrorOut | None


class PricesSetOut(Schema):
    """What became of a batch of prices, in the order given."""

    set: int
    failed: int
    results: list[PriceRowOut]


class PriceEndIn(Input):
    """When a price is to end."""

    at: AwareDatetime | None = Field(None, description="Null: now.")


class PriceEndOut(Schema):
    """The price with its end; null: it had not started and was removed."""

    price: PriceOut | None
