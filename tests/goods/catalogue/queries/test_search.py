"""Search gives exactly what a plain filter over all SKUs gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yipan.goods.catalogue.actions import (
    CategoryStep,
    SkuRow,
    add_units_sold,
    deactivate_sku,
    load_skus,
)
from yipan.goods.catalogue.models import Category, Sku
from yipan.goods.catalogue.queries import Position, Sort, find, on_sale, search, terms_of
from yipan.goods.catalogue.rules import prefixes_of
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
TEXTS = [
    "", "手机", "手", "红", "红色 手机", "mate", "MATE6", "m", "s1", "S12", "男款 女款",
    "平板 mate", "没有", "?!",
]  # fmt: skip


@pytest.fixture
def goods(tenant: Tenant) -> list[Sku]:
    dice = random.Random(7)
    for batch in range(3):
        rows = [
            SkuRow(
                code=f"S{batch}{number:02}",
                categories=(
                    CategoryStep(f"C{number % 3}", "大"),
                    CategoryStep(f"C{number % 3}-{number % 5}", "小"),
                ),
                name=" ".join(
                    [
                        dice.choice(["智能手机", "平板", "手表"]),
                        dice.choice(["Mate60", "Mate50", "Pro"]),
                        dice.choice(["红色", "黑色", "暗红"]),
                        dice.choice(["男款", "女款"]),
                    ]
                ),
                list_price=dice.randint(1, 20),
            )
            for number in range(60)
        ]
        load_skus(rows, by=SYSTEM, at=AT + timedelta(days=batch))
    add_units_sold({sku.id: dice.randint(0, 9) for sku in Sku.objects.all()})
    for sku in Sku.objects.order_by("id")[:5]:
        deactivate_sku(sku_id=sku.id, by=SYSTEM)
    return list(Sku.objects.filter(on_sale=True))


def plainly(goods: list[Sku], text: str, sort: Sort, path: str = "") -> list[str]:
    """Codes in order, by a filter that needs no index."""
    prefixes = prefixes_of(text)
    if text.strip() and not prefixes:
        return []
    key, descending = KEYS[sort]
    found = [
        sku
        for sku in goods
        if sku.category_path.startswith(path) and all(f" {p}" in sku.words for p in prefixes)
    ]
    return [sku.code for sku in sorted(found, key=key, reverse=descending)]


def pages(text: str, sort: Sort, category_id: int | None, limit: int) -> Iterator[list[str]]:
    cursor = None
    while True:
        page = search(text=text, category_id=category_id, sort=sort, cursor=cursor, limit=limit)
        yield [card.code for card in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(("rare", "walk"), [(3_000, 3_000), (0, 3_000), (0, 20), (10, 20)], ids=str)
def test_every_way_to_the_answer_gives_the_same(
    goods: list[Sku], sort: Sort, rare: int, walk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SEARCH}.RARE", rare)
    monkeypatch.setattr(f"{SEARCH}.WALK", walk)
    for category in [None, Category.objects.get(code="C1"), Category.objects.get(code="C1-2")]:
        for text in TEXTS:
            path, category_id = (category.path, category.id) if category else ("", None)
            found = [code for page in pages(text, sort, category_id, 13) for code in page]
            assert found == plainly(goods, text, sort, path), (text, path)


def test_a_page_is_full_and_the_last_one_says_so(goods: list[Sku]) -> None:
    sizes = [len(page) for page in pages("手机", Sort.SALES, None, 10)]
    assert set(sizes[:-1]) == {10}
    assert 0 < sizes[-1] <= 10


def test_what_changes_between_pages_neither_repeats_nor_hides_others(goods: list[Sku]) -> None:
    first = search(sort=Sort.PRICE_ASC, limit=20)
    shown = {card.id for card in first.items}
    deactivate_sku(sku_id=first.items[0].id, by=SYSTEM)
    second = search(sort=Sort.PRICE_ASC, cursor=first.next_cursor, limit=200)
    expected = {sku.id for sku in goods} - shown
    assert {card.id for card in second.items} == expected


@pytest.mark.parametrize("rare", [3_000, 0], ids=["led by a word", "walked"])
def test_a_page_costs_a_fixed_number_of_statements(
    goods: list[Sku], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SEARCH}.RARE", rare)
    for limit in (1, 20, 200):
        with CaptureQueriesContext(connection) as captured:
            search(text="手机 红色", sort=Sort.SALES, limit=limit)
        assert len(captured) <= 4
    with CaptureQueriesContext(connection) as captured:
        search(limit=20)
    assert len(captured) == 2


def test_indexes_are_used_behind_row_level_security(goods: list[Sku]) -> None:
    """PostgreSQL keeps operators that are not leakproof away from indexes there."""
    queries = [
        "SELECT sku_id FROM catalogue_skuword WHERE tenant_id = 1 AND word ^@ 'mat'",
        "SELECT sku_id FROM catalogue_skuword WHERE tenant_id = 1 AND word = '手机'",
        """SELECT id FROM catalogue_sku WHERE tenant_id = 1 AND on_sale
            AND (units_sold, id) < (5, 9) ORDER BY units_sold DESC, id DESC LIMIT 5""",
    ]
    columns = ["word", "word", "units_sold"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query, column in zip(queries, columns, strict=True):
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            (condition,) = [line for line in plan.splitlines() if "Index Cond" in line]
            assert column in condition, plan


def test_another_order_is_searched_in_the_same_way(goods: list[Sku]) -> None:
    """As the pool does for commission: any listing whose source has the SKU as `s`."""
    listing = on_sale(Sort.SALES)
    by_id = type(listing)(
        source="(SELECT id AS sku_id, -id AS rank FROM catalogue_sku) r"
        " JOIN catalogue_sku s ON s.id = r.sku_id",
        condition="s.tenant_id = %s AND s.on_sale",
        params=listing.params,
        key="r.rank",
        tie="r.sku_id",
    )
    found: list[int] = []
    after: Position | None = None
    while hits := find(terms_of("手机"), by_id, after=after, limit=7):
        found += [hit.sku_id for hit in hits]
        after = hits[-1].position
    assert found == sorted(sku.id for sku in goods if " 手机" in sku.words)
    assert all(one < next_ for one, next_ in pairwise(found))


def test_odd_questions_are_refused(goods: list[Sku]) -> None:
    with pytest.raises(NotFound):
        search(category_id=1)
    for limit in (0, 201):
        with pytest.raises(InvalidField):
            search(limit=limit)
    cursor = search(sort=Sort.SALES, limit=5).next_cursor
    with pytest.raises(InvalidField):
        search(sort=Sort.NEWEST, cursor=cursor)


def test_another_tenants_goods_are_never_found(goods: list[Sku]) -> None:
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id), clock.at(AT):
        assert search(text="手机").items == []
        assert search().items == []
