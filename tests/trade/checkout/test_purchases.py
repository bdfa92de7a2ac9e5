"""What buyers see of their purchases, and do with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.customers.members.builders import make_member
from tests.goods.stock.builders import quantity_of
from tests.trade.checkout.builders import Mall
from yipan.goods.catalogue.models import Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.trade.checkout.actions import (
    ask_refund,
    cancel_purchase,
    confirm_receipt,
    withdraw_refund_request,
)
from yipan.trade.checkout.queries import (
    Purchase,
    Tab,
    purchase,
    purchase_counts,
    purchases,
    refund_offer,
)
from yipan.trade.checkout.requests import Choice, Owner, Placed
from yipan.trade.fulfilment.actions import hand_over, mark_ready, ship
from yipan.trade.fulfilment.errors import FulfilmentStateRefused
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.sealing import code_of
from yipan.trade.orders.actions import close_refund_request
from yipan.trade.orders.errors import (
    LineNotPaid,
    OrderStateRefused,
    RefundExceedsQuantity,
    RequestClosed,
    RequestOpenAlready,
)
from yipan.trade.orders.models import Refund, RefundRequest
from yipan.trade.payments.actions import make_repayments, settle
from yipan.trade.payments.models import PaymentIntent, Repayment
from yipan.trade.payments.providers.registry import Outcome, Settled


def pay(placed: Placed) -> None:
    intent = PaymentIntent.objects.get(id=placed.intent_id)
    word = Settled(intent.reference, Outcome.PAID, intent.amount, "CNY", f"T-{intent.id}")
    settle(provider="sandbox", settled=word)


def way_of(placed: Placed) -> Fulfilment:
    found: Fulfilment = Fulfilment.objects.get(order_id=placed.order_id)
    return found


def seen(placed: Placed, owner: Owner) -> Purchase:
    return purchase(placed.order_id, member_id=owner.member_id or 0)


def test_a_delivery_is_seen_from_the_order_to_the_receipt(mall: Mall) -> None:
    owner = mall.buyer()
    placed = mall.buy(owner, (mall.skus[0], 2), note="请放门口")
    found = seen(placed, owner)
    assert (found.state, found.total, found.freight) == ("to_pay", 10_000, 1_000)
    assert found.pay_before == found.placed_at + timedelta(minutes=30)
    assert (found.can.pay, found.can.cancel, found.can.ask_refund) == (True, True, False)
    assert found.delivery is not None
    assert found.delivery.phone == "13800138000"
    assert (found.method, found.note, found.shop_name) == ("delivery", "请放门口", "上海一店")
    pay(placed)
    found = seen(placed, owner)
    assert (found.state, found.provider, found.pay_before) == ("to_ship", "sandbox", None)
    assert (found.can.pay, found.can.cancel, found.can.ask_refund) == (False, False, True)
    ship(fulfilment_id=way_of(placed).id, carrier="顺丰", tracking_no="SF1", by=SYSTEM)
    found = seen(placed, owner)
    assert (found.state, found.can.confirm_receipt) == ("shipped", True)
    assert (found.carrier, found.tracking_no) == ("顺丰", "SF1")
    confirm_receipt(order_id=placed.order_id, member_id=owner.member_id or 0)
    found = seen(placed, owner)
    assert (found.state, found.can.confirm_receipt) == ("received", False)
    assert [step.code for step in found.steps] == ["received", "shipped", "paid", "placed"]


def test_the_code_of_a_pick_up_is_told_from_the_payment_to_the_hand_over(mall: Mall) -> None:
    owner = mall.buyer()
    placed = mall.buy(owner, (mall.skus[0], 1), choice=Choice("pick_up", pick_up_at=mall.shop_id))
    codes = [seen(placed, owner).pick_up]
    pay(placed)
    codes.append(seen(placed, owner).pick_up)
    assert seen(placed, owner).state == "to_pick_up"
    mark_ready(fulfilment_id=way_of(placed).id, by=SYSTEM)
    assert seen(placed, owner).state == "ready"
    code = code_of(way_of(placed))
    hand_over(fulfilment_id=way_of(placed).id, code=code, by=SYSTEM)
    codes.append(seen(placed, owner).pick_up)
    assert [each and each.code for each in codes] == ["", code, ""]
    assert seen(placed, owner).state == "received"


def test_the_list_shows_the_own_purchases_newest_first_by_tab(mall: Mall) -> None:
    owner, other = mall.buyer(), mall.buyer()
    mall.buy(other, (mall.skus[0], 1))
    unpaid = mall.buy(owner, *[(sku, 1) for sku in (*mall.skus, mall.shop.skus["FIXED"])])
    with clock.at(clock.now() + timedelta(seconds=5)):
        paid = mall.buy(owner, (mall.skus[0], 1))
        pay(paid)
    member_id = owner.member_id or 0
    found = purchases(member_id=member_id)
    assert [card.order_id for card in found.items] == [paid.order_id, unpaid.order_id]
    assert (len(found.items[1].lines), found.items[1].more_lines) == (3, 1)
    by_tab = {
        tab: [card.order_id for card in purchases(member_id=member_id, tab=tab).items]
        for tab in Tab
    }
    assert by_tab[Tab.TO_PAY] == [unpaid.order_id]
    assert by_tab[Tab.TO_RECEIVE] == [paid.order_id]
    assert by_tab[Tab.DONE] == by_tab[Tab.REFUNDS] == []
    assert purchase_counts(member_id) == {Tab.TO_PAY: 1, Tab.TO_RECEIVE: 1, Tab.REFUNDS: 0}
    first = purchases(member_id=member_id, limit=1)
    second = purchases(member_id=member_id, limit=1, cursor=first.next_cursor)
    assert [card.order_id for card in second.items] == [unpaid.order_id]


def test_a_purchase_is_found_by_its_number_and_by_what_was_bought(mall: Mall) -> None:
    owner, other = mall.buyer(), mall.buyer()
    scarf = mall.shop.skus["FIXED"]
    Sku.objects.filter(pk=scarf.pk).update(name="云锦披肩 Scarf")
    one = mall.buy(owner, (mall.skus[0], 1))
    fixed = mall.buy(owner, (scarf, 1))
    mall.buy(other, (mall.skus[0], 1))
    member_id = owner.member_id or 0

    def found(text: str, tab: Tab = Tab.ALL) -> list[int]:
        return [each.order_id for each in purchases(member_id=member_id, tab=tab, text=text).items]

    assert found(one.number) == found(one.number.lower()) == [one.order_id]
    assert found("披肩") == found("scarf") == [fixed.order_id]
    assert found("披肩", Tab.DONE) == found("%") == found("no such") == []


def test_the_list_takes_as_many_statements_for_many_purchases_as_for_one(mall: Mall) -> None:
    owner = mall.buyer()
    counts = []
    for more in (1, 6):
        for _ in range(more):
            pay(mall.buy(owner, *[(sku, 1) for sku in mall.skus]))
        with CaptureQueriesContext(connection) as captured:
            purchases(member_id=owner.member_id or 0)
        counts.append(len(captured))
    assert counts == [5, 5]
    with CaptureQueriesContext(connection) as captured:
        purchase(purchases(member_id=owner.member_id or 0).items[0].order_id,
                 member_id=owner.member_id or 0)  # fmt: skip
    assert len(captured) - 5 <= 7


def test_an_unpaid_purchase_is_cancelled_by_its_buyer_and_the_goods_go_back(mall: Mall) -> None:
    owner = mall.buyer()
    placed = mall.buy(owner, (mall.skus[0], 2))
    cancel_purchase(order_id=placed.order_id, member_id=owner.member_id or 0, reason="不想要了")
    assert seen(placed, owner).state == "cancelled"
    assert quantity_of(mall.shop.location, mall.skus[0]) == 100
    assert PaymentIntent.objects.get().state == "expired"
    paid = mall.buy(owner, (mall.skus[0], 2))
    pay(paid)
    with pytest.raises(OrderStateRefused):
        cancel_purchase(order_id=paid.order_id, member_id=owner.member_id or 0)


def test_a_refund_is_asked_for_granted_and_given_back(mall: Mall) -> None:
    owner = mall.buyer()
    member_id = owner.member_id or 0
    placed = mall.buy(owner, (mall.skus[0], 3))
    pay(placed)
    (line,) = seen(placed, owner).lines
    assert (line.refundable_quantity, line.refundable_amount) == (3, 13_500)
    assert refund_offer(placed.order_id, line.line_id, 2, member_id=member_id) == 9_000
    request_id = ask_refund(
        order_id=placed.order_id, line_id=line.line_id, member_id=member_id, quantity=2,
        reason="色差",
    )  # fmt: skip
    with pytest.raises(RequestOpenAlready):
        ask_refund(
            order_id=placed.order_id, line_id=line.line_id, member_id=member_id, quantity=1,
            reason="色差",
        )  # fmt: skip
    assert seen(placed, owner).lines[0].open_request_id == request_id
    close_refund_request(request_id=request_id, outcome="granted", by=SYSTEM, answer="好的")
    found = seen(placed, owner)
    assert (found.refunded, found.requests[0].state, found.requests[0].answer) == (
        9_000, "granted", "好的",
    )  # fmt: skip
    assert Repayment.objects.get().amount == 9_000
    make_repayments()
    last = ask_refund(
        order_id=placed.order_id, line_id=line.line_id, member_id=member_id, quantity=1,
        reason="色差",
    )  # fmt: skip
    close_refund_request(request_id=last, outcome="granted", by=SYSTEM)
    assert seen(placed, owner).state == "refunded"
    assert sum(Refund.objects.values_list("amount", flat=True)) == 13_500


def test_a_request_can_be_taken_back_and_made_again(mall: Mall) -> None:
    owner = mall.buyer()
    member_id = owner.member_id or 0
    placed = mall.buy(owner, (mall.skus[0], 1))
    pay(placed)
    line_id = seen(placed, owner).lines[0].line_id
    ask = {"order_id": placed.order_id, "line_id": line_id, "member_id": member_id}
    request_id = ask_refund(**ask, quantity=1, reason="色差")
    withdraw_refund_request(request_id=request_id, member_id=member_id)
    with pytest.raises(RequestClosed):
        withdraw_refund_request(request_id=request_id, member_id=member_id)
    assert RefundRequest.objects.get().state == "withdrawn"
    assert ask_refund(**ask, quantity=1, reason="还是要退") != request_id


def test_no_more_than_was_bought_and_paid_can_be_asked_back(mall: Mall) -> None:
    owner = mall.buyer()
    member_id = owner.member_id or 0
    placed = mall.buy(owner, (mall.skus[0], 2))
    line_id = seen(placed, owner).lines[0].line_id
    ask = {"order_id": placed.order_id, "line_id": line_id, "member_id": member_id}
    with pytest.raises(LineNotPaid):
        ask_refund(**ask, quantity=1, reason="色差")
    pay(placed)
    for quantity in (0, -1, 3):
        with pytest.raises(RefundExceedsQuantity):
            ask_refund(**ask, quantity=quantity, reason="色差")
    with pytest.raises(InvalidField):
        ask_refund(**ask, quantity=1, reason=" ")


def test_purchases_of_another_member_are_not_there(mall: Mall) -> None:
    owner, other = mall.buyer(), make_member().id
    placed = mall.buy(owner, (mall.skus[0], 1))
    pay(placed)
    line_id = seen(placed, owner).lines[0].line_id
    request_id = ask_refund(
        order_id=placed.order_id, line_id=line_id, member_id=owner.member_id or 0, quantity=1,
        reason="色差",
    )  # fmt: skip
    order_id = placed.order_id
    acts: list[Callable[[], object]] = [
        lambda: purchase(order_id, member_id=other),
        lambda: refund_offer(order_id, line_id, 1, member_id=other),
        lambda: cancel_purchase(order_id=order_id, member_id=other),
        lambda: confirm_receipt(order_id=order_id, member_id=other),
        lambda: ask_refund(
            order_id=order_id, line_id=line_id, member_id=other, quantity=1, reason="x"
        ),
        lambda: withdraw_refund_request(request_id=request_id, member_id=other),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert purchases(member_id=other).items == []


def test_what_was_not_sent_is_not_received(mall: Mall) -> None:
    owner = mall.buyer()
    placed = mall.buy(owner, (mall.skus[0], 1))
    pay(placed)
    with pytest.raises(FulfilmentStateRefused):
        confirm_receipt(order_id=placed.order_id, member_id=owner.member_id or 0)


def test_a_purchase_at_a_till_is_in_the_list_too(mall: Mall) -> None:
    (line,) = mall.shop.sell(mall.shop.line("FIXED"), member_id=make_member().id)
    found = purchase(line.order_id, member_id=line.order.member_id or 0)
    assert (found.state, found.method, found.steps) == ("received", "", ())
