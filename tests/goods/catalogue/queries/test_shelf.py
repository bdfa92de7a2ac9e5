"""A shop shows every product once, where the first of its SKUs stands."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_product, make_sku
from tests.group.organisations.builders import make_tree
from yipan.goods.catalogue.actions import (
    CategoryStep,
    SkuRow,
    add_units_sold,
    deactivate_sku,
    load_skus,
    set_price,
)
from yipan.goods.catalogue.models import Category, Product, Sku
from yipan.goods.catalogue.queries import (
    PromotedIn,
    Sort,
    product_cards,
    promoted_products,
    shelf,
)
from yipan.goods.catalogue.rules import prefixes_of
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

SEARCH = "yipan.goods.catalogue.queries.finding"
AT = datetime(2026, 11, 1, tzinfo=UTC)
KEYS = {
    Sort.SALES: (lambda sku: (sku.units_sold, sku.id), True),
    Sort.PRICE_ASC: (lambda sku: (sku.list_price, sku.id), False),
    Sort.PRICE_DESC: (lambda sku: (sku.list_price, sku.id), True),
    Sort.NEWEST: (lambda sku: (sku.created_at, sku.id), True),
}
TEXTS = ["", "手机", "红", "红色 手机", "mate", "S1", "没有", "?!"]


@pytest.fixture
def goods(tenant: Tenant) -> list[Sku]:
    dice = random.Random(11)
    for batch in range(2):
        rows = [
            SkuRow(
                code=f"S{batch}{number:02}",
                product_code=f"P{batch}{number // 3:02}",
                product_name=f"{dice.choice(['智能手机', '平板'])} {batch} {number // 3}",
                categories=(
                    CategoryStep(f"C{number // 3 % 3}", "大"),
                    CategoryStep(f"C{number // 3 % 3}-{number // 3 % 2}", "小"),
                ),
                name=f"{dice.choice(['Mate60', 'Pro'])} {number}",
                specification={"颜色": dice.choice(["红色", "黑色"])},
                list_price=dice.randint(1, 20),
            )
            for number in range(90)
        ]
        load_skus(rows, by=SYSTEM, at=AT + timedelta(days=batch))
    add_units_sold({sku.id: dice.randint(0, 9) for sku in Sku.objects.all()})
    for sku in Sku.objects.order_by("id")[:7]:
        deactivate_sku(sku_id=sku.id, by=SYSTEM)
    return list(Sku.objects.filter(on_sale=True).select_related("product"))


def plainly(goods: list[Sku], text: str, sort: Sort, path: str = "") -> list[str]:
    """Codes of products in order, by a filter that needs no index."""
    prefixes = prefixes_of(text)
    if text.strip() and not prefixes:
        return []
    key, descending = KEYS[sort]
    found = [
        sku
        for sku in goods
        if sku.category_path.startswith(path) and all(f" {p}" in sku.words for p in prefixes)
    ]
    in_order = sorted(found, key=key, reverse=descending)
    return list(dict.fromkeys(sku.product.code for sku in in_order))


def pages(text: str, sort: Sort, category_id: int | None, limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = shelf(text=text, category_id=category_id, sort=sort, cursor=cursor, limit=limit)
        found += [card.code for card in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(("rare", "walk"), [(3_000, 3_000), (0, 20), (10, 20)], ids=str)
def test_every_product_is_shown_once_and_in_order(
    goods: list[Sku], sort: Sort, rare: int, walk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SEARCH}.RARE", rare)
    monkeypatch.setattr(f"{SEARCH}.WALK", walk)
    for category in [None, Category.objects.get(code="C1"), Category.objects.get(code="C1-0")]:
        for text in TEXTS:
            path, category_id = (category.path, category.id) if category else ("", None)
            found = pages(text, sort, category_id, 7)
            assert found == plainly(goods, text, sort, path), (text, path)


def test_a_page_costs_a_fixed_number_of_statements(goods: list[Sku]) -> None:
    for limit in (3, 40):
        with CaptureQueriesContext(connection) as captured:
            shelf(text="手机 红色", limit=limit)
        assert len(captured) <= 5
    with CaptureQueriesContext(connection) as captured:
        shelf(limit=20)
    assert len(captured) == 3


def test_a_card_adds_up_what_is_on_sale_of_a_product(tenant: Tenant) -> None:
    product = make_product("P", name="龙井茶", tags=("新品",))
    one, two, three = (make_sku(code, product=product) for code in "ABC")
    add_units_sold({one.id: 2, two.id: 3, three.id: 50})
    deactivate_sku(sku_id=three.id, by=SYSTEM)
    card = product_cards([product.id])[product.id]
    assert card.sku_ids == (one.id, two.id)
    assert (card.units_sold, card.tags, card.picture, card.oversell) == (5, ["新品"], "", False)


def test_a_product_with_nothing_on_sale_is_on_no_shelf(tenant: Tenant) -> None:
    sku = make_sku("A")
    deactivate_sku(sku_id=sku.id, by=SYSTEM)
    assert product_cards([sku.product_id]) == {}
    assert shelf().items == []


def test_promotions_are_those_of_the_shop_and_of_the_moment(tenant: Tenant) -> None:
    group = make_tree()
    here, elsewhere, over, everywhere, _plain = (make_sku(code, name=code) for code in "ABCDE")
    now = clock.now()
    for sku, organisation_id, start, end in (
        (here, group["R1-A"].id, now, None),
        (elsewhere, group["R2"].id, now, None),
        (over, None, now - timedelta(days=2), now - timedelta(days=1)),
        (everywhere, None, now, now + timedelta(days=1)),
    ):
        set_price(
            sku_id=sku.id, kind="promo", amount=5, organisation_id=organisation_id,
            valid_from=start, valid_until=end, by=SYSTEM,
        )  # fmt: skip
    within = PromotedIn(tree().by_code["R1-A"].lineage, now + timedelta(seconds=1))
    wanted = {here.product_id, everywhere.product_id}
    assert {card.id for card in promoted_products(within, limit=9)} == wanted
    assert {card.id for card in shelf(promoted=within).items} == wanted
    assert [card.id for card in shelf(promoted=within, limit=1).items] == [everywhere.product_id]
    assert len(promoted_products(within, limit=1)) == 1


def test_odd_questions_are_refused(goods: list[Sku]) -> None:
    with pytest.raises(NotFound):
        shelf(category_id=1)
    for limit in (0, 201):
        with pytest.raises(InvalidField):
            shelf(limit=limit)
    cursor = shelf(sort=Sort.SALES, limit=5).next_cursor
    with pytest.raises(InvalidField):
        shelf(sort=Sort.NEWEST, cursor=cursor)


def test_another_tenants_products_are_never_found(goods: list[Sku]) -> None:
    known = list(Product.objects.values_list("id", flat=True))
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id):
        assert shelf(text="手机").items == []
        assert shelf().items == []
        assert product_cards(known) == {}
