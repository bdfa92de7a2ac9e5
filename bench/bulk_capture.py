"""Bulk capture: paid order lines per second through the action, ledger and facts included.

    python -m bench bulk_capture [--orders 4000] [--lines 5] [--processes 2]

Batches of 500 orders with stock, attribution, commissions for guides and (for a third of the
lines) their uplines, journals, postings, facts and outbox. The target is 3,000 lines/s on the
machine's two cores; the ratio is to the bare multi-row insert of the same number of order lines
in the same run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence

from django.db import connections

from bench import database
from bench.shop import Shop, open_shop
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.trade.orders.actions import MOST_ORDERS, capture_orders

TARGET = 3_000


def capture(shop: Shop, numbers: Sequence[int], lines: int) -> tuple[float, float]:
    """Capture these orders in batches; when that began and ended."""
    at = clock.now()
    requests = [shop.order(number, lines=lines, at=at) for number in numbers]
    with tenant_context(shop.tenant_id):
        start = time.time()
        for begin in range(0, len(requests), MOST_ORDERS):
            batch = requests[begin : begin + MOST_ORDERS]
            answers = capture_orders(requests=batch, by=SYSTEM)
            failed = [answer.error for answer in answers if answer.error]
            if failed:
                raise SystemExit(f"not captured: {failed[0]!r} {failed[0]}")
        return start, time.time()


def _child(job: tuple[Shop, range, int]) -> tuple[float, float]:
    return capture(*job)


def floor(rows: int) -> float:
    """Seconds for inserting as many bare rows, 2,500 in a statement."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (LIKE orders_orderline INCLUDING ALL)")
    start = time.perf_counter()
    with connections["owner"].cursor() as cursor:
        for begin in range(0, rows, 2_500):
            cursor.execute(
                "INSERT INTO bench_floor (id, tenant_id, order_id, line_no, sku_id, quantity,"
                " unit_price, price_kind, discount_amount, net_amount, refunded_quantity,"
                " refunded_amount) SELECT g, 1, g, 1, g, 1, 4990, 'list', 0, 4990, 0, 0"
                " FROM generate_series(%s::bigint, %s::bigint) g",
                (begin + 1, min(begin + 2_500, rows)),
            )
    return time.perf_counter() - start


def main() -> int:
    """1 below the target, or where the ledger is not whole."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=4_000)
    options.add_argument("--lines", type=int, default=5)
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    database.fresh()
    shop = open_shop()
    capture(shop, range(MOST_ORDERS), given.lines)  # opens the accounts, warms the plans
    database.analyse()
    connections.close_all()
    # Each process sends the orders of its own stores, as tills and importers do.
    first, last = 10_000, 10_000 + given.orders
    jobs = [
        (shop, range(first + n, last, given.processes), given.lines) for n in range(given.processes)
    ]
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        spans = pool.map(_child, jobs, chunksize=1)
    seconds = max(end for _, end in spans) - min(begin for begin, _ in spans)
    lines = given.orders * given.lines
    bare = floor(lines)
    with tenant_context(shop.tenant_id):
        problems = list(verification.problems())
        ((entries, postings),) = sql.fetch(
            "SELECT (SELECT count(*) FROM commissions_entry), (SELECT count(*) FROM ledger_posting)"
        )
    rate = lines / seconds
    print(f"{lines} lines in {seconds:.2f} s with {given.processes} processes: {rate:,.0f} lines/s")
    print(f"{entries} entries, {postings} postings in all")
    print(f"ratio to bare inserts of the order lines alone: {bare / seconds:.3f}")
    print(f"ledger: {'whole' if not problems else problems[:3]}; target {TARGET:,} lines/s")
    return int(rate < TARGET or bool(problems))


if __name__ == "__main__":
    sys.exit(main())
