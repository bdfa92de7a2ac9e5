"""A store that sells: goods with three rules, stock, a guide with an upline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from tests.distribution.distributors.builders import make_distributor
from tests.distribution.pool.builders import make_offer, make_rule
from tests.goods.catalogue.builders import make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.group.organisations.builders import GroupTree, make_tree
from yipan.distribution.commissions.models import Entry
from yipan.distribution.commissions.queries import Balances, balances_of
from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.goods.stock.models import Location
from yipan.kernel.actor import SYSTEM
from yipan.trade.orders.actions import capture_orders, refund_lines
from yipan.trade.orders.models import OrderLine
from yipan.trade.orders.requests import Captured, LineRequest, OrderRequest, RefundOrder

PAID: Final = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)
_numbers = count(1)
TIERS: Final = [{"from": 0, "rate": "0.05"}, {"from": 10_000, "rate": "0.08"}]
RULES: Final[Mapping[str, dict[str, Any]]] = {
    "FIXED": {"mode": "fixed", "amount_per_unit": 350},
    "LINE": {
        "mode": "tiered_rate",
        "measure": "line_amount",
        "method": "marginal",
        "tiers": TIERS,
        "upline_rates": ["0.01"],
    },
    "MONTH": {
        "mode": "tiered_rate",
        "measure": "period_amount",
        "method": "whole",
        "tiers": TIERS,
    },
}


@dataclass(frozen=True)
class Shop:
    """What there is to sell, who sells it, and where."""

    tree: GroupTree
    skus: Mapping[str, Sku]
    """By the rule they earn by; `NONE` earns nothing."""
    location: Location
    guide: Distributor
    leader: Distributor

    def request(self, lines: Sequence[LineRequest], **more: Any) -> OrderRequest:
        """An order of the store, paid at once, credited by the guide's code."""
        values: dict[str, Any] = {
            "channel": "pos",
            "number": f"T-{next(_numbers)}",
            "organisation": "R1-A",
            "lines": tuple(lines),
            "placed_at": PAID,
            "paid_at": PAID,
            "distributor_code": self.guide.code,
        }
        return OrderRequest(**{**values, **more})

    def line(self, rule: str, quantity: int = 1, price: int | None = 10_000) -> LineRequest:
        """A line of the SKU that earns by a rule."""
        return LineRequest(self.skus[rule].code, quantity, price)

    def sell(self, *lines: LineRequest, **more: Any) -> list[OrderLine]:
        """Capture one order; its lines."""
        captured = self.capture(self.request(lines, **more))[0]
        if captured.error:
            raise captured.error
        return list(OrderLine.objects.filter(order_id=captured.order_id).order_by("line_no"))

    def capture(self, *requests: OrderRequest) -> list[Captured]:
        """Capture several orders at once."""
        return capture_orders(requests=requests, by=SYSTEM)

    def balances(self, distributor: Distributor | None = None) -> Balances:
        """Where the guide's (or another's) commission is."""
        owner = (distributor or self.guide).id
        return balances_of([owner])[owner]


def open_shop(*, stock: int = 1_000) -> Shop:
    """Build it, through the actions that everybody uses."""
    tree = make_tree()
    location = make_location(tree["R1-A"])
    skus = {name: make_sku(name, price=10_000) for name in (*RULES, "NONE")}
    for name, sku in skus.items():
        make_stock(location, sku, stock)
        if name in RULES:
            make_offer(sku, tree.headquarters, make_rule(RULES[name]))
    leader = make_distributor(tree["R1-A"], "LEADER")
    guide = make_distributor(tree["R1-A"], "GUIDE", upline=leader)
    return Shop(tree, skus, location, guide, leader)


def give_back(line: OrderLine, quantity: int, amount: int, *, number: str = "") -> None:
    """Refund part of a line. Raises what the refund answers."""
    refund = RefundOrder(
        line.id, number or f"R-{next(_numbers)}", quantity, amount, PAID + timedelta(days=1)
    )
    (answer,) = refund_lines(refunds=[refund], by=SYSTEM)
    if answer.error:
        raise answer.error


def amounts(line: OrderLine) -> list[tuple[str, int]]:
    """(role, fen) of the entries of a line, as they were made."""
    found = Entry.objects.filter(line_id=line.id).order_by("role", "sequence")
    return [(entry.role, entry.amount) for entry in found]
