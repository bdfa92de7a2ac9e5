"""The buyer's own page: name and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.mall.builders import Phone, known_buyer, once_in, statements, text
from tests.trade.checkout.builders import Mall, address_of
from yipan.customers.members.address_book import addresses_of
from yipan.customers.members.models import Member
from yipan.trade.checkout.requests import Owner

WORK: dict[str, Any] = {
    "recipient": "李小红",
    "phone": "13900139000",
    "province": "上海市",
    "city": "上海市",
    "district": "静安区",
    "street": "南京西路 1266 号",
}


@pytest.fixture
def known(mall: Mall) -> tuple[Phone, Owner]:
    return known_buyer(mall)


def book(owner: Owner) -> list[str]:
    assert owner.member_id is not None
    return [each.details.recipient for each in addresses_of(owner.member_id)]


def test_visitors_find_the_way_in(mall: Mall, phone: Phone) -> None:
    page = text(phone.get("me/"))
    assert "未登录" in page
    assert "/m/acme/sign-in/?next=/m/acme/me/" in page.replace("%2F", "/")
    assert 'data-test="sign-out"' not in page


def test_a_member_finds_everything(known: tuple[Phone, Owner]) -> None:
    phone, _owner = known
    page = text(phone.get("me/"))
    for words in ("我的订单", "待付款", "待收货", "收货地址", "退出登录"):
        assert words in page


def test_the_name_is_changed(known: tuple[Phone, Owner]) -> None:
    phone, owner = known
    page = phone.get("me/name/")
    answer = phone.post("me/name/", once=once_in(page), name="  王女士 ")
    assert answer["Location"] == "/m/acme/me/"
    assert Member.objects.get(id=owner.member_id).name == "王女士"
    assert "王女士" in text(phone.get("me/"))
    answer = phone.post("me/name/", name="长" * 61)
    assert answer.status_code == 422
    assert "长长" in text(answer)


def test_addresses_are_added_changed_made_default_and_removed(
    mall: Mall, known: tuple[Phone, Owner]
) -> None:
    phone, owner = known
    home = address_of(owner)
    assert phone.post("me/addresses/new/", **WORK)["Location"] == "/m/acme/me/addresses/"
    assert book(owner) == ["王小明", "李小红"]
    assert owner.member_id is not None
    work = addresses_of(owner.member_id)[1].id
    assert "南京西路" in text(phone.get(f"me/addresses/{work}/"))
    changed = {**WORK, "recipient": "李小蓝"}
    assert phone.post(f"me/addresses/{work}/", **changed).status_code == 302
    assert phone.post(f"me/addresses/{work}/default/").status_code == 302
    assert book(owner) == ["李小蓝", "王小明"]
    assert phone.post(f"me/addresses/{home}/remove/").status_code == 302
    assert book(owner) == ["李小蓝"]
    page = text(phone.get("me/addresses/"))
    assert page.count('data-test="address"') == 1


@pytest.mark.parametrize(
    "fault", [{"phone": "12"}, {"recipient": ""}, {"street": " "}, {"city": "长" * 500}]
)
def test_a_faulty_address_is_shown_again_with_the_fault_at_its_field(
    known: tuple[Phone, Owner], fault: dict[str, str]
) -> None:
    phone, owner = known
    answer = phone.post("me/addresses/new/", **{**WORK, **fault})
    assert answer.status_code == 422
    page = text(answer)
    assert "c-error" in page
    assert "静安区" in page
    assert book(owner) == ["王小明"]


def test_from_the_checkout_one_comes_back_with_the_new_address(
    known: tuple[Phone, Owner],
) -> None:
    phone, owner = known
    back = "/m/acme/checkout/?method=delivery&sku=1"
    page = phone.get("me/addresses/new/", next=back)
    assert back in text(page)
    answer = phone.post("me/addresses/new/", next=back, **WORK)
    assert owner.member_id is not None
    fresh = addresses_of(owner.member_id)[1].id
    assert answer["Location"] == f"{back}&address={fresh}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_one_is_never_sent_anywhere_else(known: tuple[Phone, Owner], elsewhere: str) -> None:
    phone, _owner = known
    page = text(phone.get("me/addresses/", next=elsewhere))
    assert f'href="{elsewhere}' not in page
    assert "用这个" not in page
    answer = phone.post("me/addresses/new/", next=elsewhere, **WORK)
    assert answer["Location"] == "/m/acme/me/addresses/"


def test_anothers_address_is_not_there(mall: Mall, known: tuple[Phone, Owner]) -> None:
    _phone, owner = known
    stranger, _other = known_buyer(mall)
    home = address_of(owner)
    assert stranger.get(f"me/addresses/{home}/").status_code == 404
    for path in ("", "default/", "remove/"):
        answer = stranger.post(f"me/addresses/{home}/{path}", **WORK)
        assert answer.status_code == 404, path
    assert book(owner) == ["王小明"]


def test_statements_do_not_grow_with_addresses(known: tuple[Phone, Owner]) -> None:
    phone, _owner = known
    few = statements(phone, "me/addresses/")
    for _ in range(3):
        phone.post("me/addresses/new/", **WORK)
    assert statements(phone, "me/addresses/") == few
    assert max(few, statements(phone, "me/")) <= 9
