"""The categories and products that loaded SKUs stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yipan.goods.catalogue.actions.categories import check_depth, levels_of
from yipan.goods.catalogue.actions.loading.rows import LoadReport, SkuRow
from yipan.goods.catalogue.errors import CategoryUnknown, RowFault
from yipan.goods.catalogue.models import Category, Picture, Product
from yipan.kernel.errors import DomainError
from yipan.kernel.ids import next_id


@dataclass(frozen=True, slots=True)
class ProductPlace:
    """A product as its SKUs need it."""

    id: int
    code: str
    name: str
    tags: tuple[str, ...]
    category_path: str
    is_active: bool


def places_of(
    rows: Mapping[int, SkuRow], *, report: LoadReport, at: datetime
) -> dict[str, ProductPlace]:
    """The product of each row by its code, created with its category where it is missing.

    A row without a place gets its fault in the report.
    """
    found = _known_products({row.product_code for row in rows.values()})
    fresh = {number: row for number, row in rows.items() if row.product_code not in found}
    paths = _category_paths(fresh, report)
    products: list[Product] = []
    pictures: list[Picture] = []
    for number, row in fresh.items():
        if number not in paths or row.product_code in found:
            continue
        category_id, path = paths[number]
        place = ProductPlace(
            next_id(), row.product_code, row.product_name, row.tags, path, is_active=True
        )
        found[row.product_code] = place
        products.append(
            Product(
                id=place.id,
                category_id=category_id,
                code=place.code,
                name=place.name,
                description=row.description,
                tags=list(row.tags),
                created_at=at,
            )
        )
        if row.picture:
            pictures.append(Picture(product_id=place.id, file=row.picture))
    Product.objects.bulk_create(products)
    Picture.objects.bulk_create(pictures)
    return found


def _known_products(codes: set[str]) -> dict[str, ProductPlace]:
    known = Product.objects.filter(code__in=codes).values_list(
        "id", "code", "name", "tags", "category__path", "is_active"
    )
    return {
        code: ProductPlace(product_id, code, name, tuple(tags), path, is_active)
        for product_id, code, name, tags, path, is_active in known
    }


def _category_paths(rows: Mapping[int, SkuRow], report: LoadReport) -> dict[int, tuple[int, str]]:
    """Id and path of the category of each row; what is missing of it is created."""
    codes = {step.code for row in rows.values() for step in row.categories}
    known: dict[str, tuple[int, str]] = {
        code: (category_id, path)
        for category_id, code, path in Category.objects.filter(code__in=codes).values_list(
            "id", "code", "path"
        )
    }
    fresh: list[Category] = []
    found = {}
    for number, row in rows.items():
        try:
            found[number] = _place(row, known, fresh)
        except DomainError as error:
            report.faults.append(RowFault(number, error))
    Category.objects.bulk_create(fresh)
    return found


def _place(
    row: SkuRow, known: dict[str, tuple[int, str]], fresh: list[Category]
) -> tuple[int, str]:
    # Checked first, so that a row with a fault leaves nothing behind.
    for step in row.categories:
        if step.code not in known and not step.name:
            raise CategoryUnknown(value=step.code)
    above: tuple[int | None, str] = (None, "/")
    for step in row.categories:
        if step.code not in known:
            check_depth(levels_of(above[1]) + 1)
            new_id = next_id()
            path = f"{above[1]}{new_id}/"
            fresh.append(
                Category(id=new_id, parent_id=above[0], code=step.code, name=step.name, path=path)
            )
            known[step.code] = (new_id, path)
        above = known[step.code]
    return known[row.categories[-1].code]
