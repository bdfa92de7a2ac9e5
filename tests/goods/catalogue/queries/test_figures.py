"""What others ask of SKUs on the hot path."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_category, make_sku
from yipan.goods.catalogue.queries import SkuFigures, cards, skus_by_code, skus_by_id

pytestmark = pytest.mark.usefixtures("tenant")


def test_skus_are_found_by_code_and_by_id() -> None:
    tea = make_category("TEA")
    sku = make_sku("A", name="龙井茶", price=990, category=tea, oversell=True)
    figures = SkuFigures(
        id=sku.id,
        code="A",
        name="龙井茶",
        product_id=sku.product_id,
        category_path=tea.path,
        oversell=True,
        is_active=True,
        list_price=990,
    )
    assert skus_by_code(["A", "NOBODY", "A"]) == {"A": figures}
    assert skus_by_id([sku.id, 1]) == {sku.id: figures}


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_skus_costs_one_statement(count: int) -> None:
    skus = [make_sku() for _ in range(count)]
    for read in (
        lambda: skus_by_code([sku.code for sku in skus]),
        lambda: skus_by_id([sku.id for sku in skus]),
        lambda: cards([sku.id for sku in skus]),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert len(read()) == count
        assert len(captured) == 1
