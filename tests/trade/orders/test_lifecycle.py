"""An order's way: paid, completed, cancelled, refunded, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.goods.stock.builders import quantity_of
from tests.trade.orders.builders import PAID, Shop, amounts, give_back, open_shop
from yipan.distribution.commissions.models import EntryState
from yipan.goods.catalogue.models import Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.payouts.settlement.actions import release_due
from yipan.trade.orders.actions import (
    cancel_order,
    close_refund_request,
    complete_order,
    count_units_sold,
    open_refund_request,
    pay_orders,
)
from yipan.trade.orders.errors import (
    LineNotPaid,
    OrderStateRefused,
    RequestClosed,
    RequestOpenAlready,
)
from yipan.trade.orders.models import Order, OrderLine
from yipan.trade.orders.requests import PaymentRequest

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def test_an_order_is_paid_once(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"), paid_at=None)
    pay_orders(payments=[PaymentRequest(line.order_id, PAID + HOUR)])
    with pytest.raises(OrderStateRefused):
        pay_orders(payments=[PaymentRequest(line.order_id, PAID + HOUR)])
    assert amounts(line) == [("seller", 350)]


@pytest.mark.parametrize("moment", [PAID - HOUR, PAID + timedelta(days=4000)])
def test_a_payment_before_the_order_or_in_the_future_is_refused(shop: Shop, moment: object) -> None:
    (line,) = shop.sell(shop.line("FIXED"), paid_at=None)
    with pytest.raises(InvalidField, match="paid_at"):
        pay_orders(payments=[PaymentRequest(line.order_id, moment)])  # type: ignore[arg-type]


def test_several_orders_are_paid_all_or_none(shop: Shop) -> None:
    open_, paid = (shop.sell(shop.line("FIXED"), paid_at=at)[0] for at in (None, PAID))
    with pytest.raises(OrderStateRefused):
        pay_orders(payments=[PaymentRequest(line.order_id, PAID + HOUR) for line in (open_, paid)])


def test_what_is_out_of_reach_is_not_found(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"), paid_at=None)
    elsewhere = shop.tree["F1"].path
    with pytest.raises(NotFound):
        pay_orders(payments=[PaymentRequest(line.order_id, PAID)], within=elsewhere)
    with pytest.raises(NotFound):
        cancel_order(order_id=line.order_id, reason="x", by=SYSTEM, within=elsewhere)
    with pytest.raises(NotFound):
        complete_order(order_id=line.order_id, completed_at=PAID, within=elsewhere)
    with pytest.raises(NotFound):
        open_refund_request(line_id=line.id, quantity=1, amount=1, reason="", within=elsewhere)


def test_an_unpaid_order_is_cancelled_and_its_goods_go_back(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 4), paid_at=None)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 996
    cancel_order(order_id=line.order_id, reason="改主意了", by=SYSTEM)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 1_000
    assert Order.objects.get(id=line.order_id).state == "cancelled"
    assert AuditEntry.objects.get(action="orders.cancel").reason == "改主意了"
    with pytest.raises(OrderStateRefused):
        cancel_order(order_id=line.order_id, reason="again", by=SYSTEM)


def test_a_paid_order_is_refunded_not_cancelled(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"))
    with pytest.raises(OrderStateRefused):
        cancel_order(order_id=line.order_id, reason="x", by=SYSTEM)


def test_lines_are_completed_one_by_one_and_the_order_with_the_last(shop: Shop) -> None:
    first, second = shop.sell(shop.line("FIXED"), shop.line("LINE"))
    complete_order(order_id=first.order_id, completed_at=PAID + HOUR, line_nos=[1])
    assert Order.objects.get(id=first.order_id).state == "paid"
    complete_order(order_id=first.order_id, completed_at=PAID + 2 * HOUR)
    assert Order.objects.get(id=first.order_id).state == "completed"
    moments = OrderLine.objects.order_by("line_no").values_list("completed_at", flat=True)
    assert list(moments) == [PAID + HOUR, PAID + 2 * HOUR]
    due = EntryState.objects.get(line_id=second.id, distributor_id=shop.guide.id).due_at
    assert due == PAID + 2 * HOUR + timedelta(days=7)


def test_only_lines_of_the_order_can_be_completed(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"))
    with pytest.raises(InvalidField, match="line_nos"):
        complete_order(order_id=line.order_id, completed_at=PAID + HOUR, line_nos=[2])


def test_an_unpaid_line_cannot_be_refunded(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"), paid_at=None)
    with pytest.raises(LineNotPaid):
        give_back(line, 1, 1)


def test_refunded_goods_go_back_into_stock_unless_they_are_kept(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 3))
    give_back(line, 1, 10_000)
    give_back(line, 0, 500)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 998


def test_an_open_request_holds_the_commission_until_it_is_answered(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 2))
    request = open_refund_request(line_id=line.id, quantity=1, amount=10_000, reason="有瑕疵")
    with pytest.raises(RequestOpenAlready):
        open_refund_request(line_id=line.id, quantity=1, amount=10_000, reason="")
    with clock.at(PAID + timedelta(days=200)):
        assert release_due() is None
        close_refund_request(request_id=request.id, outcome="granted", by=SYSTEM)
        with pytest.raises(RequestClosed):
            close_refund_request(request_id=request.id, outcome="refused", by=SYSTEM)
        assert release_due() is not None
    assert amounts(line) == [("seller", 700), ("seller", -350)]
    assert shop.balances()["available"] == 350


def test_a_refused_request_gives_nothing_back(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"))
    request = open_refund_request(line_id=line.id, quantity=1, amount=10_000, reason="")
    closed = close_refund_request(request_id=request.id, outcome="refused", by=SYSTEM)
    assert (closed.state, amounts(line)) == ("refused", [("seller", 350)])
    with pytest.raises(InvalidField, match="outcome"):
        close_refund_request(request_id=request.id, outcome="maybe", by=SYSTEM)


def test_what_sells_is_counted_less_what_came_back(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED", 5))
    shop.sell(shop.line("FIXED", 2), paid_at=None)
    give_back(line, 1, 10_000)
    assert count_units_sold() == 1
    assert count_units_sold() == 0
    assert Sku.objects.get(code="FIXED").units_sold == 4
