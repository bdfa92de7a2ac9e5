"""Stock under contention: many clients on shared SKUs, for a minute, without a deadlock.

    python -m bench.stock_contention

Every client takes the goods of small orders in any order of SKUs, gives some back, counts and
receives, each in a transaction of its own that commits. Afterwards every level must be the sum of
its movements and none below zero, and no client may have seen an error. Fifty buyers at once for
ten units come first. The floor is the same number of clients who each change a SKU that nobody else
wants: what PostgreSQL does here when nobody has to wait for anybody.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connections

from bench import database
from yipan.goods.catalogue.actions import CategoryStep, SkuRow, load_skus
from yipan.goods.stock.actions import (
    StockRow,
    StockWish,
    create_location,
    put_back,
    receive_stock,
    set_stock,
    take,
)
from yipan.group.organisations.actions import create_tenant
from yipan.group.organisations.queries import tree
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context

_WRONG = """
SELECT count(*) FILTER (WHERE l.quantity <> coalesce(m.total, 0)),
       count(*) FILTER (WHERE l.quantity < 0)
  FROM stock_stocklevel l
  LEFT JOIN (SELECT location_id, sku_id, sum(delta) AS total
               FROM stock_stockmovement GROUP BY 1, 2) m USING (location_id, sku_id)
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """What there is to trade with."""

    tenant_id: int
    location_id: int
    location: str
    skus: tuple[tuple[int, str], ...]
    """Id and code."""


def open_shop(skus: int) -> Shop:
    group = create_tenant(code="bench", name="基准集团")
    with tenant_context(group.id):
        place = create_location(
            organisation_id=tree().root.id, kind="store", code="L1", name="一店", by=SYSTEM
        )
        step = (CategoryStep("ALL", "全部"),)
        rows = [SkuRow(f"S{number}", step, name=f"商品{number}") for number in range(skus)]
        ids = load_skus(rows, by=SYSTEM).ids
        set_stock(rows=[StockRow("L1", code, 1_000) for code in ids], by=SYSTEM)
    return Shop(group.id, place.id, "L1", tuple((sku_id, code) for code, sku_id in ids.items()))


def at_once(clients: int, work: Callable[[int], Counter[str]], tenant_id: int) -> Counter[str]:
    """What all clients counted together, each in a thread with a connection of its own."""

    def one(number: int) -> Counter[str]:
        try:
            with tenant_context(tenant_id):
                return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=clients) as pool:
        return sum(pool.map(one, range(clients)), Counter())


def race(shop: Shop, buyers: int, units: int) -> int:
    """How many of the buyers were served, of one SKU with so many units."""
    sku_id, code = shop.skus[0]
    with tenant_context(shop.tenant_id):
        set_stock(rows=[StockRow(shop.location, code, units)], by=SYSTEM)

    def buy(number: int) -> Counter[str]:
        wish = StockWish(number, shop.location_id, sku_id, 1)
        refused = take(wishes=[wish], reason="sale", at=clock.now())
        return Counter(served=1 - len(refused))

    return at_once(buyers, buy, shop.tenant_id)["served"]


def trade(shop: Shop, number: int, until: float, lines: int) -> Counter[str]:
    """One client's work; what it did, and its errors by name."""
    dice = random.Random(number)
    done: Counter[str] = Counter()
    while time.monotonic() < until:
        some = dice.sample(shop.skus, lines)
        try:
            done[_one_step(shop, dice, some)] += 1
        except Exception as error:  # noqa: BLE001 - told in the report
            done[f"error {type(error).__name__}: {str(error).splitlines()[0]}"] += 1
    return done


def _one_step(shop: Shop, dice: random.Random, some: Sequence[tuple[int, str]]) -> str:
    now = clock.now()
    wishes = [StockWish(1, shop.location_id, sku_id, dice.randint(1, 3)) for sku_id, _ in some]
    rows = [StockRow(shop.location, code, dice.randint(1, 1_000)) for _, code in some]
    match dice.randrange(20):
        case 0:
            set_stock(rows=rows, by=SYSTEM)
            return "counts"
        case 1:
            receive_stock(rows=rows, by=SYSTEM)
            return "receipts"
        case 2 | 3 | 4:
            put_back(wishes=wishes, reason="return", at=now)
            return "returns"
        case _:
            refused = take(wishes=wishes, reason="sale", at=now)
            return "refusals" if refused else "sales"


def floor(shop: Shop, number: int, until: float) -> Counter[str]:
    """A client who takes from a SKU that nobody else wants."""
    done: Counter[str] = Counter()
    sku_id, _ = shop.skus[number % len(shop.skus)]
    wish = StockWish(1, shop.location_id, sku_id, 1)
    while time.monotonic() < until:
        put_back(wishes=[wish], reason="return", at=clock.now())
        done["changes"] += 1
    return done


def main() -> int:
    """1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--skus", type=int, default=20)
    parser.add_argument("--lines", type=int, default=4)
    options = parser.parse_args()
    database.fresh()
    shop = open_shop(max(options.skus, options.clients))
    served = race(shop, 50, 10)
    print(f"50 buyers at once for 10 units: {served} served")
    shared = Shop(shop.tenant_id, shop.location_id, shop.location, shop.skus[: options.skus])
    until = time.monotonic() + options.seconds
    done = at_once(
        options.clients, lambda n: trade(shared, n, until, options.lines), shop.tenant_id
    )
    until = time.monotonic() + min(10, options.seconds)
    alone = at_once(options.clients, lambda n: floor(shop, n, until), shop.tenant_id)
    for name, count in done.most_common():
        print(f"{count:10,} {name}")
    rate = done.total() / options.seconds
    free = alone.total() / min(10, options.seconds)
    print(
        f"{rate:,.0f} orders/s of {options.lines} shared SKUs by {options.clients} clients, "
        f"{rate / free:.2f} of {free:,.0f}/s for single rows that nobody shares"
    )
    with tenant_context(shop.tenant_id):
        ((differing, below),) = sql.fetch(_WRONG)
    errors = sum(count for name, count in done.items() if name.startswith("error"))
    print(f"{errors} errors, {differing} levels differ from their movements, {below} below zero")
    return 1 if errors or differing or below or served != 10 else 0


if __name__ == "__main__":
    raise SystemExit(main())
