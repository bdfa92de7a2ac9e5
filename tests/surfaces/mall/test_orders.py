"""The buyer's orders, from paying to having the goods, and money back."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, statements, text
from tests.trade.checkout.builders import Mall
from tests.trade.fulfilment.builders import CLERK
from yipan.kernel import clock
from yipan.trade.checkout.requests import Choice, Owner
from yipan.trade.fulfilment.actions import mark_ready, ship
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.models import Order, OrderLine, RefundRequest
from yipan.trade.orders.requests import PaymentRequest


@dataclass
class Buyer:
    """Somebody with orders."""

    mall: Mall
    phone: Phone
    owner: Owner

    def order(self, *, is_paid: bool = True, quantity: int = 2, pick_up: bool = False) -> Order:
        choice = Choice("pick_up", self.mall.shop_id) if pick_up else Choice()
        placed = self.mall.buy(self.owner, (self.mall.skus[0], quantity), choice=choice)
        if is_paid:
            payment = PaymentRequest(placed.order_id, clock.now(), "sandbox", placed.number)
            pay_orders(payments=[payment])
        found: Order = Order.objects.get(id=placed.order_id)
        return found

    def page(self, order: Order, more: str = "") -> str:
        answer = self.phone.get(f"orders/{order.id}/{more}")
        assert answer.status_code == 200
        return text(answer)


@pytest.fixture
def buyer(mall: Mall) -> Buyer:
    return Buyer(mall, *known_buyer(mall))


@pytest.fixture
def stranger(mall: Mall) -> Buyer:
    return Buyer(mall, *known_buyer(mall))


def way_of(order: Order) -> Fulfilment:
    found: Fulfilment = Fulfilment.objects.get(order_id=order.id)
    return found


def line_of(order: Order) -> OrderLine:
    found: OrderLine = order.lines.get()
    return found


def test_orders_are_listed_by_state(buyer: Buyer) -> None:
    unpaid = buyer.order(is_paid=False)
    paid = buyer.order()
    everything = text(buyer.phone.get("orders/"))
    assert everything.count('data-test="order-row"') == 2
    for tab, order in (("to_pay", unpaid), ("to_receive", paid)):
        page = text(buyer.phone.get("orders/", tab=tab))
        assert page.count('data-test="order-row"') == 1
        assert f"/orders/{order.id}/" in page
    assert "这里还没有订单" in text(buyer.phone.get("orders/", tab="refunds"))
    assert buyer.phone.get("orders/", tab="x").status_code == 200


def test_orders_are_searched_within_a_tab_and_a_tab_keeps_the_search(buyer: Buyer) -> None:
    order = buyer.order()
    found = text(buyer.phone.get("orders/", q=f" {order.number.lower()} "))
    assert found.count('data-test="order-row"') == 1
    assert re.search(rf'\?tab=to_receive&(amp;)?q={order.number.lower()}"', found)
    elsewhere = text(buyer.phone.get("orders/", q=order.number, tab="to_pay"))
    assert 'data-test="orders-empty"' in elsewhere
    assert order.number in elsewhere


def test_an_unpaid_order_can_be_paid_again_or_cancelled(buyer: Buyer) -> None:
    order = buyer.order(is_paid=False)
    page = buyer.page(order)
    assert order.number in page
    assert 'data-test="pay-again"' in page
    assert buyer.phone.get(f"orders/{order.id}/pay/")["Location"].startswith("/pay/sandbox/")
    assert "尚未支付" in buyer.page(order, "paid/")
    answer = buyer.phone.post(f"orders/{order.id}/cancel/")
    assert answer["Location"] == f"/m/acme/orders/{order.id}/"
    page = buyer.page(order)
    assert "订单已取消" in page
    assert 'data-test="pay-again"' not in page
    # Paying what is cancelled leads back to the order, which says so.
    answer = buyer.phone.get(f"orders/{order.id}/pay/")
    assert answer["Location"] == f"/m/acme/orders/{order.id}/"


def test_the_way_to_the_buyer_is_shown_and_ends_with_the_receipt(buyer: Buyer) -> None:
    order = buyer.order()
    assert 'data-test="confirm-receipt"' not in buyer.page(order)
    ship(fulfilment_id=way_of(order).id, carrier="顺丰速运", tracking_no="SF123", by=CLERK)
    page = buyer.page(order)
    assert "顺丰速运" in page
    assert "SF123" in page
    assert 'data-test="confirm-receipt"' in page
    key = "key-for-the-receipt"
    for _ in range(2):
        answer = buyer.phone.post(f"orders/{order.id}/received/", once=key)
        assert answer.status_code == 302
    assert 'data-test="confirm-receipt"' not in buyer.page(order)
    assert Order.objects.get(id=order.id).state == "completed"


def test_the_code_is_large_and_scans_once_it_is_paid_and_no_longer_afterwards(
    buyer: Buyer,
) -> None:
    unpaid = buyer.order(is_paid=False, pick_up=True)
    assert 'data-test="pick-up-code"' not in buyer.page(unpaid)
    assert buyer.phone.get(f"orders/{unpaid.id}/code.svg").status_code == 404
    order = buyer.order(pick_up=True)
    mark_ready(fulfilment_id=way_of(order).id, by=CLERK)
    page = buyer.page(order)
    assert re.search(r'data-test="pick-up-code">[\d ]{6,7}<', page)
    assert "上海一店" in page
    image = buyer.phone.get(f"orders/{order.id}/code.svg")
    assert image["Content-Type"] == "image/svg+xml"
    assert image["Cache-Control"] == "no-store"
    assert image.content.startswith((b"<?xml", b"<svg"))


def test_a_refund_is_asked_for_by_line_and_can_be_taken_back(buyer: Buyer) -> None:
    order = buyer.order(quantity=3)
    line = line_of(order)
    path = f"orders/{order.id}/lines/{line.id}/refund/"
    assert 'data-test="refund-request"' in buyer.page(order)
    page = text(buyer.phone.get(path))
    assert "¥135.00" in page
    # What one gets back follows the quantity.
    assert "¥45.00" in text(buyer.phone.fragment(path, quantity="1"))
    answer = buyer.phone.post(path, quantity="1", reason="质量问题", more="有划痕")
    assert answer["Location"] == f"/m/acme/orders/{order.id}/"
    asked = RefundRequest.objects.get()
    assert (asked.quantity, asked.amount, asked.reason) == (1, 4_500, "质量问题 有划痕")
    page = buyer.page(order)
    assert 'data-test="refund-state"' in page
    assert 'data-test="refund-request"' not in page
    assert text(buyer.phone.get("orders/", tab="refunds")).count("order-row") == 1
    answer = buyer.phone.post(f"refunds/{asked.id}/withdraw/", order=str(order.id))
    assert answer["Location"] == f"/m/acme/orders/{order.id}/"
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert 'data-test="refund-request"' in buyer.page(order)


def test_a_request_that_is_refused_is_shown_again_with_the_reason(buyer: Buyer) -> None:
    order = buyer.order(quantity=2)
    path = f"orders/{order.id}/lines/{line_of(order).id}/refund/"
    for form in ({"quantity": "9", "reason": "x"}, {"quantity": "1", "reason": ""}):
        answer = buyer.phone.post(path, **form)
        assert answer.status_code == 422
        assert 'data-test="refund-submit"' in text(answer)
    assert not RefundRequest.objects.exists()


def test_nothing_of_anothers_order_is_there(buyer: Buyer, stranger: Buyer) -> None:
    order = buyer.order(pick_up=True)
    line = line_of(order)
    buyer.phone.post(f"orders/{order.id}/lines/{line.id}/refund/", quantity="1", reason="x")
    asked = RefundRequest.objects.get()
    for path in ("", "pay/", "paid/", "code.svg", f"lines/{line.id}/refund/"):
        assert stranger.phone.get(f"orders/{order.id}/{path}").status_code == 404, path
    for path in (
        f"orders/{order.id}/cancel/",
        f"orders/{order.id}/received/",
        f"orders/{order.id}/lines/{line.id}/refund/",
        f"refunds/{asked.id}/withdraw/",
    ):
        answer = stranger.phone.post(path, quantity="1", reason="x")
        assert answer.status_code == 404, path
    own = stranger.order()
    assert stranger.phone.get(f"orders/{own.id}/lines/{line.id}/refund/").status_code == 404
    answer = stranger.phone.post(
        f"orders/{own.id}/lines/{line.id}/refund/", quantity="1", reason="x"
    )
    assert answer.status_code == 404
    assert f"/orders/{order.id}/" not in text(stranger.phone.get("orders/"))
    asked.refresh_from_db()
    assert asked.state == "open"


def test_whoever_is_not_signed_in_is_sent_to_do_so(buyer: Buyer) -> None:
    order = buyer.order()
    visitor = Phone.new()
    for path in ("orders/", f"orders/{order.id}/", f"orders/{order.id}/paid/", "me/addresses/"):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/m/acme/sign-in/")
    answer = visitor.post(f"orders/{order.id}/cancel/", headers=HTMX)
    assert answer["HX-Redirect"].startswith("/m/acme/sign-in/")


def test_private_pages_are_kept_and_listed_by_nobody(buyer: Buyer) -> None:
    order = buyer.order()
    for path in ("basket/", "orders/", f"orders/{order.id}/", "me/", "me/addresses/"):
        answer = buyer.phone.get(path)
        assert answer["Cache-Control"] == "no-store", path
        assert answer["X-Robots-Tag"] == "noindex", path
        assert '<meta name="robots" content="noindex' in text(answer), path
    assert "no-store" not in buyer.phone.get("")["Cache-Control"]


def test_statements_do_not_grow_with_orders(buyer: Buyer) -> None:
    order = buyer.order()
    few = statements(buyer.phone, "orders/"), statements(buyer.phone, f"orders/{order.id}/")
    for _ in range(4):
        buyer.order()
    assert few == (
        statements(buyer.phone, "orders/"),
        statements(buyer.phone, f"orders/{order.id}/"),
    )
    assert max(few) <= 14, few
