"""Sixteen clients sell, refund and release over the same SKUs and guides: no deadlock, no fen lost.

    python -m bench contention [--seconds 60] [--clients 16]

Every client takes down orders of random lines, gives some back and runs the release job, all over
20 SKUs of one store and 4 guides, so that every row is wanted by everybody all the time. Fails on
a deadlock, on any other error, and where afterwards the ledger or the stock does not add up.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import OperationalError, connections

from bench import database
from bench.shop import Shop, open_shop
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.trade.orders.actions import capture_orders, refund_lines
from yipan.trade.orders.requests import LineRequest, OrderRequest, RefundOrder

_SOLD = "SELECT id FROM orders_orderline WHERE tenant_id = %s AND order_id = %s"
_STOCK = """
SELECT count(*) FROM stock_stocklevel l WHERE l.quantity <> (
    SELECT coalesce(sum(m.delta), 0) FROM stock_stockmovement m
     WHERE m.tenant_id = l.tenant_id AND m.location_id = l.location_id AND m.sku_id = l.sku_id)
"""


class Seller:
    """One client with its own luck."""

    def __init__(self, shop: Shop, number: int) -> None:
        self.shop, self.number, self.count = shop, number, 0
        self.luck = random.Random(number)
        self.done: Counter[str] = Counter()

    def run(self, until: float) -> Counter[str]:
        """Sell, refund and release until the time is up; what was done."""
        try:
            with tenant_context(self.shop.tenant_id):
                while time.monotonic() < until:
                    self._once()
        finally:
            connections.close_all()
        return self.done

    def _once(self) -> None:
        try:
            if self.luck.random() < 0.1:
                release_due(limit=50)
                self.done["releases"] += 1
            else:
                self._sell()
        except OperationalError as error:
            self.done["deadlocks" if "deadlock" in str(error) else "errors"] += 1

    def _sell(self) -> None:
        at = clock.now() - timedelta(seconds=1)
        answers = capture_orders(
            requests=[self._order(at) for _ in range(self.luck.randint(1, 4))], by=SYSTEM
        )
        self.done["orders"] += len(answers)
        self.done["errors"] += sum(answer.error is not None for answer in answers)
        for answer in answers:
            if answer.order_id is not None and self.luck.random() < 0.3:
                self._refund(answer.order_id)

    def _order(self, at: object) -> OrderRequest:
        self.count += 1
        picks = self.luck.sample(self.shop.skus, self.luck.randint(1, 6))
        return OrderRequest(
            channel="bench",
            number=f"{self.number}-{self.count}",
            organisation=self.shop.stores[0],
            lines=tuple(LineRequest(sku, 1, 5_000) for sku in picks),
            placed_at=at,  # type: ignore[arg-type]
            paid_at=at,  # type: ignore[arg-type]
            completed_at=at,  # type: ignore[arg-type]
            distributor_code=self.luck.choice(self.shop.guides),
        )

    def _refund(self, order_id: int) -> None:
        lines = [id_ for (id_,) in sql.fetch(_SOLD, (self.shop.tenant_id, order_id))]
        self.luck.shuffle(lines)
        now = clock.now()
        refunds = [RefundOrder(id_, "R", 1, 5_000, now) for id_ in lines]
        answers = refund_lines(refunds=refunds, by=SYSTEM)
        self.done["refunds"] += len(answers)
        self.done["errors"] += sum(answer.error is not None for answer in answers)


def main() -> int:
    """1 on a deadlock or an error, or where something does not add up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--clients", type=int, default=16)
    given = options.parse_args()
    database.fresh()
    shop = open_shop(stores=1, skus=20, guides=4)
    with tenant_context(shop.tenant_id):
        root = Organisation.objects.get(parent=None)
        settings = {"hold_days": 0, "auto_complete_days": 0}
        set_settlement_policy(organisation_id=root.id, data=settings, by=SYSTEM)
    until = time.monotonic() + given.seconds
    with ThreadPoolExecutor(given.clients) as pool:
        sellers = [Seller(shop, number) for number in range(given.clients)]
        done: Counter[str] = sum(pool.map(lambda seller: seller.run(until), sellers), Counter())
    tenant = Tenant.objects.get(id=shop.tenant_id)
    with tenant_context(tenant.id):
        problems = list(verification.problems())
        ((wrong,),) = sql.fetch(_STOCK)
    print(f"{given.clients} clients, {given.seconds} s: {dict(done)}")
    print(f"deadlocks {done['deadlocks']}, errors {done['errors']}")
    print(f"ledger {problems[:3] or 'whole'}; stock levels that are not their movements: {wrong}")
    return int(bool(done["deadlocks"] or done["errors"] or problems or wrong))


if __name__ == "__main__":
    sys.exit(main())
