"""Goods, stock and members in the console."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.customers.members.builders import make_member
from tests.goods.catalogue.builders import make_category, make_price, make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.group.people.builders import make_person
from tests.surfaces.openapi.builders import make_organisation
from yipan.goods.catalogue.models import Category, Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant


@pytest.fixture
def root(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def company(root: Organisation) -> Organisation:
    return make_organisation("A", root)


def console_of(organisation: Organisation, role: str = "administrator") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_person(f"p-{organisation.code}", organisation, role))
    return client


def shown(console: Client, path: str) -> str:
    answer = console.get(f"/console/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_every_list_and_page_opens(root: Organisation) -> None:
    sku, location = make_sku("TEA-1", name="龙井茶"), make_location(root, "L1")
    make_stock(location, sku, 7)
    member = make_member("王小明", phone="13800138000", organisation=root)
    console = console_of(root)
    for table, row in (
        ("catalogue/category", Category.objects.get().id),
        ("catalogue/sku", sku.id),
        ("catalogue/price", sku.prices.get().id),
        ("stock/location", location.id),
        ("stock/stocklevel", location.levels.get().id),
        ("members/member", member.id),
    ):
        assert str(row) in shown(console, f"{table}/"), table
        shown(console, f"{table}/{row}/change/")
    page = shown(console, f"members/member/{member.id}/change/")
    assert "138****8000" in page
    assert "13800138000" not in page


def test_skus_and_members_are_found_as_people_type_them(root: Organisation) -> None:
    make_sku("TEA-1", name="龙井茶")
    make_sku("CUP-1", name="杯子")
    make_member("王小明", phone="13800138000", organisation=root)
    console = console_of(root)
    found = shown(console, "catalogue/sku/?q=龙井")
    assert "TEA-1" in found
    assert "CUP-1" not in found
    assert "王小明" in shown(console, "members/member/?q=138 0013 8000")
    assert "王小明" not in shown(console, "members/member/?q=13900139000")


def test_a_category_is_added_renamed_and_moved_by_headquarters_only(
    root: Organisation, company: Organisation
) -> None:
    food = make_category("FOOD", "食品")
    console = console_of(root)
    form = {"parent": food.id, "code": "TEA", "name": "茶"}
    assert console.post("/console/catalogue/category/add/", form).status_code == 302
    tea = Category.objects.get(code="TEA")
    assert tea.path == f"{food.path}{tea.id}/"
    page = f"/console/catalogue/category/{tea.id}/change/"
    assert console.post(page, {"parent": "", "name": "茶叶"}).status_code == 302
    tea.refresh_from_db()
    assert (tea.path, tea.name) == (f"/{tea.id}/", "茶叶")
    part = console_of(company)
    assert part.post(page, {"parent": "", "name": "x"}).status_code == 403
    assert part.get("/console/catalogue/category/add/").status_code == 403


def test_a_part_of_the_group_sees_its_own_stock_prices_and_members(
    root: Organisation, company: Organisation
) -> None:
    other = make_organisation("B", root)
    sku: Sku = make_sku("TEA-1", price=1100)
    make_price(sku, 2200, company)
    make_price(sku, 3300, other)
    for organisation in (company, other):
        make_stock(make_location(organisation, f"L-{organisation.code}"), sku, 5)
        make_member(f"member-{organisation.code}", organisation=organisation)
    console = console_of(company)
    prices = shown(console, "catalogue/price/") + shown(console, f"catalogue/sku/{sku.id}/change/")
    assert "11.00" in prices
    assert "22.00" in prices
    assert "33.00" not in prices
    assert not re.search(r"\b3300\b", prices)
    stock = shown(console, "stock/stocklevel/") + shown(console, "stock/location/")
    members = shown(console, "members/member/")
    assert "L-A" in stock
    assert "L-B" not in stock
    assert "member-A" in members
    assert "member-B" not in members
