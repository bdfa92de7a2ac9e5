"""The basket: quantities, what is ticked, what cannot be had any more."""

from __future__ import annotations

import pytest

from tests.goods.stock.builders import make_stock
from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, statements, text
from tests.trade.checkout.builders import VISITOR, Mall
from yipan.distribution.sharing.visitors import COOKIE
from yipan.goods.catalogue.actions import deactivate_sku
from yipan.goods.catalogue.models import Sku
from yipan.kernel.actor import SYSTEM
from yipan.trade.checkout.actions import add_to_basket, merge_baskets
from yipan.trade.checkout.models import BasketLine
from yipan.trade.checkout.requests import Owner


@pytest.fixture
def visitor(mall: Mall, phone: Phone) -> Phone:
    """A browser with two SKUs in its basket."""
    phone.client.cookies[COOKIE] = VISITOR
    for sku in mall.skus[:2]:
        put(mall, sku, 2)
    return phone


def put(mall: Mall, sku: Sku, quantity: int, owner: Owner | None = None) -> None:
    owner = owner or Owner(None, VISITOR)
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=sku.id, quantity=quantity)


def change(phone: Phone, act: str, sku: Sku | None = None, **form: str) -> str:
    values = {"act": act, **({"sku": str(sku.id)} if sku else {}), **form}
    answer = phone.post("basket/change/", headers=HTMX, **values)
    assert answer.status_code == 200
    return text(answer)


def test_an_empty_basket_says_what_to_do(phone: Phone) -> None:
    page = text(phone.get("basket/"))
    assert "购物车是空的" in page
    assert "去逛逛" in page


def test_it_adds_up_what_is_ticked(mall: Mall, visitor: Phone) -> None:
    assert "¥200.00" in text(visitor.get("basket/"))
    page = change(visitor, "choose", mall.skus[0], chosen="0")
    assert "¥100.00" in page
    assert "结算（2）" in page
    page = change(visitor, "choose", chosen="0")
    assert "¥0.00" in page
    assert 'data-test="to-checkout"' not in page
    assert "¥200.00" in change(visitor, "choose", chosen="1")


def test_quantities_change_and_lines_go(mall: Mall, visitor: Phone) -> None:
    page = change(visitor, "quantity", mall.skus[0], quantity="5")
    assert "¥350.00" in page
    # The count at the tab changes along with it.
    assert 'hx-swap-oob="true"' in page
    page = change(visitor, "remove", mall.skus[0])
    assert page.count('data-test="basket-line"') == 1
    assert BasketLine.objects.count() == 1


def test_without_htmx_a_change_leads_back_to_the_basket(mall: Mall, visitor: Phone) -> None:
    answer = visitor.post("basket/change/", act="quantity", sku=str(mall.skus[0].id), quantity="3")
    assert (answer.status_code, answer["Location"]) == (302, "/m/acme/basket/")


def test_too_many_are_refused_and_the_basket_is_shown_as_it_is(mall: Mall, visitor: Phone) -> None:
    values = {"act": "quantity", "sku": str(mall.skus[0].id), "quantity": "99999999"}
    answer = visitor.post("basket/change/", headers=HTMX, **values)
    assert answer.status_code == 422
    assert "¥200.00" in text(answer)
    answer = visitor.post("basket/change/", **values)
    assert answer.status_code == 422
    assert "<html" in text(answer)


def test_what_cannot_be_had_says_why_and_goes_at_once(mall: Mall, visitor: Phone) -> None:
    first, second, third = mall.skus
    put(mall, third, 1)
    deactivate_sku(sku_id=first.id, by=SYSTEM)
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, second, 0)
    page = text(visitor.get("basket/"))
    assert page.count('data-test="basket-gone"') == 2
    assert "已下架" in page
    assert "售罄" in page
    page = change(visitor, "clear_gone")
    assert 'data-test="basket-gone"' not in page
    assert BasketLine.objects.get().sku_id == third.id


def test_fewer_left_than_wanted_is_said(mall: Mall, visitor: Phone) -> None:
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, mall.skus[0], 1)
    assert "仅剩 1 件" in text(visitor.get("basket/"))


def test_nobody_sees_or_changes_anothers_basket(mall: Mall, visitor: Phone) -> None:
    other = Phone.new().enter(mall.shop.tree["R1-A"])
    assert "购物车是空的" in text(other.get("basket/"))
    change(other, "remove", mall.skus[0])
    change(other, "quantity", mall.skus[0], quantity="9")
    mine = BasketLine.objects.filter(basket__visitor=VISITOR)
    assert sorted(mine.values_list("quantity", flat=True)) == [2, 2]


def test_a_visitors_basket_is_the_members_after_signing_in(mall: Mall, visitor: Phone) -> None:
    phone, owner = known_buyer(mall)
    put(mall, mall.skus[2], 1, owner)
    assert owner.member_id is not None
    merge_baskets(visitor=VISITOR, member_id=owner.member_id)
    page = text(phone.get("basket/"))
    assert page.count('data-test="basket-line"') == 3


def test_statements_do_not_grow_with_lines(mall: Mall, visitor: Phone) -> None:
    few = statements(visitor, "basket/")
    put(mall, mall.skus[2], 1)
    for name in ("FIXED", "LINE", "MONTH", "NONE"):
        put(mall, mall.shop.skus[name], 1)
    assert statements(visitor, "basket/") == few
    assert few <= 9, few
