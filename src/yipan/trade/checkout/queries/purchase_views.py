"""Purchases as buyers see them: put together from what was read. Amounts in fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yipan.goods.catalogue.queries import SkuCard
from yipan.kernel import clock
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.queries import Step
from yipan.trade.fulfilment.rules import Method, State
from yipan.trade.fulfilment.sealing import address_of, code_of
from yipan.trade.orders.buying import figures_of
from yipan.trade.orders.models import Order, OrderLine, RefundRequest, RequestState
from yipan.trade.orders.rules import OrderState, refund_share
from yipan.trade.payments.actions.begin import TIME_TO_PAY
from yipan.trade.payments.models import Payment

SHOWN_LINES: Final = 3
"""Of an order in the list."""


class Tab(StrEnum):
    """Which purchases a list shows."""

    ALL = "all"
    TO_PAY = "to_pay"
    TO_RECEIVE = "to_receive"
    DONE = "done"
    REFUNDS = "refunds"


class PurchaseState(StrEnum):
    """Where a purchase stands, for its buyer."""

    TO_PAY = "to_pay"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    TO_PICK_UP = "to_pick_up"
    """Paid; the store puts the goods aside."""
    READY = "ready"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    """All of the money was given back."""


STATE_WORDS: Final[Mapping[PurchaseState, str | Promise]] = {
    PurchaseState.TO_PAY: _("Waiting for payment"),
    PurchaseState.TO_SHIP: _("Being prepared"),
    PurchaseState.SHIPPED: _("On its way"),
    PurchaseState.TO_PICK_UP: _("Being put aside"),
    PurchaseState.READY: _("Ready for pick-up"),
    PurchaseState.RECEIVED: pgettext_lazy("purchase", "Received"),
    PurchaseState.CANCELLED: pgettext_lazy("purchase", "Cancelled"),
    PurchaseState.REFUNDED: pgettext_lazy("purchase", "Refunded"),
}


class Possible(NamedTuple):
    """What the buyer can do with a purchase now."""

    pay: bool
    cancel: bool
    confirm_receipt: bool
    ask_refund: bool


class PurchaseLine(NamedTuple):
    """One line of a purchase."""

    line_id: int
    line_no: int
    sku_id: int
    product_id: int
    name: str
    specification: dict[str, Any]
    picture: str
    quantity: int
    unit_price: int
    net_amount: int
    """Paid for the line, without freight."""
    refunded_quantity: int
    refunded_amount: int
    refundable_quantity: int
    refundable_amount: int
    """For all the refundable units."""
    open_request_id: int | None
    can_ask_refund: bool


class RequestView(NamedTuple):
    """A refund request as its buyer sees it."""

    request_id: int
    line_id: int
    name: str
    quantity: int
    amount: int
    state: str
    state_words: str
    reason: str
    answer: str
    opened_at: datetime
    closed_at: datetime | None


class AddressLines(NamedTuple):
    """Where the parcel goes: the buyer's own data, in full."""

    recipient: str
    phone: str
    text: str


class PickUp(NamedTuple):
    """Where the goods are picked up."""

    store_name: str
    city: str
    address: str
    code: str
    """Six digits; empty before it is paid and after it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCard:
    """A purchase as the list shows it."""

    order_id: int
    number: str
    shop_name: str
    shop_code: str
    state: PurchaseState
    state_words: str | Promise
    placed_at: datetime
    pay_before: datetime | None
    """While it waits for its payment."""
    total: int
    """Goods and freight."""
    units: int
    lines: tuple[PurchaseLine, ...]
    more_lines: int
    """That the card does not show."""
    can: Possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase(PurchaseCard):
    """A purchase with everything that its buyer wants to know."""

    goods: int
    discount: int
    freight: int
    refunded: int
    paid_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    provider: str
    """That took the money; empty before it is paid."""
    method: str
    """`delivery`, `pick_up`, or empty for a purchase at a till."""
    delivery: AddressLines | None
    pick_up: PickUp | None
    carrier: str
    tracking_no: str
    note: str
    steps: tuple[Step, ...]
    """Newest first."""
    requests: tuple[RequestView, ...]
    """Newest first."""


def state_of(order: Order, lines: Sequence[PurchaseLine], way: Fulfilment | None) -> PurchaseState:
    """Where a purchase stands."""
    if order.state == OrderState.CANCELLED:
        return PurchaseState.CANCELLED
    if order.state == OrderState.CAPTURED:
        return PurchaseState.TO_PAY
    if lines and all(line.refunded_amount == line.net_amount for line in lines):
        return PurchaseState.REFUNDED
    if order.state == OrderState.COMPLETED or way is None:
        return PurchaseState.RECEIVED
    return _BY_WAY[State(way.state), Method(way.method)]


_BY_WAY: Final = {
    (State.WAITING, Method.DELIVERY): PurchaseState.TO_SHIP,
    (State.PACKED, Method.DELIVERY): PurchaseState.TO_SHIP,
    (State.SHIPPED, Method.DELIVERY): PurchaseState.SHIPPED,
    (State.RECEIVED, Method.DELIVERY): PurchaseState.RECEIVED,
    (State.CANCELLED, Method.DELIVERY): PurchaseState.REFUNDED,
    (State.WAITING, Method.PICK_UP): PurchaseState.TO_PICK_UP,
    (State.READY, Method.PICK_UP): PurchaseState.READY,
    (State.HANDED_OVER, Method.PICK_UP): PurchaseState.RECEIVED,
    (State.CANCELLED, Method.PICK_UP): PurchaseState.REFUNDED,
}


def line_of(
    line: OrderLine,
    order: Order,
    asked: Sequence[RefundRequest],
    shown: Mapping[int, SkuCard],
) -> PurchaseLine:
    """One line, with what can still be asked back of it."""
    figures = figures_of(line, OrderState(order.state))
    left = line.quantity - line.refunded_quantity
    amount = refund_share(figures, left) if left else 0
    open_id = next(
        (each.id for each in asked if each.line_id == line.id and each.state == RequestState.OPEN),
        None,
    )
    is_paid = order.state in {OrderState.PAID, OrderState.COMPLETED}
    card = shown.get(line.sku_id)
    return PurchaseLine(
        line_id=line.id,
        line_no=line.line_no,
        sku_id=line.sku_id,
        product_id=line.sku.product_id,
        name=line.sku.name,
        specification=line.sku.specification,
        picture=card.picture if card else "",
        quantity=line.quantity,
        unit_price=line.unit_price,
        net_amount=line.net_amount,
        refunded_quantity=line.refunded_quantity,
        refunded_amount=line.refunded_amount,
        refundable_quantity=left if is_paid else 0,
        refundable_amount=amount if is_paid else 0,
        open_request_id=open_id,
        can_ask_refund=is_paid and amount > 0 and open_id is None,
    )


def card_of(order: Order, lines: Sequence[PurchaseLine], way: Fulfilment | None) -> PurchaseCard:
    """A purchase for the list."""
    return PurchaseCard(**_common(order, lines, way, most=SHOWN_LINES))


def purchase_of(
    order: Order,
    lines: Sequence[PurchaseLine],
    way: Fulfilment | None,
    *,
    steps: tuple[Step, ...],
    asked: Sequence[RefundRequest],
    payment: Payment | None,
) -> Purchase:
    """A purchase with everything."""
    names = {line.line_id: line.name for line in lines}
    return Purchase(
        **_common(order, lines, way, most=len(lines)),
        goods=order.goods_amount,
        discount=order.discount_amount,
        freight=order.freight_amount,
        refunded=sum(line.refunded_amount for line in lines),
        paid_at=order.paid_at,
        completed_at=order.completed_at,
        cancelled_at=order.cancelled_at,
        provider=payment.provider if payment else "",
        method=way.method if way else "",
        delivery=_delivery(way),
        pick_up=_pick_up(way, order),
        carrier=way.carrier if way else "",
        tracking_no=way.tracking_no if way else "",
        note=way.note if way else "",
        steps=steps,
        requests=tuple(_request(each, names) for each in asked),
    )


def _common(
    order: Order, lines: Sequence[PurchaseLine], way: Fulfilment | None, *, most: int
) -> dict[str, Any]:
    state = state_of(order, lines, way)
    pay_before = order.placed_at + TIME_TO_PAY if state is PurchaseState.TO_PAY else None
    return {
        "order_id": order.id,
        "number": order.number,
        "shop_name": order.organisation.name,
        "shop_code": order.organisation.code,
        "state": state,
        "state_words": STATE_WORDS[state],
        "placed_at": order.placed_at,
        "pay_before": pay_before,
        "total": order.net_amount + order.freight_amount,
        "units": sum(line.quantity for line in lines),
        "lines": tuple(lines[:most]),
        "more_lines": max(0, len(lines) - most),
        "can": Possible(
            # Only what was ordered in the mall has a cashier of ours.
            pay=pay_before is not None and way is not None and clock.now() < pay_before,
            cancel=state is PurchaseState.TO_PAY and way is not None,
            confirm_receipt=state is PurchaseState.SHIPPED,
            ask_refund=any(line.can_ask_refund for line in lines),
        ),
    }


def _delivery(way: Fulfilment | None) -> AddressLines | None:
    details = address_of(way) if way else None
    return AddressLines(details.recipient, details.phone, details.place) if details else None


def _pick_up(way: Fulfilment | None, order: Order) -> PickUp | None:
    if way is None or way.method != Method.PICK_UP:
        return None
    waits = order.state == OrderState.PAID and way.state in {State.WAITING, State.READY}
    store = way.organisation
    return PickUp(store.name, store.city, store.address, code_of(way) if waits else "")


def _request(request: RefundRequest, names: Mapping[int, str]) -> RequestView:
    return RequestView(
        request_id=request.id,
        line_id=request.line_id,
        name=names[request.line_id],
        quantity=request.quantity,
        amount=request.amount,
        state=request.state,
        state_words=request.get_state_display(),
        reason=request.reason,
        answer=request.answer,
        opened_at=request.opened_at,
        closed_at=request.closed_at,
    )
