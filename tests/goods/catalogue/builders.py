"""Goods to test with."""

from __future__ import annotations

from itertools import count

from yipan.goods.catalogue.actions import (
    create_category,
    create_product,
    create_sku,
    set_price,
)
from yipan.goods.catalogue.models import Category, Price, Product, Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.actor import SYSTEM

_numbers = count(1)


def make_category(code: str = "", name: str = "手机", parent: Category | None = None) -> Category:
    return create_category(
        code=code or f"C{next(_numbers)}",
        name=name,
        parent_id=parent.id if parent else None,
        by=SYSTEM,
    )


def make_product(
    code: str = "",
    name: str = "智能手机",
    category: Category | None = None,
    tags: tuple[str, ...] = (),
) -> Product:
    return create_product(
        code=code or f"P{next(_numbers)}",
        name=name,
        category_id=(category or make_category()).id,
        tags=tags,
        by=SYSTEM,
    )


def make_sku(
    code: str = "",
    *,
    name: str = "",
    price: int | None = 10_000,
    product: Product | None = None,
    category: Category | None = None,
    specification: dict[str, str] | None = None,
    oversell: bool = False,
) -> Sku:
    """A SKU with a list price in fen; `price=None` for one without."""
    code = code or f"S{next(_numbers)}"
    if product is None:
        product = make_product(name=name or "智能手机", category=category)
    sku = create_sku(
        product_id=product.id,
        code=code,
        name=name,
        specification=specification,
        oversell=oversell,
        by=SYSTEM,
    )
    if price is not None:
        set_price(sku_id=sku.id, kind="list", amount=price, by=SYSTEM)
        sku.refresh_from_db()
    return sku


def make_price(
    sku: Sku, amount: int, organisation: Organisation | None = None, *, kind: str = "list"
) -> Price:
    """A price from now on, in fen."""
    return set_price(
        sku_id=sku.id,
        kind=kind,
        amount=amount,
        organisation_id=organisation.id if organisation else None,
        by=SYSTEM,
    )
