"""Baskets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.customers.members.builders import make_member
from tests.goods.stock.builders import make_stock
from tests.trade.checkout.builders import VISITOR, Mall, open_mall
from yipan.goods.catalogue.actions import deactivate_sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.checkout.actions import (
    add_to_basket,
    choose_in_basket,
    forget_baskets,
    merge_baskets,
    set_basket_quantity,
    take_from_basket,
)
from yipan.trade.checkout.errors import BasketFull, NotForSale, QuantityRefused, SignInNeeded
from yipan.trade.checkout.models import Basket, BasketLine
from yipan.trade.checkout.policy import set_checkout_policy
from yipan.trade.checkout.queries import LineState, basket, basket_count
from yipan.trade.checkout.requests import Owner

GUEST = Owner(None, VISITOR)


def quantities(mall: Mall, owner: Owner) -> dict[int, int]:
    found = basket(owner, shop_id=mall.shop_id)
    return {each.line.sku_id: each.line.quantity for each in found.lines}


def test_what_is_added_is_in_the_basket_newest_first_with_prices_of_now(mall: Mall) -> None:
    first, second, _ = mall.skus
    add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=first.id)
    with clock.at(clock.now() + timedelta(seconds=1)):
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=second.id, quantity=2)
        assert add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=second.id) == 3
        found = basket(GUEST, shop_id=mall.shop_id)
    assert [(each.line.sku_id, each.line.quantity) for each in found.lines] == [
        (second.id, 3),
        (first.id, 1),
    ]
    assert (found.goods, found.units) == (20_000, 4)
    assert basket_count(GUEST, shop_id=mall.shop_id) == 4
    assert {each.line.member_price for each in found.lines} == {4_500}


def test_a_member_sees_member_prices(mall: Mall) -> None:
    owner = mall.buyer()
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=mall.skus[0].id)
    assert basket(owner, shop_id=mall.shop_id).goods == 4_500


def test_a_quantity_is_set_and_0_takes_it_out(mall: Mall) -> None:
    sku_id = mall.skus[0].id
    assert set_basket_quantity(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id, quantity=5) == 5
    assert set_basket_quantity(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id, quantity=2) == 2
    assert quantities(mall, GUEST) == {sku_id: 2}
    assert set_basket_quantity(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id, quantity=0) == 0
    assert quantities(mall, GUEST) == {}
    take_from_basket(owner=GUEST, shop_id=mall.shop_id)


def test_what_is_unticked_does_not_count(mall: Mall) -> None:
    for sku in mall.skus:
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku.id)
    choose_in_basket(owner=GUEST, shop_id=mall.shop_id, chosen=False, sku_ids=[mall.skus[0].id])
    assert basket(GUEST, shop_id=mall.shop_id).goods == 10_000
    choose_in_basket(owner=GUEST, shop_id=mall.shop_id, chosen=True)
    assert basket(GUEST, shop_id=mall.shop_id).goods == 15_000


def test_what_cannot_be_had_stays_says_so_and_does_not_count(mall: Mall) -> None:
    gone, few, off = mall.skus
    for sku in mall.skus:
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku.id, quantity=3)
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, gone, 0)
        make_stock(location, few, 2)
    deactivate_sku(sku_id=off.id, by=SYSTEM)
    found = basket(GUEST, shop_id=mall.shop_id)
    states = {each.line.sku_id: (each.line.state, each.line.units_left) for each in found.lines}
    assert states[gone.id] == (LineState.SOLD_OUT, 0)
    assert states[few.id] == (LineState.SHORT, 2)
    assert states[off.id][0] is LineState.OFF_SALE
    assert (found.goods, found.units) == (0, 0)
    make_stock(mall.second, gone, 9)
    found = basket(GUEST, shop_id=mall.shop_id)
    assert {e.line.state for e in found.lines if e.line.sku_id == gone.id} == {
        LineState.PICK_UP_ONLY
    }


def test_quantities_and_lines_have_limits(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    sku_id = mall.skus[0].id
    set_checkout_policy(
        organisation_id=mall.shop.tree.headquarters.id, data={"most_units": 5}, by=SYSTEM
    )
    for quantity in (0, -1, 6):
        with pytest.raises(QuantityRefused):
            add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id, quantity=quantity)
    add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id, quantity=5)
    with pytest.raises(QuantityRefused):
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id)
    monkeypatch.setattr("yipan.trade.checkout.actions.baskets.MOST_LINES", 1)
    with pytest.raises(BasketFull):
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=mall.skus[1].id)


def test_only_what_is_sold_goes_into_a_basket_of_somebody_in_a_shop(mall: Mall) -> None:
    sku_id = mall.skus[0].id
    with pytest.raises(NotForSale):
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=1)
    with pytest.raises(NotFound):
        add_to_basket(owner=GUEST, shop_id=1, sku_id=sku_id)
    with pytest.raises(SignInNeeded):
        add_to_basket(owner=Owner(None, ""), shop_id=mall.shop_id, sku_id=sku_id)
    deactivate_sku(sku_id=sku_id, by=SYSTEM)
    with pytest.raises(NotForSale):
        add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id)
    assert basket(Owner(None, ""), shop_id=mall.shop_id).lines == ()


def test_each_shop_and_each_owner_has_a_basket_of_their_own(mall: Mall) -> None:
    sku_id = mall.skus[0].id
    other_shop = mall.shop.tree["R1-B"].id
    add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id)
    add_to_basket(owner=GUEST, shop_id=other_shop, sku_id=sku_id, quantity=2)
    add_to_basket(owner=Owner(None, "w" * 22), shop_id=mall.shop_id, sku_id=sku_id, quantity=3)
    member = Owner(make_member().id, VISITOR)
    assert basket_count(member, shop_id=mall.shop_id) == 0
    assert basket_count(GUEST, shop_id=mall.shop_id) == 1
    assert basket_count(GUEST, shop_id=other_shop) == 2


def test_signing_in_brings_the_visitors_baskets_along_once(mall: Mall) -> None:
    first, second, third = mall.skus
    owner = Owner(make_member().id, VISITOR)
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=first.id, quantity=2)
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=third.id, quantity=1)
    add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=first.id, quantity=3)
    add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=second.id)
    add_to_basket(owner=GUEST, shop_id=mall.shop.tree["R1-B"].id, sku_id=second.id)
    for _ in range(2):
        merge_baskets(visitor=VISITOR, member_id=owner.member_id or 0)
        assert quantities(mall, owner) == {first.id: 5, second.id: 1, third.id: 1}
    assert basket_count(owner, shop_id=mall.shop.tree["R1-B"].id) == 1
    assert not Basket.objects.filter(member_id=None).exists()


def test_old_baskets_of_visitors_are_forgotten_and_those_of_members_kept(mall: Mall) -> None:
    owner = Owner(make_member().id, VISITOR)
    for each in (owner, GUEST):
        add_to_basket(owner=each, shop_id=mall.shop_id, sku_id=mall.skus[0].id)
    assert forget_baskets() == 0
    with clock.at(clock.now() + timedelta(days=91)):
        assert forget_baskets() == 1
    assert Basket.objects.get().member_id == owner.member_id
    assert BasketLine.objects.count() == 1


def test_adding_at_once_loses_nothing_and_makes_one_basket(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    mall = open_mall()

    def add(number: int) -> int:
        with tenant_context(committed_tenant.id):
            sku_id = mall.skus[number % 2].id
            return add_to_basket(owner=GUEST, shop_id=mall.shop_id, sku_id=sku_id)

    answers = run_concurrently(add, 8)
    assert sorted(map(str, answers)) == sorted(["1", "2", "3", "4"] * 2)
    assert Basket.objects.count() == 1
    assert basket_count(GUEST, shop_id=mall.shop_id) == 8
