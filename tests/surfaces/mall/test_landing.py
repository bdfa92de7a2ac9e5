"""Through a share link into the shop."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pytest

from tests.distribution.sharing.builders import make_link
from tests.goods.stock.builders import make_stock
from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, text
from tests.trade.checkout.builders import VISITOR, Mall
from yipan.distribution.attribution.models import Touch
from yipan.distribution.sharing.actions import revoke_links
from yipan.distribution.sharing.visitors import COOKIE
from yipan.goods.catalogue.actions import deactivate_sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM

_KEY: Final = re.compile(r'\b\w{64}\b|(?<=value=")/s/acme/[^"]*')
"""What differs anyway: the form's key, and the address to come back to in another language."""


def link(mall: Mall, **more: object) -> str:
    values = {"sku": mall.skus[0].code, **more}
    return f"/s/acme/{make_link('GUIDE', 'R1-A', **values).token}"


def test_a_link_leads_to_the_product_in_its_shop_and_leaves_a_touch(mall: Mall) -> None:
    phone, sku = Phone.new(), mall.skus[0]
    address = link(mall)
    answer = phone.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/m/acme/products/{sku.product_id}/?sku={sku.id}"
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    touch = Touch.objects.get()
    assert touch.visitor == phone.client.cookies[COOKIE].value
    page = text(phone.get(answer["Location"]))
    assert "上海一店" in page
    assert address.rsplit("/", 1)[1] not in page


def test_whoever_is_signed_in_is_known_to_the_touch(mall: Mall) -> None:
    phone, owner = known_buyer(mall)
    phone.get(link(mall))
    touch = Touch.objects.get()
    assert (touch.visitor, touch.member_id) == (VISITOR, owner.member_id)


def test_a_link_to_the_whole_shop_leads_to_its_first_page(mall: Mall) -> None:
    phone = Phone.new()
    answer = phone.get(link(mall, sku=""))
    assert answer["Location"] == "/m/acme/"
    assert "上海一店" in text(phone.get("/m/acme/"))


def test_a_link_to_goods_off_sale_leads_to_their_page_which_says_so(mall: Mall) -> None:
    phone = Phone.new()
    address = link(mall)
    deactivate_sku(sku_id=mall.skus[0].id, by=SYSTEM)
    page = text(phone.get(phone.get(address)["Location"]))
    assert "暂时停售" in page
    assert 'data-test="buy-now"' not in page


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (compatible; Googlebot/2.1)", "WhatsApp/2.23", ""])
def test_programs_are_led_on_and_leave_no_touch(mall: Mall, agent: str) -> None:
    phone = Phone.new()
    answer = phone.get(link(mall), headers={"user-agent": agent})
    assert answer.status_code == 302
    assert COOKIE not in answer.cookies
    assert not Touch.objects.exists()


def test_whatever_opens_nothing_gets_one_and_the_same_answer(mall: Mall) -> None:
    live = link(mall)
    revoked = make_link("GUIDE", "R1-A", campaign="x")
    revoke_links(link_ids=[revoked.id], reason="x", by=SYSTEM)
    expired = make_link("GUIDE", "R1-A", expires_at=clock.now() + timedelta(milliseconds=1))
    phone = Phone.new()
    addresses = [
        f"/s/acme/{revoked.token}",
        f"/s/acme/{expired.token}",
        f"{live}A",
        live[:-1],
        "/s/acme/",
    ]
    answers = [phone.get(address) for address in addresses]
    bodies = {
        (
            each.status_code,
            _KEY.sub("", text(each)),
            tuple(sorted(item for item in each.items() if item[0] != "Content-Length")),
        )
        for each in answers
    }
    assert len(bodies) == 1
    assert answers[0].status_code == 404
    assert answers[0]["X-Robots-Tag"] == "noindex"
    assert all(COOKIE not in answer.cookies for answer in answers)
    assert not Touch.objects.exists()


def test_a_link_that_has_expired_says_so_and_leads_on_to_what_the_shop_has(mall: Mall) -> None:
    make_stock(mall.shop.location, mall.skus[0], 5)
    page = text(Phone.new().get("/s/acme/nothing"))
    assert "分享链接已失效" in page
    assert 'data-test="to-shop"' in page
    assert 'data-test="product-card"' in page


def test_of_a_group_that_is_not_there_nothing_else_is_said(mall: Mall) -> None:
    answer = Phone.new().get(link(mall).replace("/acme/", "/nobody/"))
    assert answer.status_code == 404
    assert not answer.cookies
    assert "product-card" not in text(answer)


def test_sharing_has_its_own_page_where_the_mall_is_off(mall: Mall, settings: object) -> None:
    address = link(mall)
    settings.YIPAN_MODULES_OFF = ["mall"]  # type: ignore[attr-defined]
    answer = Phone.new().get(address)
    assert answer.status_code == 200
    assert "网上商城尚未开放" in text(answer)


def test_htmx_is_led_like_everybody(mall: Mall) -> None:
    assert Phone.new().get(link(mall), headers=HTMX).status_code == 302
