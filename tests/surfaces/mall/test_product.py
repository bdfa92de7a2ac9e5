"""The page of a product: what it costs, where it can be had, and choosing a SKU of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.goods.catalogue.builders import make_product, make_sku
from tests.goods.stock.builders import make_stock
from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, once_in, statements, text
from tests.trade.checkout.builders import Mall
from yipan.goods.catalogue.actions import set_price
from yipan.goods.catalogue.models import Picture, Product, Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.trade.checkout.models import BasketLine


@pytest.fixture
def shirt(mall: Mall) -> Product:
    """Four SKUs of two attributes; M is sold out."""
    product = make_product("SHIRT", name="真丝衬衫", tags=("新品",))
    for colour in ("白", "黑"):
        for size in ("S", "M"):
            sku = make_sku(
                f"SHIRT-{colour}-{size}",
                product=product,
                price=45_900,
                specification={"颜色": colour, "尺码": size},
            )
            if size == "S":
                make_stock(mall.shop.location, sku, 3)
                make_stock(mall.warehouse, sku, 50)
    return product


def sku_of(code: str) -> Sku:
    found: Sku = Sku.objects.get(code=code)
    return found


def options_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-picker="(.*?)" class', page, re.DOTALL)
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def plain(page: str) -> str:
    """Without the two sizes that a price is set in."""
    return page.replace("<small>", "").replace("</small>", "")


def test_the_page_says_what_there_is_and_where(shirt: Product, phone: Phone) -> None:
    page = text(phone.get(f"products/{shirt.id}/"))
    for words in ("真丝衬衫", "¥459.00", "新品", "加入购物车", "立即购买", "线上发货，现货"):
        assert words in plain(page)
    assert "上海一店现货 3 件，可自提" in page
    assert "颜色" in page


def test_the_promotion_ends_on_the_page_when_it_does(shirt: Product, phone: Phone) -> None:
    sku = sku_of("SHIRT-白-S")
    now = clock.now()
    end = now + timedelta(days=2)
    set_price(
        sku_id=sku.id, kind="promo", amount=39_900, valid_from=now, valid_until=end, by=SYSTEM
    )
    page = plain(text(phone.get(f"products/{shirt.id}/?sku={sku.id}")))
    assert "¥399.00" in page
    assert "促销价" in page
    assert 'data-test="promo-end"' in page
    with clock.at(end):
        assert "促销价" not in text(phone.get(f"products/{shirt.id}/?sku={sku.id}"))


def test_members_pay_their_price_and_visitors_read_of_it(mall: Mall, phone: Phone) -> None:
    sku = mall.skus[0]
    visited = text(phone.get(f"products/{sku.product_id}/"))
    assert "会员价" in visited
    assert "¥45.00" in visited
    known, _owner = known_buyer(mall)
    page = text(known.get(f"products/{sku.product_id}/"))
    assert "¥45" in plain(page)
    assert 'data-test="price"' in page


def test_a_known_sku_of_the_address_is_chosen_already(shirt: Product, phone: Phone) -> None:
    sku = sku_of("SHIRT-黑-S")
    page = text(phone.get(f"products/{shirt.id}/?sku={sku.id}"))
    assert re.search(rf'value="{sku.id}"[^>]* checked', page)
    assert '<span class="grow text-ink" data-picked="label">S · 黑</span>' in page
    for odd in ("0", "x", "-1", "9" * 30):
        assert phone.get(f"products/{shirt.id}/?sku={odd}").status_code == 200


def test_the_picker_knows_every_sku_and_which_of_them_are_gone(
    shirt: Product, phone: Phone
) -> None:
    picker = options_in(text(phone.get(f"products/{shirt.id}/")))
    assert [each["name"] for each in picker["attributes"]] == ["尺码", "颜色"]
    can = {option["label"]: option["can"] for option in picker["options"]}
    assert can == {"S · 白": True, "M · 白": False, "S · 黑": True, "M · 黑": False}
    assert {option["most"] for option in picker["options"] if option["can"]} == {50}


def test_without_a_script_choosing_is_a_page(shirt: Product, phone: Phone) -> None:
    page = phone.get(f"products/{shirt.id}/choose/?then=basket")
    assert 'name="then" value="basket"' in text(page)
    sku = sku_of("SHIRT-白-S")
    answer = phone.post(
        f"products/{shirt.id}/choose/",
        once=once_in(page), sku=str(sku.id), quantity="2", then="basket",
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, f"/m/acme/products/{shirt.id}/")
    assert "已加入购物车" in text(phone.get(answer["Location"]))


def test_into_the_basket_without_leaving_the_page_and_only_once(
    shirt: Product, phone: Phone
) -> None:
    sku = sku_of("SHIRT-白-S")
    path = f"products/{shirt.id}/choose/"
    form = {"sku": str(sku.id), "quantity": "2", "then": "basket"}
    first = phone.post(path, once="0123456789abcdef", headers=HTMX, **form)
    again = phone.post(path, once="0123456789abcdef", headers=HTMX, **form)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert BasketLine.objects.get().quantity == 2
    assert "2" in text(first)
    said = json.loads(first["HX-Trigger"])
    assert said["toast"]["text"] == "已加入购物车"
    assert said["modal:close"]["id"] == "picker"


def test_buying_now_leads_to_the_checkout_of_just_that(shirt: Product, phone: Phone) -> None:
    sku = sku_of("SHIRT-白-S")
    form = {"sku": str(sku.id), "quantity": "2", "then": "buy"}
    address = f"/m/acme/checkout/?sku={sku.id}&quantity=2"
    answer = phone.post(f"products/{shirt.id}/choose/", **form)
    assert (answer.status_code, answer["Location"]) == (302, address)
    answer = phone.post(f"products/{shirt.id}/choose/", headers=HTMX, **form)
    assert answer["HX-Redirect"] == address
    assert not BasketLine.objects.exists()


def test_what_cannot_be_taken_is_said_where_it_was_chosen(shirt: Product, phone: Phone) -> None:
    sku = sku_of("SHIRT-白-S")
    form = {"sku": str(sku.id), "quantity": "100000", "then": "basket"}
    answer = phone.post(f"products/{shirt.id}/choose/", headers=HTMX, **form)
    assert answer.status_code == 422
    assert "<y-picker" in text(answer)
    assert not BasketLine.objects.exists()
    gone = phone.post(f"products/{shirt.id}/choose/", sku="1", quantity="1", then="basket")
    assert gone.status_code in {404, 422}


def test_pictures_of_the_chosen_sku_come_first_and_those_of_others_not_at_all(
    shirt: Product, phone: Phone
) -> None:
    white, black = sku_of("SHIRT-白-S"), sku_of("SHIRT-黑-S")
    for sku, file in ((None, "main.webp"), (white, "white.webp"), (black, "black.webp")):
        Picture.objects.create(product=shirt, sku=sku, file=file)
    page = text(phone.get(f"products/{shirt.id}/?sku={white.id}"))
    gallery = page.split("data-gallery", 1)[1].split("data-gallery-count", 1)[0]
    assert gallery.index("white.webp") < gallery.index("main.webp")
    assert "black.webp" not in gallery


def test_others_are_told_of_the_product_and_nothing_of_the_link(
    shirt: Product, phone: Phone, settings: Any
) -> None:
    settings.YIPAN_BASE_URL = "https://shop.example"
    Picture.objects.create(product=shirt, file="main.webp")
    page = text(phone.get(f"products/{shirt.id}/?sku={sku_of('SHIRT-白-S').id}&x=secret"))
    head = page.split("</head>")[0]
    address = f"https://shop.example/m/acme/products/{shirt.id}/"
    assert f'<link rel="canonical" href="{address}">' in head
    assert f'<meta property="og:url" content="{address}">' in head
    assert '<meta property="og:title" content="真丝衬衫">' in head
    assert 'property="og:image" content="https://shop.example/media/main.webp' in head
    assert "secret" not in head
    assert "noindex" not in head


def test_statements_do_not_grow_with_skus(mall: Mall, shirt: Product, phone: Phone) -> None:
    few = statements(phone, f"products/{mall.skus[0].product_id}/")
    assert statements(phone, f"products/{shirt.id}/") == few
    assert few <= 12, few
