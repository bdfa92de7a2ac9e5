"""Home, categories and search: products with the price and stock of this shop."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.goods.catalogue.builders import make_category, make_price, make_product, make_sku
from tests.goods.stock.builders import make_stock
from tests.group.organisations.builders import make_headquarters
from tests.surfaces.mall.builders import Phone, statements, text
from tests.trade.checkout.builders import Mall
from yipan.goods.catalogue.actions import add_units_sold, deactivate_sku, set_price
from yipan.goods.catalogue.models import Category, Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

CARD = 'data-test="product-card"'


def many_goods(mall: Mall, count: int, *, category: Category) -> list[Sku]:
    skus = []
    for number in range(count):
        product = make_product(name=f"龙井茶 {number:02}", category=category)
        sku = make_sku(product=product, price=1_000 + number, specification={"包装": "盒"})
        make_stock(mall.warehouse, sku, 3)
        skus.append(sku)
    return skus


def names_in(page: str) -> list[str]:
    return re.findall(r"龙井茶 \d\d", page)


def test_the_first_page_shows_the_shop_its_categories_and_its_goods(
    mall: Mall, phone: Phone
) -> None:
    make_category(name="茶叶")
    page = text(phone.get(""))
    assert "上海一店" in page
    for words in ("茶叶", "热销商品", "新品", "搜索商品", "¥50.00"):
        assert words in page.replace("<small>", "").replace("</small>", "")
    assert 'lang="zh-hans"' in page
    assert "Best selling" in text(phone.get("", headers={"accept-language": "en"}))


def test_promotions_are_shown_as_long_as_they_last(mall: Mall, phone: Phone) -> None:
    sku = mall.skus[0]
    assert "限时优惠" not in text(phone.get(""))
    now = clock.now()
    set_price(
        sku_id=sku.id, kind="promo", amount=3_990, valid_from=now,
        valid_until=now + timedelta(hours=1), by=SYSTEM,
    )  # fmt: skip
    page = text(phone.get(""))
    assert "限时优惠" in page
    assert "¥39.90" in page.replace("<small>", "").replace("</small>", "")
    assert "¥50.00" in page
    only = text(phone.get("search/", promo="1"))
    assert only.count(CARD) == 1
    with clock.at(now + timedelta(hours=2)):
        assert "限时优惠" not in text(phone.get(""))
        assert "暂无优惠商品" in text(phone.get("search/", promo="1"))


def test_a_product_is_shown_once_at_its_lowest_price(mall: Mall, phone: Phone) -> None:
    product = make_product(name="羊绒披肩")
    for code, price in (("A", 30_000), ("B", 20_000), ("C", 10_000)):
        sku = make_sku(code, product=product, price=price)
        if code != "C":
            make_stock(mall.warehouse, sku, 1)
    page = text(phone.get("search/", q="羊绒"))
    assert page.count(CARD) == 1
    # The cheapest one is sold out, so it is not what the list promises.
    assert "¥200" in page
    assert "¥100" not in page
    assert "起" in page


def test_what_is_sold_out_says_so(mall: Mall, phone: Phone) -> None:
    make_sku("EMPTY", name="空壶", price=100)
    assert "售罄" in text(phone.get("search/", q="空壶"))


def test_a_category_shows_its_goods_and_those_below_it(mall: Mall, phone: Phone) -> None:
    top = make_category(name="食品")
    below = make_category(name="茶叶", parent=top)
    many_goods(mall, 3, category=below)
    for category in (top, below):
        page = text(phone.get(f"categories/{category.id}/"))
        assert names_in(page) == ["龙井茶 02", "龙井茶 01", "龙井茶 00"]
    assert "茶叶" in text(phone.get("categories/"))


def test_more_comes_by_scrolling_and_nothing_twice(mall: Mall, phone: Phone) -> None:
    category = make_category(name="茶叶")
    many_goods(mall, 45, category=category)
    path, seen = f"categories/{category.id}/?sort=price_asc", []
    answer = phone.get(path)
    while True:
        page = text(answer)
        seen += names_in(page)
        more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
        if more is None:
            break
        answer = phone.fragment(more[1])
        assert "<html" not in text(answer)
    assert seen == [f"龙井茶 {number:02}" for number in range(45)]
    # Without htmx the same address is a page of its own.
    assert "<html" in text(phone.get(path))


def test_search_answers_as_one_types_and_keeps_what_was_asked_in_the_address(
    mall: Mall, phone: Phone
) -> None:
    many_goods(mall, 2, category=make_category(name="茶叶"))
    answer = phone.fragment("search/", q="龙井", sort="price_desc")
    page = text(answer)
    assert "<html" not in page
    assert names_in(page) == ["龙井茶 01", "龙井茶 00"]
    assert "q=%E9%BE%99%E4%BA%95&sort=newest" in page
    assert "没有找到" in text(phone.get("search/", q="没有这个"))


@pytest.mark.parametrize("query", [{"sort": "x"}, {"cursor": "x"}, {"promo": "x"}, {"q": "?!"}])
def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(
    mall: Mall, phone: Phone, query: dict[str, str]
) -> None:
    assert phone.get("search/", **query).status_code == 200


def test_what_is_not_there_is_not_found(mall: Mall, phone: Phone) -> None:
    other = Tenant.objects.create(code="other", name="别家")
    with tenant_context(other.id):
        make_headquarters(code="X")
        foreign = make_category(name="别家的").id
        foreign_product = make_sku("X").product_id
    for path in (f"categories/{foreign}/", f"products/{foreign_product}/", "categories/1/"):
        assert phone.get(path).status_code == 404
    for path in ("/m/nobody/", "/m/nobody/search/", "/m/other/products/1/"):
        assert phone.get(path).status_code == 404


def test_statements_do_not_grow_with_the_goods(mall: Mall, phone: Phone) -> None:
    category = make_category(name="茶叶")
    many_goods(mall, 2, category=category)
    paths = ("", "search/", f"categories/{category.id}/", "categories/")
    few = {path: statements(phone, path) for path in paths}
    skus = many_goods(mall, 18, category=category)
    add_units_sold({sku.id: 5 for sku in skus})
    for sku in skus:
        make_price(sku, 900, kind="promo")
    assert {path: statements(phone, path) for path in paths} == {
        **few,
        "": few[""] + 1,  # the cards of the promotions, which there were none of
    }
    assert max(few.values()) <= 18, few


def test_goods_off_sale_are_on_no_shelf(mall: Mall, phone: Phone) -> None:
    for sku in Sku.objects.all():
        deactivate_sku(sku_id=sku.id, by=SYSTEM)
    assert CARD not in text(phone.get(""))
    assert "商城正在上架商品" in text(phone.get(""))
