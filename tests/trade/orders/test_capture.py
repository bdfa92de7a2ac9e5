"""Orders are taken down whole or not at all, each by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.stock.builders import quantity_of
from tests.trade.orders.builders import PAID, RULES, Shop, open_shop
from yipan.distribution.commissions.models import Entry
from yipan.insight.facts.models import Fact
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.trade.orders.actions import capture_orders
from yipan.trade.orders.errors import OrderExists, OutOfStock
from yipan.trade.orders.models import Order, OrderLine
from yipan.trade.orders.requests import LineRequest
from yipan.trade.payments.models import Payment


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def test_an_order_is_written_with_its_amounts(shop: Shop) -> None:
    lines = shop.sell(
        shop.line("FIXED", 3), shop.line("NONE", 1, 3_334), discount=3_334, freight=800
    )
    order = Order.objects.get(id=lines[0].order_id)
    assert (order.goods_amount, order.discount_amount, order.net_amount) == (33_334, 3_334, 30_000)
    assert [line.net_amount for line in lines] == [26_999, 3_001]
    assert order.state == "paid"
    assert Payment.objects.get(order_id=order.id).amount == 30_800


def test_a_line_without_a_price_takes_the_price_in_force(shop: Shop) -> None:
    now = clock.now()
    (line,) = shop.sell(shop.line("FIXED", 2, None), placed_at=now, paid_at=now)
    assert (line.unit_price, line.net_amount) == (10_000, 20_000)


def test_goods_are_taken_from_stock_in_the_same_transaction(shop: Shop) -> None:
    shop.sell(shop.line("FIXED", 3))
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 997


def test_each_order_of_a_batch_fails_by_itself(shop: Shop) -> None:
    good = shop.request([shop.line("FIXED")])
    answers = shop.capture(
        good,
        replace(good, number="X1", organisation="NOWHERE"),
        replace(good, number="X2", lines=(LineRequest("UNKNOWN", 1, 100),)),
        replace(good, number="X3", lines=(shop.line("NONE", 5_000),)),
        replace(good, number="X4", lines=()),
        replace(good, number="X5", discount=10_001),
        replace(good, number="X6", placed_at=clock.now() + timedelta(days=1)),
        good,
        replace(good, number="X7"),
    )
    fields = [answer.error.data.get("field") if answer.error else None for answer in answers]
    assert fields == [
        None,
        "organisation",
        "lines[0].sku",
        "lines",
        "lines",
        "discount",
        "placed_at",
        "number",
        None,
    ]
    assert isinstance(answers[3].error, OutOfStock)
    assert Order.objects.count() == 2
    assert OrderLine.objects.count() == 2
    assert quantity_of(shop.location, shop.skus["NONE"]) == 1_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": ""}, "channel"),
        ({"number": "9" * 65}, "number"),
        ({"currency": "USD"}, "currency"),
        ({"buyer": "M-1"}, "buyer"),
        ({"freight": -1}, "freight"),
        ({"paid_at": PAID - timedelta(seconds=1)}, "paid_at"),
        ({"paid_at": None, "completed_at": PAID}, "completed_at"),
        ({"lines": (LineRequest("FIXED", 0, 1),)}, "lines[0].quantity"),
        ({"lines": (LineRequest("FIXED", 1, -1),)}, "lines[0].unit_price"),
        ({"lines": (LineRequest("FIXED", 1, 1, "gold"),)}, "lines[0].price_kind"),
        ({"lines": (LineRequest("FIXED", 1, 5, "list", 6),)}, "lines[0].discount"),
        ({"lines": (LineRequest("FIXED", 1, None, "promo"),)}, "lines[0].unit_price"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(
    shop: Shop, change: dict[str, Any], field: str
) -> None:
    (answer,) = shop.capture(replace(shop.request([shop.line("FIXED")]), **change))
    assert answer.error is not None
    assert answer.error.data["field"] == field


def test_the_same_number_again_is_refused_and_changes_nothing(shop: Shop) -> None:
    request = shop.request([shop.line("FIXED")])
    shop.capture(request)
    (again,) = shop.capture(request)
    assert isinstance(again.error, OrderExists)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 999
    assert Entry.objects.count() == 1


def test_the_caller_sells_only_in_their_subtree(shop: Shop) -> None:
    elsewhere = shop.tree["F1"].path
    request = shop.request([shop.line("FIXED")])
    (answer,) = capture_orders(requests=[request], by=SYSTEM, within=elsewhere)
    assert isinstance(answer.error, InvalidField)
    assert Order.objects.count() == 0


def test_the_statements_are_as_many_for_one_line_as_for_500(shop: Shop) -> None:
    shop.sell(*[shop.line(rule) for rule in RULES])  # opens the accounts
    counts = {}
    for lines in (1, 10, 100, 500):
        rules = ("FIXED", "LINE", "MONTH", "NONE")
        request = shop.request(
            [shop.line(rules[n % 4 if lines > 1 else 2]) for n in range(lines)],
            buyer="M-1",
            buyer_scheme="crm",
        )
        with CaptureQueriesContext(connection) as captured:
            shop.capture(request)
        counts[lines] = len(captured)
    assert len(set(counts.values())) == 1, counts
    with CaptureQueriesContext(connection) as captured:
        shop.capture(*[shop.request([shop.line("MONTH")]) for _ in range(100)])
    # 18 at most over HTTP: the key's own look-up, two for idempotency, and these.
    assert len([q for q in captured if "SAVEPOINT" not in str(q["sql"])]) <= 15


def test_fifty_buyers_at_once_for_ten_units_buy_exactly_ten(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    shop = open_shop(stock=10)
    requests = [shop.request([shop.line("FIXED")]) for _ in range(50)]

    def buy(number: int) -> bool:
        with tenant_context(committed_tenant.id):
            (answer,) = shop.capture(requests[number])
            assert answer.error is None or isinstance(answer.error, OutOfStock)
            return answer.error is None

    answers = run_concurrently(buy, 50)
    assert (answers.count(True), answers.count(False)) == (10, 40)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 0
    assert Order.objects.count() == 10
    assert shop.balances()["pending"] == 3_500
    assert list(verification.problems()) == []


def test_batches_over_shared_goods_and_guides_do_not_lock_up(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    shop = open_shop(stock=100_000)
    rules = ("FIXED", "LINE", "MONTH", "NONE")

    def sell(number: int) -> None:
        with tenant_context(committed_tenant.id):
            for _ in range(6):
                order = rules if number % 2 else rules[::-1]
                answers = shop.capture(*[shop.request([shop.line(r) for r in order])] * 1)
                assert [answer.error for answer in answers] == [None]

    assert run_concurrently(sell, 8) == [None] * 8
    assert Entry.objects.filter(role="seller").count() == 8 * 6 * 3
    assert list(verification.problems()) == []


def test_every_paid_line_leaves_its_facts_and_events(shop: Shop) -> None:
    shop.sell(shop.line("LINE", 2), shop.line("NONE"), buyer="M-9", buyer_scheme="crm")
    kinds = sorted(Fact.objects.values_list("kind", "units", "net_amount", "commission"))
    assert kinds == [
        ("accrual", 0, 0, 200),
        ("accrual", 0, 0, 1_300),
        ("sale", 1, 10_000, 0),
        ("sale", 2, 20_000, 0),
        ("touch", 0, 0, 0),
    ]
    sale = Fact.objects.filter(kind="sale").first()
    assert sale is not None
    tree = shop.tree
    assert (sale.store_id, sale.company_id, sale.headquarters_id) == (
        tree["R1-A"].id,
        tree["R1"].id,
        tree["HQ"].id,
    )
    assert (sale.distributor_id, sale.home_organisation_id) == (shop.guide.id, tree["R1-A"].id)
    names = {"order.captured", "order.paid", "commission.accrued"}
    assert set(OutboxEvent.objects.values_list("name", flat=True)) >= names
