"""Orders on their way."""

from __future__ import annotations

from tests.trade.orders.builders import Shop
from tests.trade.payments.builders import unpaid_order
from yipan.customers.members.addresses import AddressDetails
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM, Actor, ActorKind
from yipan.trade.fulfilment.actions import mark_ready, open_fulfilment, ship
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import Method
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.models import Order
from yipan.trade.orders.requests import PaymentRequest

CLERK = Actor(ActorKind.PERSON, 7, "clerk")
HOME = AddressDetails(
    recipient="王小明",
    phone="13800138000",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    street="文三路 1 号",
)


def on_its_way(
    shop: Shop, method: Method = Method.DELIVERY, *, is_paid: bool = True, quantity: int = 2
) -> tuple[Order, Fulfilment]:
    """An order of the shop with its fulfilment."""
    order = unpaid_order(shop, quantity=quantity)
    fulfilment = open_fulfilment(
        order_id=order.id,
        order_number=order.number,
        organisation_id=order.organisation_id,
        member_id=order.member_id or 0,
        method=method,
        address=HOME if method is Method.DELIVERY else None,
        note="请放门口",
        by=SYSTEM,
    )
    if is_paid:
        pay_orders(payments=[PaymentRequest(order.id, clock.now(), "sandbox", f"T-{order.id}")])
        order.refresh_from_db()
    return order, fulfilment


def shipped(shop: Shop) -> tuple[Order, Fulfilment]:
    """An order under way."""
    order, fulfilment = on_its_way(shop)
    ship(fulfilment_id=fulfilment.id, carrier="顺丰速运", tracking_no="SF1", by=CLERK)
    return order, fulfilment


def ready(shop: Shop) -> tuple[Order, Fulfilment]:
    """An order that waits at the store."""
    order, fulfilment = on_its_way(shop, Method.PICK_UP)
    mark_ready(fulfilment_id=fulfilment.id, by=CLERK)
    fulfilment.refresh_from_db()
    return order, fulfilment
