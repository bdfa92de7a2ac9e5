"""Checkout: exactly what was seen is ordered, or it is shown again with what changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from tests.customers.members.builders import make_member
from tests.goods.catalogue.builders import make_price
from tests.goods.stock.builders import make_stock
from tests.surfaces.mall.builders import HTMX, Phone, field_in, known_buyer, statements, text
from tests.trade.checkout.builders import Mall, address_of
from tests.trade.fulfilment.builders import HOME
from yipan.customers.members.address_book import save_address
from yipan.trade.checkout.actions import add_to_basket
from yipan.trade.checkout.models import BasketLine
from yipan.trade.checkout.requests import Owner
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.orders.models import Order


@pytest.fixture
def known(mall: Mall) -> tuple[Phone, Owner]:
    return known_buyer(mall)


@pytest.fixture
def phone(known: tuple[Phone, Owner]) -> Phone:
    return known[0]


@pytest.fixture
def owner(known: tuple[Phone, Owner]) -> Owner:
    return known[1]


def look(phone: Phone, mall: Mall, **more: str) -> HttpResponse:
    """The checkout of two units of the first SKU."""
    answer = phone.get("checkout/", sku=str(mall.skus[0].id), quantity="2", **more)
    assert answer.status_code == 200
    return answer


def form_of(page: HttpResponse, mall: Mall, owner: Owner, **more: str) -> dict[str, Any]:
    return {
        "sku": str(mall.skus[0].id),
        "quantity": "2",
        "seen": field_in(page, "seen"),
        "total": field_in(page, "total"),
        "method": "delivery",
        "address": str(address_of(owner)),
        "provider": "sandbox",
        **more,
    }


def test_whoever_is_not_signed_in_is_sent_to_do_so_and_back(mall: Mall) -> None:
    visitor = Phone.new().enter(mall.shop.tree["R1-A"])
    answer = visitor.get("checkout/", sku=str(mall.skus[0].id), quantity="2")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/m/acme/sign-in/?next=")
    assert "quantity%3D2" in answer["Location"]
    assert visitor.post("checkout/", seen="[]").status_code == 302
    assert not Order.objects.exists()


def test_the_page_shows_where_what_and_how_much(mall: Mall, phone: Phone) -> None:
    page = text(look(phone, mall)).replace("<small>", "").replace("</small>", "")
    for words in ("王小明", "文三路 1 号", "¥45.00", "¥90.00", "快递配送", "到店自提", "提交订单"):
        assert words in page


def test_one_button_orders_it_and_leads_to_the_cashier(
    mall: Mall, phone: Phone, owner: Owner
) -> None:
    page = look(phone, mall)
    answer = phone.post("checkout/", **form_of(page, mall, owner, note="放门口", code="GUIDE"))
    order = Order.objects.get()
    assert answer["Location"] == f"/m/acme/orders/{order.id}/pay/?provider=sandbox"
    assert (order.distributor_code, order.member_id) == ("GUIDE", owner.member_id)
    assert order.organisation.code == "R1-A"
    assert Fulfilment.objects.get().note == "放门口"
    cashier = phone.get(answer["Location"])
    assert cashier["Location"].startswith("/pay/sandbox/")


def test_htmx_is_told_where_to_go(mall: Mall, phone: Phone, owner: Owner) -> None:
    page = look(phone, mall)
    boosted = {**HTMX, "HX-Boosted": "true"}
    answer = phone.post("checkout/", headers=boosted, **form_of(page, mall, owner))
    assert answer["HX-Redirect"].endswith("/pay/?provider=sandbox")


def test_sent_twice_it_is_ordered_once(mall: Mall, phone: Phone, owner: Owner) -> None:
    page = look(phone, mall)
    key = field_in(page, "once")
    answers = [phone.post("checkout/", once=key, **form_of(page, mall, owner)) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Order.objects.count() == 1


def test_what_changed_meanwhile_is_said_and_nothing_is_ordered(
    mall: Mall, phone: Phone, owner: Owner
) -> None:
    page = look(phone, mall)
    make_price(mall.skus[0], 4_000, kind="promo")
    answer = phone.post("checkout/", **form_of(page, mall, owner))
    assert answer.status_code == 422
    said = text(answer)
    assert 'data-test="changed"' in said
    assert "¥80.00" in said
    assert not Order.objects.exists()
    # What the page shows now can be ordered, with the key it came with.
    again = form_of(answer, mall, owner)
    assert phone.post("checkout/", **again).status_code == 302
    assert Order.objects.get().net_amount == 8_000


def test_fewer_left_than_wanted_cannot_be_ordered(mall: Mall, phone: Phone) -> None:
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, mall.skus[0], 1)
    page = text(look(phone, mall))
    assert "仅剩 1 件" in page
    button = page[page.index("checkout-submit") - 400 : page.index("checkout-submit")]
    assert "disabled" in button


def test_it_is_picked_up_in_a_store_that_has_it(mall: Mall, phone: Phone, owner: Owner) -> None:
    answer = phone.fragment("checkout/", sku=str(mall.skus[0].id), quantity="2", method="pick_up")
    assert "<html" not in text(answer)
    assert "上海一店" in text(answer)
    store = str(mall.shop.tree["R1-A"].id)
    assert f'name="pick_up_at" value="{store}" checked' in text(answer)
    form = form_of(answer, mall, owner, method="pick_up", pick_up_at=store)
    assert phone.post("checkout/", **form).status_code == 302
    assert Fulfilment.objects.get().method == "pick_up"


def test_nothing_to_send_it_from_is_picked_up_by_itself(mall: Mall, phone: Phone) -> None:
    for location in (mall.shop.location, mall.warehouse):
        make_stock(location, mall.skus[0], 0)
    make_stock(mall.second, mall.skus[0], 9)
    page = text(look(phone, mall))
    assert "上海二店" in page
    assert 'name="pick_up_at"' in page


def test_without_an_address_one_is_asked_for_first(mall: Mall) -> None:
    member = make_member()
    phone = Phone.new().enter(mall.shop.tree["R1-A"]).sign_in(Owner(member.id, ""))
    page = text(look(phone, mall))
    assert 'data-test="address-new"' in page
    assert "next=/m/acme/checkout/" in page.replace("%2F", "/")


def test_anothers_address_is_never_used(mall: Mall, phone: Phone, owner: Owner) -> None:
    stranger = save_address(member_id=make_member().id, details=HOME)
    page = look(phone, mall, address=str(stranger.id))
    assert f'name="address" value="{address_of(owner)}"' in text(page)
    answer = phone.post("checkout/", **form_of(page, mall, owner, address=str(stranger.id)))
    assert answer.status_code in {404, 422}
    assert not Order.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "[[1]]", "{}", '[["a",1,1]]', "[[1,1,1]]", "null"])
def test_a_form_that_is_not_ours_orders_nothing(
    mall: Mall, phone: Phone, owner: Owner, seen: str
) -> None:
    page = look(phone, mall)
    answer = phone.post("checkout/", **{**form_of(page, mall, owner), "seen": seen})
    assert answer.status_code in {404, 422}
    assert not Order.objects.exists()


def test_out_of_the_basket_goes_what_is_ticked(mall: Mall, phone: Phone, owner: Owner) -> None:
    assert phone.get("checkout/")["Location"] == "/m/acme/basket/"
    for sku in mall.skus:
        add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=sku.id, quantity=1)
    page = phone.get("checkout/")
    assert text(page).count('data-test="checkout-line"') == 3
    form = form_of(page, mall, owner)
    del form["sku"], form["quantity"]
    assert phone.post("checkout/", **form).status_code == 302
    assert Order.objects.get().lines.count() == 3
    assert not BasketLine.objects.exists()


def test_statements_do_not_grow_with_lines(mall: Mall, phone: Phone, owner: Owner) -> None:
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=mall.skus[0].id, quantity=1)
    few = statements(phone, "checkout/")
    for sku in (*mall.skus[1:], *mall.shop.skus.values()):
        add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=sku.id, quantity=1)
    assert statements(phone, "checkout/") <= few + 1
    assert few <= 17, few
