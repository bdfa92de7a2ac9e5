"""Catalogue search: time of a page at 100,000 SKUs, for rare, common and hostile questions.

    python -m bench.catalogue_search

Every question is asked in each order of the goods list, for the first page and for a later one,
through the query that the API uses. The first answers are compared with a plain filter over all
SKUs in memory. The floor is the database's own: an empty statement, and one page of the same
columns straight from an index, without any search.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench import database
from yipan.goods.catalogue.actions import CategoryStep, SkuRow, add_units_sold, load_skus
from yipan.goods.catalogue.models import Category, Sku
from yipan.goods.catalogue.queries import Sort, cards, search
from yipan.goods.catalogue.rules import prefixes_of
from yipan.group.organisations.actions import create_tenant
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM

NEEDED_MS = 50
PAGE = 20
OPENED = datetime(2026, 1, 1, tzinfo=UTC)

BRANDS = (
    "华为 Huawei", "小米 Xiaomi", "苹果 Apple", "耐克 Nike", "阿迪达斯 Adidas", "海尔 Haier",
    "美的 Midea", "安踏 Anta", "李宁 Li-Ning", "波司登 Bosideng", "蒙牛 Mengniu", "三只松鼠",
)  # fmt: skip
FIRST = tuple("智轻暖柔快净鲜香甜酷炫美雅悦乐安康宝金银")
SECOND = tuple("能便绒软充水果茶糖机鞋衣裤帽包表灯锅杯椅桌床垫巾镜刀笔纸书车")
SERIES = ("Mate", "Pro", "Air", "Max", "Ultra", "Note", "Edge", "Nova")
COLOURS = ("红色", "黑色", "白色", "雅丹黑", "天空蓝", "薄荷绿")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for."""

    title: str
    text: str = ""
    category: str = ""


QUESTIONS = (
    Question("nothing"),
    Question("Chinese, rare", "鲜椅"),
    Question("Chinese, as typed", "智能"),
    Question("Chinese, two words", "暖鞋 雅丹黑"),
    Question("Chinese, one character", "鞋"),
    Question("Chinese, in 60 %", "新款"),
    Question("Chinese, in 60 % and 17 %", "新款 红色"),
    Question("Latin, brand", "nike"),
    Question("Latin, as typed", "ni"),
    Question("Latin, one letter", "m"),
    Question("Latin, digits inside", "mate60"),
    Question("SKU code", "SKU004711"),
    Question("SKU code, as typed", "SKU00"),
    Question("category, small", category="C-3-17"),
    Question("category, large", category="C-0"),
    Question("category and common word", "新款", category="C-0"),
    Question("category and rare word", "智能", category="C-0"),
    # Hostile: common words that never meet, and words that stand only at the far end of an order.
    Question("never together", "男款 女款"),
    Question("the unsold 40 %", "清仓"),
    Question("common, in the wrong category", "首发", category="C-1"),
    Question("in nothing", "没有这个"),
)


def goods(count: int) -> list[SkuRow]:
    """The same goods at every run: some words everywhere, some rare, some that exclude others."""
    dice = random.Random(2_600_719)
    rows: list[SkuRow] = []
    for product in range((count + 2) // 3):
        top, sub = product % 10, dice.randrange(40)
        words = [
            dice.choice(BRANDS),
            f"{dice.choice(SERIES)}{dice.randrange(10, 99)}",
            dice.choice(("男款", "女款")),
            dice.choice(FIRST) + dice.choice(SECOND),
            "新款" if dice.random() < 0.6 else "经典",
            "清仓" if product % 5 < 2 else "",
            "首发" if top == 0 else "",
        ]
        rows += [
            SkuRow(
                code=f"SKU{number:06}",
                product_code=f"P{product:06}",
                product_name=" ".join(filter(None, words)),
                categories=(
                    CategoryStep(f"C-{top}", f"大类{top}"),
                    CategoryStep(f"C-{top}-{sub}", f"小类{sub}"),
                ),
                specification={"颜色": dice.choice(COLOURS), "尺码": str(dice.randrange(34, 46))},
                list_price=dice.randrange(900, 900_000),
            )
            for number in range(3 * product, min(3 * product + 3, count))
        ]
    return rows


def load(count: int) -> float:
    """SKUs per second, from nothing to searchable."""
    rows = goods(count)
    started = time.perf_counter()
    step = 10_000
    for start in range(0, count, step):
        with clock.at(OPENED + timedelta(minutes=start // step)):
            report = load_skus(rows[start : start + step], by=SYSTEM)
            assert not report.faults, report.faults[:3]
    rate = count / (time.perf_counter() - started)
    dice = random.Random(7)
    # What is cleared out never sold: its word stands only at the end of the order by sales.
    sold = Sku.objects.exclude(name__contains="清仓").values_list("id", flat=True)
    add_units_sold({sku_id: int(dice.paretovariate(0.8)) for sku_id in sold})
    return rate


def check(question: Question, sort: Sort, everything: list[Sku], path: str) -> None:
    """The first page is what a plain filter gives."""
    prefixes = prefixes_of(question.text)
    found = [
        sku
        for sku in everything
        if sku.category_path.startswith(path) and all(f" {p}" in sku.words for p in prefixes)
    ]
    key, descending = {
        Sort.SALES: (lambda sku: (sku.units_sold, sku.id), True),
        Sort.PRICE_ASC: (lambda sku: (sku.list_price, sku.id), False),
        Sort.PRICE_DESC: (lambda sku: (sku.list_price, sku.id), True),
        Sort.NEWEST: (lambda sku: (sku.created_at, sku.id), True),
    }[sort]
    wanted = [sku.id for sku in sorted(found, key=key, reverse=descending)[:PAGE]]
    answer = search(text=question.text, category_id=category_id(question), sort=sort, limit=PAGE)
    assert [card.id for card in answer.items] == wanted, (question.title, sort)


def category_id(question: Question) -> int | None:
    return Category.objects.get(code=question.category).id if question.category else None


def times(action: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        found.append((time.perf_counter() - started) * 1000)
    return found


def ask(question: Question, sort: Sort, rounds: int) -> list[float]:
    """Milliseconds of first pages, and of later ones where there are."""
    category = category_id(question)

    def page(cursor: str | None) -> str | None:
        return search(
            text=question.text, category_id=category, sort=sort, cursor=cursor, limit=PAGE
        ).next_cursor

    found = times(lambda: page(None), rounds)
    cursor = page(None)
    for _ in range(25):
        if cursor is None:
            return found
        last, cursor = cursor, page(cursor)
    return found + times(lambda: page(last), rounds)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def floors(rounds: int) -> tuple[float, float]:
    """Median milliseconds of an empty statement, and of one page without any search."""
    some = list(Sku.objects.order_by("-units_sold", "-id").values_list("id", flat=True)[:PAGE])
    empty = times(lambda: sql.fetch("SELECT 1"), rounds * 10)
    page = times(lambda: cards(some), rounds * 10)
    return statistics.median(empty), statistics.median(page)


def main() -> int:
    """1 if a question took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--needed", type=int, default=NEEDED_MS, help="ms; 0: only measure")
    options = parser.parse_args()
    limit = options.needed or NEEDED_MS
    database.fresh()
    with clock.at(OPENED):
        group = create_tenant(code="bench", name="基准集团")
    with database.tenant(group.id):
        print(f"{load(options.skus):,.0f} SKUs/s loaded, with products, prices and search words")
        database.analyse()
        everything = list(Sku.objects.all())
        empty, page = floors(options.rounds)
        print(f"floor: empty statement {empty:.2f} ms, a page without search {page:.2f} ms\n")
        print(f"{'question':32}{'p50 ms':>8}{'p95 ms':>8}{'worst order':>13}{'x page':>8}")
        slow = 0
        for question in QUESTIONS:
            path = Category.objects.get(code=question.category).path if question.category else ""
            by_sort = {}
            for sort in Sort:
                check(question, sort, everything, path)
                by_sort[sort] = ask(question, sort, options.rounds)
            worst = max(by_sort, key=lambda sort: p95(by_sort[sort]))
            middle, high = statistics.median(by_sort[worst]), p95(by_sort[worst])
            slow += high > limit
            print(
                f"{question.title:32}{middle:8.1f}{high:8.1f}{worst.value:>13}{middle / page:8.1f}"
            )
    print(f"\n{len(QUESTIONS) - slow} of {len(QUESTIONS)} questions under {limit} ms at p95")
    return 1 if slow and options.needed else 0


if __name__ == "__main__":
    raise SystemExit(main())
