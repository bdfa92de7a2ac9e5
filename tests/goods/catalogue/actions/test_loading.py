"""SKUs by the thousand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_category, make_product, make_sku
from yipan.goods.catalogue.actions import (
    CategoryStep,
    SkuRow,
    change_product,
    deactivate_product,
    load_skus,
)
from yipan.goods.catalogue.errors import (
    CategoryTooDeep,
    CategoryUnknown,
    CodeRepeated,
    PriceOverlaps,
    SkuOfOtherProduct,
)
from yipan.goods.catalogue.models import Category, Price, Product, Sku, SkuWord
from yipan.goods.catalogue.queries import cards, prices_at, search, skus_by_code
from yipan.goods.catalogue.rules import SkuPrices
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context

pytestmark = pytest.mark.usefixtures("tenant")

AT = datetime(2026, 11, 1, tzinfo=UTC)
FOOD = (CategoryStep("FOOD", "食品"), CategoryStep("TEA", "茶叶"))
TEA = SkuRow(
    code="TEA-500G",
    categories=FOOD,
    product_code="TEA",
    product_name="龙井茶",
    specification={"净含量": "500g"},
    tags=("新品",),
    list_price=8990,
    member_price=7990,
    picture="tea.jpg",
)


def rows(count: int) -> list[SkuRow]:
    return [
        SkuRow(
            code=f"S{number}",
            product_code=f"P{number // 2}",
            product_name=f"商品 {number // 2}",
            categories=(CategoryStep("ALL", "全部"), CategoryStep(f"C{number % 7}", "类")),
            specification={"号": str(number)},
            list_price=number,
        )
        for number in range(count)
    ]


def test_a_row_brings_its_category_product_prices_and_picture() -> None:
    report = load_skus([TEA, replace(TEA, code="TEA-100G")], by=SYSTEM, at=AT)
    assert (report.created, report.faults) == (2, [])
    food, tea = Category.objects.order_by("path")
    assert (food.code, tea.code, tea.parent_id) == ("FOOD", "TEA", food.id)
    assert Product.objects.get().category_id == tea.id
    card = cards([report.ids["TEA-500G"]])[report.ids["TEA-500G"]]
    assert (card.name, card.picture, card.tags) == ("龙井茶 500g", "tea.jpg", ["新品"])
    assert (card.list_price, card.is_active, card.created_at) == (8990, True, AT)
    assert [each.code for each in search(text="龙井 500", category_id=food.id).items] == [
        "TEA-100G",
        "TEA-500G",
    ]
    found = prices_at([card.id], (), AT)[card.id]
    assert found == SkuPrices(8990, 7990, None)
    assert skus_by_code(["TEA-500G"])["TEA-500G"].category_path == tea.path


def test_the_same_rows_again_change_nothing() -> None:
    first = load_skus([TEA, *rows(9)], by=SYSTEM, at=AT)
    counts = [model.objects.count() for model in (Category, Product, Sku, Price, SkuWord)]
    again = load_skus([TEA, *rows(9)], by=SYSTEM)
    assert (again.created, again.changed, again.unchanged, again.faults) == (0, 0, 10, [])
    assert again.ids == first.ids
    assert counts == [model.objects.count() for model in (Category, Product, Sku, Price, SkuWord)]
    assert AuditEntry.objects.filter(action="catalogue.load_skus").count() == 1


def test_a_changed_row_changes_the_sku_and_sets_new_prices() -> None:
    load_skus([TEA], by=SYSTEM, at=AT)
    later = AT + timedelta(days=1)
    changed = replace(TEA, name="西湖龙井 罐装", oversell=True, list_price=9990, member_price=None)
    report = load_skus([changed], by=SYSTEM, at=later)
    assert (report.created, report.changed, report.faults) == (0, 1, [])
    sku = skus_by_code(["TEA-500G"])["TEA-500G"]
    assert (sku.name, sku.oversell, sku.list_price) == ("西湖龙井 罐装", True, 9990)
    assert [card.code for card in search(text="西湖").items] == ["TEA-500G"]
    assert prices_at([sku.id], (), later)[sku.id] == SkuPrices(9990, 7990, None)
    assert prices_at([sku.id], (), AT)[sku.id] == SkuPrices(8990, 7990, None)


def test_rows_join_products_and_categories_that_are_there() -> None:
    product = make_product("TEA", "龙井茶", make_category("OLD"))
    change_product(product_id=product.id, tags=["热卖"], by=SYSTEM)
    deactivate_product(product_id=product.id, by=SYSTEM)
    report = load_skus([replace(TEA, categories=(CategoryStep("NOBODY"),))], by=SYSTEM)
    assert report.faults == []
    sku = Sku.objects.get(pk=report.ids["TEA-500G"])
    assert (sku.product_id, sku.on_sale) == (product.id, False)
    assert "热卖" in sku.words.split()
    assert "新品" not in sku.words.split()


def test_a_row_without_a_product_code_is_a_product_of_its_own() -> None:
    load_skus([SkuRow("CUP", FOOD, name="杯子")], by=SYSTEM)
    assert (Product.objects.get().code, Product.objects.get().name) == ("CUP", "杯子")


def test_each_row_has_its_own_fault_and_the_others_are_loaded() -> None:
    make_sku("TAKEN", product=make_product("OTHER"))
    deep = tuple(CategoryStep(f"D{level}", "x") for level in range(9))
    report = load_skus(
        [
            TEA,
            replace(TEA, code=" "),
            replace(TEA, code="B", product_name="", name="", product_code="B"),
            replace(TEA, code="C", list_price=-1),
            replace(TEA, code="D", product_code="D", categories=(CategoryStep("NOBODY"),)),
            replace(TEA, code="E", product_code="E", categories=deep),
            TEA,
            replace(TEA, code="TAKEN"),
            replace(TEA, code="F", categories=()),
            replace(TEA, code="G"),
        ],
        by=SYSTEM,
    )
    kinds = {fault.row: type(fault.error) for fault in report.faults}
    assert kinds == {
        1: InvalidField,
        2: InvalidField,
        3: InvalidField,
        4: CategoryUnknown,
        5: CategoryTooDeep,
        6: CodeRepeated,
        7: SkuOfOtherProduct,
        8: InvalidField,
    }
    assert set(report.ids) == {"TEA-500G", "G"}
    assert set(Sku.objects.values_list("code", flat=True)) == {"TAKEN", "TEA-500G", "G"}


def test_a_price_that_clashes_leaves_the_sku_as_it_was() -> None:
    load_skus([TEA], by=SYSTEM, at=AT)
    report = load_skus([replace(TEA, name="新名字", list_price=1)], by=SYSTEM, at=AT)
    assert [type(fault.error) for fault in report.faults] == [PriceOverlaps]
    assert skus_by_code(["TEA-500G"])["TEA-500G"].name == "龙井茶 500g"


def test_a_thousand_rows_cost_as_many_statements_as_ten() -> None:
    def cost(some: list[SkuRow], at: datetime = AT) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert load_skus(some, by=SYSTEM, at=at).faults == []
        return len(captured)

    everything = rows(1_020)
    few = cost(everything[:10])
    assert few <= 15
    assert cost(everything[10:20]) <= few
    assert cost(everything[20:]) <= few
    later = AT + timedelta(days=1)
    changed = [replace(row, name=f"改 {row.code}", list_price=1_000_000) for row in everything]
    assert cost(changed[:10], later) == cost(changed[10:], later)


def test_tenants_load_the_same_codes_each_for_themselves() -> None:
    load_skus([TEA], by=SYSTEM)
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id):
        assert load_skus([TEA], by=SYSTEM).created == 1
        assert len(search(text="龙井").items) == 1
