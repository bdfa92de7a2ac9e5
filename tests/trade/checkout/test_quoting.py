"""Quotes: what it would cost, and where it would come from."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.goods.catalogue.builders import make_price
from tests.goods.stock.builders import make_location, make_stock
from tests.trade.checkout.builders import Mall, open_mall
from yipan.goods.catalogue.actions import change_sku
from yipan.goods.catalogue.rules import SkuPrices
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.trade.checkout.errors import NotForSale
from yipan.trade.checkout.policy import CheckoutPolicy, set_checkout_policy
from yipan.trade.checkout.queries import LineState, availability, offer_prices, quote, states
from yipan.trade.checkout.requests import Choice, Wanted
from yipan.trade.checkout.rules import (
    Goods,
    OfferPrice,
    PickUpStore,
    Places,
    Source,
    changes_between,
    offer_price,
    quoted,
)


@pytest.mark.parametrize(
    ("prices", "is_member", "expected"),
    [
        ((100, None, None), False, (100, "list")),
        ((100, 90, None), False, (100, "list")),
        ((100, 90, None), True, (90, "member")),
        ((100, 90, 95), True, (90, "member")),
        ((100, 90, 95), False, (95, "promo")),
        ((100, 90, 90), True, (90, "promo")),
        ((100, 100, 100), True, (100, "promo")),
        ((100, 120, 110), True, (100, "list")),
        ((None, 90, None), True, (90, "member")),
        ((None, 90, None), False, None),
        ((None, None, None), True, None),
        ((100, None, 0), False, (0, "promo")),
    ],
)
def test_a_buyer_pays_the_lowest_price_that_is_open_to_them(
    prices: tuple[int | None, int | None, int | None],
    is_member: bool,
    expected: tuple[int, str] | None,
) -> None:
    found = offer_price(SkuPrices(*prices), is_member=is_member)
    assert (found and (found.unit_price, found.kind)) == expected


def test_prices_are_those_of_the_shop(mall: Mall) -> None:
    sku = mall.skus[0]
    make_price(sku, 4_000, mall.shop.tree["R1-A"])
    here = offer_prices(shop_id=mall.shop_id, sku_ids=[sku.id], is_member=False)[sku.id]
    there = offer_prices(shop_id=mall.shop.tree["R2-A"].id, sku_ids=[sku.id], is_member=False)[
        sku.id
    ]
    assert here is not None
    assert there is not None
    assert (here.unit_price, there.unit_price) == (4_000, 5_000)


def test_the_own_stock_goes_before_the_warehouse_and_that_before_nothing(mall: Mall) -> None:
    sku = mall.skus[0]
    sources = []
    for own, warehouse in ((5, 5), (1, 5), (1, 1)):
        make_stock(mall.shop.location, sku, own)
        make_stock(mall.warehouse, sku, warehouse)
        source = mall.quote((sku, 2)).delivery
        sources.append(source.name if source else None)
    assert sources == ["上海一店", "华东仓", None]


def test_what_stands_in_two_places_is_not_sent_together(mall: Mall) -> None:
    first, second, _ = mall.skus
    make_stock(mall.warehouse, first, 0)
    make_stock(mall.shop.location, second, 0)
    found = mall.quote((first, 1), (second, 1))
    assert {line.state for line in found.lines} == {LineState.OK, LineState.APART}
    assert (found.can_place, found.delivery) == (False, None)


def test_stores_of_the_company_are_offered_for_pick_up_with_what_they_have(mall: Mall) -> None:
    first, second, _ = mall.skus
    make_stock(mall.second, first, 3)
    elsewhere = make_location(mall.shop.tree["R2-A"])
    make_stock(elsewhere, first, 9)
    found = mall.quote((first, 2), (second, 1))
    assert [(store.code, store.whole) for store in found.pick_up] == [
        ("R1-A", True),
        ("R1-B", False),
    ]
    assert found.pick_up[1].units == {first.id: 3, second.id: 0}
    at_second = mall.quote(
        (first, 2), choice=Choice("pick_up", pick_up_at=mall.shop.tree["R1-B"].id)
    )
    assert at_second.can_place
    assert at_second.store is not None
    assert at_second.store.code == "R1-B"
    nowhere = mall.quote((first, 2), choice=Choice("pick_up", pick_up_at=None))
    assert not nowhere.can_place


def test_at_headquarters_goods_come_from_below_and_their_holder_sells(mall: Mall) -> None:
    root = mall.shop.tree.headquarters.id
    found = mall.quote((mall.skus[0], 1), shop_id=root)
    assert found.delivery is not None
    assert (found.delivery.location_code, found.delivery.seller_code) == ("WH-R1", "R1")
    assert {store.code for store in found.pick_up} == {"R1-A"}
    placed = mall.place(mall.buyer(), found, shop_id=root)
    assert placed.total == found.total


def test_what_may_be_oversold_has_no_limit(mall: Mall) -> None:
    sku = mall.skus[0]
    change_sku(sku_id=sku.id, oversell=True, by=SYSTEM)
    make_stock(mall.shop.location, sku, 0)
    found = mall.quote((sku, 50))
    assert (found.lines[0].state, found.lines[0].units_left) == (LineState.OK, None)
    assert mall.place(mall.buyer(), found).order_id


def test_availability_of_goods_for_a_page(mall: Mall) -> None:
    first, second, third = mall.skus
    make_stock(mall.warehouse, second, 0)
    make_stock(mall.shop.location, second, 0)
    make_stock(mall.second, second, 2)
    for location in (mall.warehouse, mall.shop.location):
        make_stock(location, third, 0)
    found = availability(shop_id=mall.shop_id, sku_ids=[sku.id for sku in mall.skus])
    assert (found[first.id].delivery_units, found[first.id].shop_units) == (100, 100)
    store = mall.shop.tree["R1-B"]
    assert found[second.id].state is LineState.PICK_UP_ONLY
    assert found[second.id].pick_up == ((store.id, store.name, 2),)
    assert found[third.id].state is LineState.SOLD_OUT
    for oversell in (False, True):
        change_sku(sku_id=third.id, oversell=oversell, by=SYSTEM)
        sku_ids = [sku.id for sku in mall.skus]
        full = availability(shop_id=mall.shop_id, sku_ids=sku_ids)
        shown = states(shop_id=mall.shop_id, sku_ids=sku_ids)
        assert shown == {sku_id: one.state for sku_id, one in full.items()}


def test_a_sku_named_twice_counts_once_and_an_unknown_one_is_refused(mall: Mall) -> None:
    sku = mall.skus[0]
    found = mall.quote((sku, 2), (sku, 3))
    assert [line.quantity for line in found.lines] == [5]
    with pytest.raises(NotForSale):
        quote(shop_id=mall.shop_id, wanted=[Wanted(1, 1)], is_member=False)
    with pytest.raises(NotFound):
        quote(shop_id=1, wanted=[Wanted(sku.id, 1)], is_member=False)
    assert mall.quote().can_place is False


def test_a_quote_takes_three_statements_however_many_lines(tenant: Tenant) -> None:
    mall = open_mall(skus=30)
    mall.quote((mall.skus[0], 1))
    for lines in (1, 30):
        wanted = [(sku, 1) for sku in mall.skus[:lines]]
        with CaptureQueriesContext(connection) as captured:
            mall.quote(*wanted)
        assert len(captured) == 3


@pytest.mark.parametrize(
    "data",
    [
        {"freight": -1}, {"freight": "1"}, {"freight": True}, {"free_from": -1},
        {"most_units": 0}, {"most_units": 10_000}, {"nonsense": 1},
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_by_field(data: dict[str, object], mall: Mall) -> None:
    with pytest.raises(InvalidField) as refused:
        set_checkout_policy(organisation_id=mall.shop_id, data=data, by=SYSTEM)
    assert refused.value.data["field"] in data


def test_the_policy_of_the_nearest_organisation_counts(mall: Mall) -> None:
    root = mall.shop.tree.headquarters.id
    set_checkout_policy(organisation_id=root, data={"freight": 1_200}, by=SYSTEM)
    set_checkout_policy(organisation_id=mall.shop_id, data={"freight": 300}, by=SYSTEM)
    assert mall.quote((mall.skus[0], 1)).freight == 300


# Totals, for any goods, prices, stock and policy.

_FEN = st.integers(0, 10**7)
_SOURCES = tuple(Source(n, f"L{n}", f"L{n}", n, "S", is_warehouse=n == 2) for n in (1, 2))
_STORES = tuple(
    PickUpStore(n, f"S{n}", f"S{n}", "", "", n, f"L{n}", {}, whole=False) for n in (1, 3)
)
_PLACES = Places(_SOURCES, _STORES, 1)
_POLICIES = st.builds(
    CheckoutPolicy, freight=_FEN, free_from=st.one_of(st.none(), _FEN), most_units=st.just(99)
)


@st.composite
def _goods(draw: st.DrawFn) -> dict[int, Goods]:
    return {
        sku_id: Goods(
            sku_id, f"C{sku_id}", f"N{sku_id}", 1, {}, "", draw(st.booleans()),
            draw(st.integers(0, 9)) > 0,
            draw(st.one_of(st.none(), st.builds(
                OfferPrice, unit_price=_FEN, kind=st.just("list"), list_price=_FEN,
                member_price=st.none()))),
        )
        for sku_id in range(draw(st.integers(1, 5)))
    }  # fmt: skip


@given(
    goods=_goods(),
    quantities=st.lists(st.integers(1, 99), min_size=5, max_size=5),
    units=st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 4)), st.integers(-5, 120)),
    policy=_POLICIES,
    choice=st.sampled_from(
        [Choice(), Choice("pick_up", 1), Choice("pick_up", 3), Choice("pick_up")]
    ),
)
def test_a_total_is_its_lines_and_its_freight_and_only_what_is_there_can_be_ordered(
    goods: dict[int, Goods],
    quantities: list[int],
    units: dict[tuple[int, int], int],
    policy: CheckoutPolicy,
    choice: Choice,
) -> None:
    wanted = [Wanted(sku_id, quantities[sku_id]) for sku_id in goods]
    found = quoted(
        wanted=wanted, goods=goods, units=units, places=_PLACES, choice=choice, policy=policy
    )
    good = [line for line in found.lines if line.state is LineState.OK]
    assert found.goods == sum((line.unit_price or 0) * line.quantity for line in good)
    assert found.total == found.goods + found.freight
    assert found.freight in {0, policy.freight}
    if choice.method == "pick_up":
        assert found.freight == 0
    elif found.goods and policy.free_from is not None:
        assert (found.freight == 0) >= (found.goods >= policy.free_from)
        assert found.to_free == (max(0, policy.free_from - found.goods) if found.freight else 0)
    if found.can_place:
        assert len(good) == len(wanted)
        place = 0
        if choice.method == "delivery":
            assert found.delivery is not None
            place = found.delivery.location_id
        else:
            assert found.store is not None
            place = found.store.location_id
        for each in wanted:
            assert goods[each.sku_id].oversell or units.get((place, each.sku_id), 0) >= (
                each.quantity
            )
        assert changes_between(found.seen, found.total, found) == []
        for wrong in (found.total - 1, found.total + 1):
            assert changes_between(found.seen, wrong, found)
    else:
        assert changes_between(found.seen, found.total, found) or len(found.seen) < len(wanted)
