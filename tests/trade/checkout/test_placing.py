"""From a basket to an order: exactly what was seen, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_price
from tests.goods.stock.builders import make_stock, quantity_of
from tests.trade.checkout.builders import VISITOR, Mall, address_of, open_mall
from yipan.customers.members.address_book import save_address
from yipan.distribution.attribution.models import Decision
from yipan.distribution.commissions.models import Entry
from yipan.distribution.sharing.actions import LinkWish, open_link, share
from yipan.goods.catalogue.actions import deactivate_sku
from yipan.goods.stock.actions import create_location
from yipan.goods.stock.models import LocationKind
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.checkout.actions import add_to_basket, place_order
from yipan.trade.checkout.errors import (
    AddressNeeded,
    NothingToOrder,
    QuantityRefused,
    QuoteChanged,
    SignInNeeded,
)
from yipan.trade.checkout.models import BasketLine
from yipan.trade.checkout.policy import set_checkout_policy
from yipan.trade.checkout.queries import basket_count
from yipan.trade.checkout.requests import Choice, Owner, Placed, Seen
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.sealing import address_of as address_sent_to
from yipan.trade.orders.models import Order
from yipan.trade.payments.actions import settle
from yipan.trade.payments.errors import ProviderUnknown
from yipan.trade.payments.models import PaymentIntent
from yipan.trade.payments.providers.registry import Outcome, Settled


def refusal(place: Callable[[], Placed]) -> list[tuple[str, int | None]]:
    """What changed, as the buyer is told; nothing was left behind."""
    before = Order.objects.count(), Fulfilment.objects.count(), PaymentIntent.objects.count()
    with pytest.raises(QuoteChanged) as refused:
        place()
    after = Order.objects.count(), Fulfilment.objects.count(), PaymentIntent.objects.count()
    assert before == after
    assert str(refused.value)
    return [(change.what, change.now) for change in refused.value.changes]


def test_an_order_is_placed_for_exactly_what_was_shown(mall: Mall) -> None:
    owner = mall.buyer()
    first, second, _ = mall.skus
    quoted = mall.quote((first, 2), (second, 1))
    assert (quoted.goods, quoted.freight, quoted.total) == (13_500, 0, 13_500)
    placed = mall.place(owner, quoted, note="请放门口")
    order = Order.objects.get(id=placed.order_id)
    intent = PaymentIntent.objects.get(id=placed.intent_id)
    fulfilment = Fulfilment.objects.get(order_id=order.id)
    assert (order.channel, order.state, order.member_id) == ("mall", "captured", owner.member_id)
    assert (order.net_amount, order.freight_amount, intent.amount) == (13_500, 0, 13_500)
    assert (order.organisation.code, order.visitor) == ("R1-A", VISITOR)
    assert {line.price_kind for line in order.lines.all()} == {"member"}
    sent_to = address_sent_to(fulfilment)
    assert sent_to is not None
    assert sent_to.recipient == "王小明"
    assert quantity_of(mall.shop.location, first) == 98
    settle(
        provider="sandbox",
        settled=Settled(intent.reference, Outcome.PAID, 13_500, "CNY", "T-1"),
    )
    order.refresh_from_db()
    assert order.state == "paid"


def test_freight_is_charged_below_the_limit_and_for_deliveries_only(mall: Mall) -> None:
    quoted = mall.quote((mall.skus[0], 1))
    assert (quoted.freight, quoted.total, quoted.to_free) == (1_000, 5_500, 5_400)
    placed = mall.buy(mall.buyer(), (mall.skus[0], 1))
    assert Order.objects.get(id=placed.order_id).freight_amount == 1_000
    at_store = Choice("pick_up", pick_up_at=mall.shop_id)
    assert mall.quote((mall.skus[0], 1), choice=at_store).freight == 0


def test_the_bought_lines_leave_the_basket_and_the_others_stay(mall: Mall) -> None:
    owner = mall.buyer()
    for sku in mall.skus:
        add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=sku.id)
    mall.buy(owner, (mall.skus[0], 1), (mall.skus[1], 1))
    assert [line.sku_id for line in BasketLine.objects.all()] == [mall.skus[2].id]
    assert basket_count(owner, shop_id=mall.shop_id) == 1


def test_a_pick_up_takes_the_goods_of_its_store_which_sells_them(mall: Mall) -> None:
    make_stock(mall.second, mall.skus[0], 3)
    elsewhere = mall.shop.tree["R1-B"]
    placed = mall.buy(
        mall.buyer(), (mall.skus[0], 2), choice=Choice("pick_up", pick_up_at=elsewhere.id)
    )
    order = Order.objects.get(id=placed.order_id)
    fulfilment = Fulfilment.objects.get(order_id=order.id)
    assert (order.organisation_id, fulfilment.organisation_id) == (elsewhere.id, elsewhere.id)
    assert (fulfilment.method, fulfilment.address_sealed) == ("pick_up", "")
    assert quantity_of(mall.second, mall.skus[0]) == 1


def test_a_delivery_comes_from_the_warehouse_where_the_shop_has_not_enough(mall: Mall) -> None:
    make_stock(mall.shop.location, mall.skus[0], 1)
    quoted = mall.quote((mall.skus[0], 2), (mall.skus[1], 1))
    assert quoted.delivery is not None
    assert (quoted.delivery.location_code, quoted.delivery.is_warehouse) == ("WH-R1", True)
    placed = mall.place(mall.buyer(), quoted)
    order = Order.objects.get(id=placed.order_id)
    assert (order.organisation.code, order.location_id) == ("R1-A", mall.warehouse.id)
    assert Fulfilment.objects.get(order_id=order.id).organisation.code == "R1"


def test_one_pool_of_goods_sends_from_the_nearest_warehouse_that_has_it(mall: Mall) -> None:
    sku = mall.skus[0]
    far = create_location(
        organisation_id=mall.shop.tree["F1"].id,
        kind=LocationKind.WAREHOUSE,
        code="WH-F1",
        name="Far",
        by=SYSTEM,
    )
    make_stock(far, sku, 200)
    near = create_location(
        organisation_id=mall.shop.tree["R2"].id,
        kind=LocationKind.WAREHOUSE,
        code="WH-R2",
        name="Near",
        by=SYSTEM,
    )
    make_stock(near, sku, 60)
    for place in (mall.shop.location, mall.warehouse):
        make_stock(place, sku, 0)
    owner = mall.buyer()
    first = mall.buy(owner, (sku, 50))
    second = mall.buy(owner, (sku, 90))
    assert (quantity_of(near, sku), quantity_of(far, sku)) == (10, 110)
    sellers = Order.objects.filter(id__in=[first.order_id, second.order_id])
    assert {order.organisation_id for order in sellers} == {mall.shop_id}


def test_a_code_typed_at_checkout_is_credited(mall: Mall) -> None:
    sku = mall.shop.skus["FIXED"]
    placed = mall.buy(mall.buyer(), (sku, 1), distributor_code=f" {mall.shop.guide.code} ")
    assert Decision.objects.get(order_id=placed.order_id).distributor_id == mall.shop.guide.id
    intent = PaymentIntent.objects.get(id=placed.intent_id)
    word = Settled(intent.reference, Outcome.PAID, intent.amount, "CNY", "T-1")
    settle(provider="sandbox", settled=word)
    assert Entry.objects.get().distributor_id == mall.shop.guide.id


def test_a_price_that_moved_is_told_and_nothing_is_charged(mall: Mall) -> None:
    owner = mall.buyer()
    sku = mall.skus[0]
    quoted = mall.quote((sku, 1))
    make_price(sku, 4_200, kind="promo")
    assert refusal(lambda: mall.place(owner, quoted)) == [("price", 4_200)]
    again = mall.quote((sku, 1))
    assert again.lines[0].price_kind == "promo"
    assert mall.place(owner, again).total == 5_200


def test_goods_that_are_gone_or_few_or_off_sale_are_named(mall: Mall) -> None:
    owner = mall.buyer()
    gone, few, off = mall.skus
    quoted = mall.quote((gone, 3), (few, 3), (off, 3))
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, gone, 0)
        make_stock(location, few, 2)
    deactivate_sku(sku_id=off.id, by=SYSTEM)
    told = refusal(lambda: mall.place(owner, quoted))
    assert told == [("sold_out", 0), ("short", 2), ("off_sale", 100)]


def test_another_freight_is_told(mall: Mall) -> None:
    owner = mall.buyer()
    quoted = mall.quote((mall.skus[0], 1))
    root = mall.shop.tree.headquarters.id
    set_checkout_policy(organisation_id=root, data={"freight": 1_500}, by=SYSTEM)
    assert refusal(lambda: mall.place(owner, quoted)) == [("freight", 1_500)]
    set_checkout_policy(organisation_id=root, data={"free_from": None, "freight": 0}, by=SYSTEM)
    assert mall.buy(owner, (mall.skus[0], 1)).total == 4_500


def test_a_total_that_is_not_the_sum_is_refused(mall: Mall) -> None:
    quoted = mall.quote((mall.skus[0], 1))
    owner = mall.buyer()
    for total in (0, 1, quoted.total - 1, quoted.total + 1):
        assert refusal(lambda t=total: mall.place(owner, quoted, total=t))  # type: ignore[misc]


def test_a_store_that_has_not_everything_cannot_be_picked_up_from(mall: Mall) -> None:
    owner = mall.buyer()
    elsewhere = Choice("pick_up", pick_up_at=mall.shop.tree["R1-B"].id)
    quoted = mall.quote((mall.skus[0], 1), choice=elsewhere)
    assert not quoted.can_place
    assert refusal(lambda: mall.place(owner, quoted)) == [("sold_out", 0)]
    nowhere = Choice("pick_up", pick_up_at=mall.shop.tree["F1-A"].id)
    refusal(lambda: mall.place(owner, quoted, choice=nowhere))


def test_what_costs_nothing_is_paid_at_once(mall: Mall) -> None:
    sku = mall.skus[0]
    make_price(sku, 0, kind="promo")
    at_store = Choice("pick_up", pick_up_at=mall.shop_id)
    placed = mall.buy(mall.buyer(), (sku, 1), choice=at_store)
    assert (placed.total, placed.intent_id, placed.is_paid) == (0, None, True)
    assert Order.objects.get(id=placed.order_id).state == "paid"


def test_an_order_needs_a_member_goods_an_own_address_and_a_provider(
    mall: Mall, settings: Any
) -> None:
    owner, other = mall.buyer(), mall.buyer()
    quoted = mall.quote((mall.skus[0], 1))
    with pytest.raises(SignInNeeded):
        mall.place(Owner(None, VISITOR), quoted, choice=Choice("delivery", address_id=1))
    with pytest.raises(AddressNeeded):
        place_order(
            shop_id=mall.shop_id, owner=owner, seen=quoted.seen, total=quoted.total,
            choice=Choice(), provider="sandbox",
        )  # fmt: skip
    with pytest.raises(NotFound):
        mall.place(owner, quoted, choice=Choice("delivery", address_id=address_of(other)))
    with pytest.raises(NothingToOrder):
        mall.place(owner, quoted, seen=())
    with pytest.raises(QuantityRefused):
        mall.place(owner, quoted, seen=(Seen(mall.skus[0].id, 0, 4_500),))
    with pytest.raises(InvalidField):
        mall.place(owner, quoted, seen=quoted.seen * 2)
    with pytest.raises(InvalidField):
        mall.place(owner, quoted, choice=Choice("drone", address_id=address_of(owner)))
    with pytest.raises(ProviderUnknown):
        mall.place(owner, quoted, provider="nobody")
    assert refusal(lambda: mall.place(owner, quoted, seen=(Seen(1, 1, 1),))) == [("off_sale", None)]
    settings.YIPAN_SANDBOX_PAYMENTS = False
    with pytest.raises(ProviderUnknown):
        mall.place(owner, quoted)
    assert not Order.objects.exists()
    assert quantity_of(mall.shop.location, mall.skus[0]) == 100


def test_the_statements_are_as_many_for_one_line_as_for_30(tenant: Tenant) -> None:
    mall = open_mall(skus=30)
    owner = mall.buyer()
    mall.buy(owner, (mall.skus[0], 1))
    counts = {}
    for lines in (1, 10, 30):
        quoted = mall.quote(*[(sku, 1) for sku in mall.skus[:lines]])
        choice = Choice("delivery", address_id=address_of(owner))
        with CaptureQueriesContext(connection) as captured:
            mall.place(owner, quoted, choice=choice)
        counts[lines] = len([q for q in captured if "SAVEPOINT" not in str(q["sql"])])
    assert len(set(counts.values())) == 1, counts
    assert counts[1] <= 16, counts


def test_twenty_buyers_at_once_for_the_last_unit_sell_it_once(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    mall = open_mall(stock=1)
    sku = mall.skus[0]
    make_stock(mall.warehouse, sku, 0)
    owners = [mall.buyer() for _ in range(20)]
    addresses = [address_of(owner) for owner in owners]
    quoted = mall.quote((sku, 1))

    def buy(number: int) -> str:
        with tenant_context(committed_tenant.id):
            choice = Choice("delivery", address_id=addresses[number])
            try:
                mall.place(owners[number], quoted, choice=choice)
            except QuoteChanged as changed:
                return changed.changes[0].what
            return "bought"

    answers = run_concurrently(buy, 20)
    assert sorted(map(str, answers)) == ["bought", *["sold_out"] * 19]
    assert Order.objects.count() == Fulfilment.objects.count() == 1
    assert PaymentIntent.objects.count() == 1
    assert quantity_of(mall.shop.location, sku) == 0


def test_the_address_of_an_order_stays_as_it_was(mall: Mall) -> None:
    owner = mall.buyer()
    placed = mall.buy(owner, (mall.skus[0], 1))
    address_id = address_of(owner)
    fulfilment = Fulfilment.objects.get(order_id=placed.order_id)
    before = address_sent_to(fulfilment)
    assert before is not None
    moved = type(before)("李雷", "13900139000", "上海市", "上海市", "", "南京西路 1 号")
    save_address(member_id=owner.member_id or 0, details=moved, address_id=address_id)
    fulfilment.refresh_from_db()
    assert address_sent_to(fulfilment) == before


def test_the_link_that_the_browser_opened_is_credited(mall: Mall) -> None:
    sku = mall.shop.skus["FIXED"]
    shared = share(wish=LinkWish(mall.shop.guide.code, "R1-A", sku=sku.code))
    open_link(token=shared.token, visitor=VISITOR)
    placed = mall.buy(mall.buyer(), (sku, 1))
    assert Decision.objects.get(order_id=placed.order_id).distributor_id == mall.shop.guide.id
    stranger = mall.buyer()._replace(visitor="w" * 22)
    other = mall.buy(stranger, (sku, 1))
    assert Decision.objects.get(order_id=other.order_id).distributor_id is None
