"""SKUs for the tests of the pool."""

from __future__ import annotations

from itertools import count

from tests.distribution.pool.builders import LONG_AGO
from yipan.goods.catalogue.models import Category, Price, PriceKind, Product, Sku
from yipan.kernel import clock
from yipan.kernel.ids import next_ids

_numbers = count(1)


def make_skus(number: int, *, price: int = 10_000, prefix: str = "SKU") -> list[Sku]:
    """SKUs of one new product, at one list price in fen."""
    ids = iter(next_ids(2 * number + 2))
    place = next(_numbers)
    category = Category.objects.create(
        id=(category_id := next(ids)), code=f"C{place}", name="类", path=f"/{category_id}/"
    )
    product = Product.objects.create(
        id=next(ids), category=category, code=f"P{place}", name="商品", created_at=clock.now()
    )
    skus = [
        Sku(
            id=next(ids),
            product=product,
            code=f"{prefix}-{place}-{each}",
            name=f"商品{each}",
            created_at=clock.now(),
            category_path=category.path,
            list_price=price,
        )
        for each in range(number)
    ]
    Sku.objects.bulk_create(skus)
    Price.objects.bulk_create(
        Price(id=next(ids), sku=sku, kind=PriceKind.LIST, amount=price, valid_from=LONG_AGO)
        for sku in skus
    )
    return skus


def make_sku(*, price: int = 10_000) -> Sku:
    """One SKU at a list price in fen; 100 yuan where nothing is said."""
    return make_skus(1, price=price)[0]
