"""What holds for every page of the mall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import resolve

import yipan.surfaces.mall
from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.sharing.builders import make_link
from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, text
from tests.trade.checkout.builders import Mall
from yipan.distribution.commissions.models import Entry
from yipan.kernel import clock
from yipan.surfaces.mall import urls
from yipan.trade.checkout.actions import add_to_basket
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.models import OrderLine
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.payments.models import PaymentIntent

TEMPLATES = Path(yipan.surfaces.mall.__file__).parent / "templates"
RATE = "0.0777"
SILENT = re.compile(
    r"(?i:commission|佣金|提成|distribut|分销|返利|upline)|GUIDE|LEADER|\.0777|\b777\b|\b7\.77"
)
RANDOM = re.compile(r'value="[^"]{20,}"|X-CSRFToken": "\w+"|[?&]v=\w+|\d{9,}')
"""Keys, fingerprints of files and long numbers say nothing."""


def addresses(mall: Mall, phone: Phone) -> Iterator[str]:
    """Every page that can be read, with something on it."""
    sku = mall.skus[0]
    line = OrderLine.objects.select_related("order").get()
    order = line.order_id
    yield from ("", "categories/", "search/?q=智能", "basket/", "me/", "me/name/", "me/addresses/")
    yield from (f"categories/{sku.product.category_id}/", "me/addresses/new/", "orders/")
    yield from (f"products/{sku.product_id}/?sku={sku.id}", f"products/{sku.product_id}/choose/")
    yield from (f"checkout/?sku={sku.id}", f"orders/{order}/", f"orders/{order}/paid/")
    yield f"orders/{order}/lines/{line.id}/refund/"


@pytest.fixture
def phone(mall: Mall) -> Phone:
    """A buyer who came by a link, bought what earns a commission, and has more in the basket."""
    rule = make_rule({"mode": "tiered_rate", "measure": "line_amount", "method": "whole",
                      "tiers": [{"from": 0, "rate": RATE}]})  # fmt: skip
    for sku in mall.skus:
        make_offer(sku, mall.shop.tree.headquarters, rule)
    phone, owner = known_buyer(mall)
    phone.get(f"/s/acme/{make_link('GUIDE', 'R1-A', sku=mall.skus[0].code).token}")
    placed = mall.buy(owner, (mall.skus[0], 2))
    pay_orders(payments=[PaymentRequest(placed.order_id, clock.now(), "sandbox", placed.number)])
    assert Entry.objects.get(role="seller").amount == 699
    add_to_basket(owner=owner, shop_id=mall.shop_id, sku_id=mall.skus[1].id, quantity=1)
    return phone


def test_no_page_says_anything_of_the_commission_or_who_earns_it(mall: Mall, phone: Phone) -> None:
    for path in addresses(mall, phone):
        for headers in ({}, HTMX, {"accept-language": "en"}):
            answer = phone.get(path, headers=headers)
            assert answer.status_code == 200, path
            page = RANDOM.sub("", text(answer))
            assert not SILENT.search(page), (path, SILENT.search(page))
            assert "¥6.99" not in page, path


def test_nothing_else_that_is_answered_says_so_either(mall: Mall, phone: Phone) -> None:
    order = OrderLine.objects.values_list("order_id", flat=True).get()
    shared = make_link("GUIDE", "R1-A", sku=mall.skus[0].code).token
    token = PaymentIntent.objects.get().token
    others = ("manifest.webmanifest", "worker.js", "offline/", "products/1/", "orders/1/",
              f"orders/{order}/pay/", f"orders/{order}/code.svg", "me/?x=1", "orders/?tab=refunds",
              f"/s/acme/{shared}", "/s/acme/gone", f"/pay/sandbox/{token}/", "/live/")  # fmt: skip
    for path in (*others, *addresses(mall, phone)):
        answer = phone.get(path)
        told = [*answer.items(), *((name, each.value) for name, each in answer.cookies.items())]
        said = " ".join(f"{name}: {value}" for name, value in told)
        if not answer.streaming:
            said += text(answer)
        said = RANDOM.sub("", said).replace(shared, "")
        assert not SILENT.search(said), (path, SILENT.search(said))


def test_the_pages_above_are_all_that_there_are(mall: Mall, phone: Phone) -> None:
    acts = {"mall-basket-change", "mall-order-cancel", "mall-order-received",
            "mall-address-default", "mall-refund-withdraw", "mall-address-remove"}  # fmt: skip
    apart = {"mall-manifest", "mall-worker", "mall-offline", "mall-pay", "mall-order-code"}
    edit = {"mall-address"}  # as a new one, with the buyer's own words in it
    seen = {
        resolve(f"/m/acme/{path.partition('?')[0]}").url_name for path in addresses(mall, phone)
    }
    assert seen | acts | apart | edit == {str(each.name) for each in urls._shop}


def test_pages_carry_no_script_and_no_style_of_their_own(mall: Mall, phone: Phone) -> None:
    for path in addresses(mall, phone):
        answer = phone.get(path)
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page), path
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy


def test_every_page_has_one_heading_a_title_and_names_for_its_pictures(
    mall: Mall, phone: Phone
) -> None:
    for path in addresses(mall, phone):
        page = phone.get(path).content.decode()
        assert len(re.findall(r"<h1[ >]", page)) == 1, path
        assert re.search(r"<title>\s*\S", page), path
        assert all(" alt=" in image for image in re.findall(r"<img[^>]*>", page)), path


def test_every_form_that_changes_something_has_a_key() -> None:
    forms = 0
    for template in TEMPLATES.rglob("*.html"):
        source = template.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', source, re.DOTALL):
            if template.name == "cashier.html":  # to a provider's own address
                continue
            forms += 1
            assert "{% once %}" in form, template
            assert "{% csrf_token %}" in form, template
        dialogs = re.findall(r"<c-dialog.*?</c-dialog>", source, re.DOTALL)
        assert all("{% once %}" in dialog for dialog in dialogs), template
    assert forms > 9


def test_a_form_without_its_key_changes_nothing(mall: Mall, phone: Phone) -> None:
    answer = phone.client.post(
        f"/m/acme/products/{mall.skus[2].product_id}/choose/",
        {"sku": mall.skus[2].id, "quantity": 1, "then": "basket"},
    )
    assert answer.status_code == 400
    assert text(phone.get("basket/")).count('data-test="basket-line"') == 1


@pytest.mark.parametrize("path", ["basket/change/", "orders/1/cancel/", "refunds/1/withdraw/"])
def test_what_changes_something_is_not_done_by_looking(mall: Mall, phone: Phone, path: str) -> None:
    assert phone.get(path).status_code == 405


def test_what_is_not_there_is_said_in_the_readers_language(mall: Mall, phone: Phone) -> None:
    for path in ("orders/1/", "/m/nobody/", "nowhere/"):
        answer = phone.get(path)
        assert answer.status_code == 404
        assert "没有这个页面" in text(answer)
        assert 'href="/m/acme/"' in text(answer) or path != "orders/1/"
        assert "noindex" in text(answer)
    assert "There is no such page" in text(phone.get("nowhere/", headers={"accept-language": "en"}))


def test_of_goods_that_are_gone_the_shop_says_so_and_shows_others(mall: Mall, phone: Phone) -> None:
    answer = phone.get("products/1/")
    assert answer.status_code == 404
    assert "商品已下架" in text(answer)
    assert "noindex" in text(answer)
    assert 'data-test="product-card"' in text(answer)
    english = text(phone.get("products/1/", headers={"accept-language": "en"}))
    assert "This product is gone" in english
