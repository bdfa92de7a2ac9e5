"""From a basket to an order: exactly what the buyer saw, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.timezone import localtime

from yipan.customers.members.actor import member_actor
from yipan.customers.members.address_book import address_of
from yipan.customers.members.addresses import AddressDetails
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.ids import next_id
from yipan.kernel.money import CNY
from yipan.kernel.uow import unit_of_work
from yipan.trade.checkout.actions.baskets import MOST_LINES, take_from_basket
from yipan.trade.checkout.errors import (
    AddressNeeded,
    BasketFull,
    NotForSale,
    NothingToOrder,
    PickUpStoreUnknown,
    QuantityRefused,
    QuoteChanged,
    SignInNeeded,
)
from yipan.trade.checkout.policy import policy_for
from yipan.trade.checkout.queries.quoting import quote
from yipan.trade.checkout.requests import Choice, Owner, Placed, Seen, Wanted
from yipan.trade.checkout.rules import Change, LineState, Quote, changes_between
from yipan.trade.fulfilment.actions import open_fulfilment
from yipan.trade.fulfilment.rules import Method
from yipan.trade.orders.actions import capture_orders, pay_orders
from yipan.trade.orders.errors import OutOfStock
from yipan.trade.orders.requests import LineRequest, OrderRequest, PaymentRequest
from yipan.trade.payments.actions import open_intent

CHANNEL: Final = "mall"
FREE: Final = "free"
"""Provider of the payment of an order that costs nothing."""


class _Way(NamedTuple):
    """Who sells, from where the goods are taken, and who gives them out."""

    seller_code: str
    location_code: str
    giver_id: int


def place_order(
    *,
    shop_id: int,
    owner: Owner,
    seen: Sequence[Seen],
    total: int,
    choice: Choice,
    provider: str,
    distributor_code: str = "",
    campaign: str = "",
    note: str = "",
    return_url: str = "",
) -> Placed:
    """Order what the buyer saw, for exactly the `total` fen that were shown.

    Quoted anew inside the transaction: if a price, the stock or the freight moved, nothing is
    ordered and QuoteChanged says what. Order, stock, fulfilment, the attempt to pay and the basket
    are one unit of work; the number of statements does not depend on the number of lines.

    The organisation that sells is the shop; of a pick-up elsewhere, and in a shop above the
    companies, whoever holds the goods. The browser's name goes along, so that attribution finds
    the touch. Raises SignInNeeded, AddressNeeded, PickUpStoreUnknown, NothingToOrder,
    QuantityRefused, BasketFull, NotForSale, QuoteChanged, ProviderUnknown, InvalidField, NotFound.
    """
    if owner.member_id is None:
        raise SignInNeeded
    member_id = owner.member_id
    _check(shop_id, seen, choice)
    with unit_of_work():
        address = _address(choice, member_id)
        now_quoted = _quoted(shop_id, seen, choice)
        changes = changes_between(seen, total, now_quoted)
        if changes:
            raise QuoteChanged(changes)
        way = _way(now_quoted)
        request = _request(now_quoted, way, owner, distributor_code, campaign)
        order_id = _captured(request, now_quoted, shop_id, member_actor(member_id))
        open_fulfilment(
            order_id=order_id,
            order_number=request.number,
            organisation_id=way.giver_id,
            member_id=member_id,
            method=Method(choice.method),
            address=address,
            note=note,
            by=member_actor(member_id),
        )
        take_from_basket(owner=owner, shop_id=shop_id, sku_ids=[each.sku_id for each in seen])
        intent_id = _to_be_paid(order_id, request, total, provider, return_url)
    return Placed(order_id, request.number, total, intent_id, intent_id is None)


def _check(shop_id: int, seen: Sequence[Seen], choice: Choice) -> None:
    if not seen:
        raise NothingToOrder
    if len(seen) > MOST_LINES:
        raise BasketFull(most=MOST_LINES)
    most = policy_for(tree().node(shop_id).lineage, clock.now()).most_units
    if not all(1 <= each.quantity <= most for each in seen):
        raise QuantityRefused(most=most)
    if len({each.sku_id for each in seen}) < len(seen):
        raise InvalidField(field="seen", reason="a SKU is named twice")
    if choice.method not in set(Method):
        raise InvalidField(field="method", reason="is delivery or pick_up")


def _address(choice: Choice, member_id: int) -> AddressDetails | None:
    """Where a delivery goes; it must be in the member's own address book."""
    if choice.method != Method.DELIVERY:
        return None
    if choice.address_id is None:
        raise AddressNeeded
    return address_of(choice.address_id, member_id=member_id).details


def _quoted(shop_id: int, seen: Sequence[Seen], choice: Choice) -> Quote:
    wanted = [Wanted(each.sku_id, each.quantity) for each in seen]
    try:
        found = quote(shop_id=shop_id, wanted=wanted, is_member=True, choice=choice)
    except NotForSale as gone:
        sku_id = gone.data["sku_id"]
        change = Change(LineState.OFF_SALE.value, "", sku_id if isinstance(sku_id, int) else None)
        raise QuoteChanged([change]) from None
    return found


def _way(quoted: Quote) -> _Way:
    if quoted.choice.method == Method.PICK_UP:
        store = quoted.store
        if store is None:
            raise PickUpStoreUnknown
        return _Way(store.code, store.location_code, store.organisation_id)
    source = quoted.delivery
    assert source is not None  # noqa: S101 - a quote that can be placed has one
    return _Way(source.seller_code, source.location_code, source.organisation_id)


def _request(
    quoted: Quote, way: _Way, owner: Owner, distributor_code: str, campaign: str
) -> OrderRequest:
    now = clock.now()
    return OrderRequest(
        channel=CHANNEL,
        # The day for people, the rest for uniqueness: ids rise by far fewer than 10⁸ a day.
        number=f"M{localtime(now):%y%m%d}{next_id() % 10**8:08d}",
        organisation=way.seller_code,
        lines=tuple(
            LineRequest(line.code, line.quantity, line.unit_price, line.price_kind)
            for line in quoted.lines
        ),
        placed_at=now,
        member_id=owner.member_id,
        visitor=owner.visitor,
        distributor_code=distributor_code.strip(),
        campaign=campaign,
        freight=quoted.freight,
        location=way.location_code,
    )


def _captured(request: OrderRequest, quoted: Quote, shop_id: int, by: Actor) -> int:
    (captured,) = capture_orders(requests=[request], by=by)
    if captured.order_id is not None:
        return captured.order_id
    if not isinstance(captured.error, OutOfStock):
        assert captured.error is not None  # noqa: S101 - one of the two is there
        raise captured.error
    # Somebody was faster between the quote and the stock: look again, and say what is gone.
    seen = quoted.seen
    again = _quoted(shop_id, seen, quoted.choice)
    changes = changes_between(seen, quoted.total, again)
    raise QuoteChanged(
        changes
        or [Change(LineState.SOLD_OUT.value, line.name, line.sku_id) for line in quoted.lines]
    )


def _to_be_paid(
    order_id: int, request: OrderRequest, total: int, provider: str, return_url: str
) -> int | None:
    if total == 0:
        payment = PaymentRequest(order_id, request.placed_at, FREE, request.number)
        pay_orders(payments=[payment])
        return None
    intent = open_intent(
        order_id=order_id,
        number=request.number,
        organisation_id=tree().by_code[request.organisation].id,
        amount=total,
        currency=CNY,
        placed_at=request.placed_at,
        provider=provider,
        return_url=return_url,
    )
    return intent.id
