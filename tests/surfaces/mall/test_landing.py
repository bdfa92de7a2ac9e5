"""Through a share link into the shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.distribution.sharing.builders import make_link
from tests.surfaces.mall.builders import HTMX, Phone, known_buyer, text
from tests.trade.checkout.builders import VISITOR, Mall
from yipan.distribution.attribution.models import Touch
from yipan.distribution.sharing.actions import revoke_links
from yipan.distribution.sharing.visitors import COOKIE
from yipan.goods.catalogue.actions import deactivate_sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM


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
        live.replace("/acme/", "/nobody/"),
    ]
    answers = [phone.get(address) for address in addresses]
    bodies = {(each.status_code, each.content, tuple(sorted(each.items()))) for each in answers}
    assert len(bodies) == 1
    assert answers[0].status_code == 404
    assert all(not answer.cookies for answer in answers)
    assert not Touch.objects.exists()


def test_sharing_has_its_own_page_where_the_mall_is_off(mall: Mall, settings: object) -> None:
    address = link(mall)
    settings.YIPAN_MODULES_OFF = ["mall"]  # type: ignore[attr-defined]
    answer = Phone.new().get(address)
    assert answer.status_code == 200
    assert "网上商城尚未开放" in text(answer)


def test_htmx_is_led_like_everybody(mall: Mall) -> None:
    assert Phone.new().get(link(mall), headers=HTMX).status_code == 302
