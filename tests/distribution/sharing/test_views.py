"""The page behind a share link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.conftest import make_tenant
from tests.distribution.attribution.builders import make_distributor
from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link
from tests.goods.catalogue.builders import make_sku
from tests.group.organisations.builders import make_headquarters
from yipan.distribution.attribution.models import Touch
from yipan.distribution.sharing.actions import revoke_links
from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.visitors import COOKIE
from yipan.goods.catalogue.actions import set_price
from yipan.goods.catalogue.models import Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 MicroMessenger/8.0.50"


@pytest.fixture(autouse=True)
def _without_the_mall(settings: Any) -> None:
    """Sharing's own page is what there is where no shop receives visitors."""
    settings.YIPAN_MODULES_OFF = [*settings.YIPAN_MODULES_OFF, "mall"]


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": BROWSER, "accept-language": "zh-CN"})


def get(browser: Client, token: str, tenant: str = "acme", **more: Any) -> HttpResponse:
    return cast("HttpResponse", browser.get(f"/s/{tenant}/{token}", **more))


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_page_shows_what_was_shared(world: World, tea: Sku, browser: Client) -> None:
    answer = get(browser, make_link(sku="TEA").token)
    assert answer.status_code == 200
    for words in ("龙井茶", "500g", "¥1,234.50", "上海一店", "进入商城", "网上商城尚未开放"):
        assert words in text(answer)
    assert 'lang="zh-hans"' in text(answer)


def test_the_page_speaks_english_too(world: World, tea: Sku, browser: Client) -> None:
    token = make_link(sku="TEA").token
    answer = get(browser, token, headers={"accept-language": "en"})
    assert "The online shop is not open yet." in text(answer)


def test_the_page_shows_the_promotion_price_of_the_shop(
    world: World, tea: Sku, browser: Client
) -> None:
    set_price(
        sku_id=tea.id,
        organisation_id=world.tree["R1"].id,
        kind="promo",
        amount=99_900,
        valid_from=clock.now(),
        by=SYSTEM,
    )
    here = text(get(browser, make_link(sku="TEA").token))
    assert "¥999.00" in here
    assert "<s>¥1,234.50</s>" in here
    everywhere = text(get(browser, make_link("WANG", "HQ", sku="TEA").token))
    assert "¥999.00" not in everywhere


def test_the_page_never_names_the_distributor_nor_commission(
    world: World, tea: Sku, browser: Client
) -> None:
    make_distributor(world.store, "ZZTOP", name="赵某某")
    page = text(get(browser, make_link("ZZTOP", sku="TEA", channel="wechat").token)).lower()
    for word in ("zztop", "赵某某", "commission", "佣金", "distribut", "分销"):
        assert word not in page


def test_a_link_to_a_whole_shop_and_one_to_goods_off_sale_have_pages(
    world: World, tea: Sku, browser: Client
) -> None:
    assert "欢迎光临" in text(get(browser, make_link().token))
    Sku.objects.update(on_sale=False)
    page = text(get(browser, make_link(sku="TEA").token))
    assert "暂时停售" in page
    assert "¥" not in page


def test_names_are_shown_as_text(world: World, browser: Client) -> None:
    make_sku("X", name="<script>alert(1)</script>")
    page = text(get(browser, make_link(sku="X").token))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_visitor_is_named_once_and_found_again(world: World, tea: Sku, browser: Client) -> None:
    token = make_link(sku="TEA").token
    cookie = get(browser, token).cookies[COOKIE]
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["max-age"], cookie["path"]) == (365 * 24 * 3600, "/")
    assert get(browser, token).cookies[COOKIE].value == cookie.value
    assert set(Touch.objects.values_list("visitor", flat=True)) == {cookie.value}
    assert Touch.objects.count() == 2


def test_a_cookie_that_is_not_ours_is_replaced(world: World, browser: Client) -> None:
    browser.cookies[COOKIE] = "x" * 500
    assert len(get(browser, make_link().token).cookies[COOKIE].value) == 22


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}},
        {"headers": {"user-agent": "WhatsApp/2.23.20.0"}},
        {"headers": {"user-agent": ""}},
        {"headers": {"sec-purpose": "prefetch;prerender"}},
    ],
)
def test_programs_see_the_page_and_leave_no_touch(
    world: World, tea: Sku, browser: Client, request_: dict[str, Any]
) -> None:
    answer = get(browser, make_link(sku="TEA").token, **request_)
    assert "龙井茶" in text(answer)
    assert COOKIE not in answer.cookies
    assert not Touch.objects.exists()


def test_only_reading_is_answered(world: World, browser: Client) -> None:
    url = f"/s/acme/{make_link().token}"
    assert browser.head(url).status_code == 200
    assert browser.post(url).status_code == 405
    assert not Touch.objects.exists()


def test_whatever_opens_nothing_gets_one_and_the_same_polite_answer(
    world: World, tea: Sku, browser: Client
) -> None:
    revoked = make_link(sku="TEA", campaign="revoked")
    revoke_links(link_ids=[revoked.id], reason="x", by=SYSTEM)
    expired = make_link(sku="TEA", expires_at=clock.now() + timedelta(milliseconds=1))
    changed = make_link(sku="TEA", campaign="changed")
    ShareLink.objects.filter(id=changed.id).update(distributor=world.li)
    other = make_tenant("other", "别家")
    with tenant_context(other.id):
        make_distributor(make_headquarters(code="X"), "WANG")
        foreign = make_link("WANG", "X")
    live = make_link(sku="TEA").token
    altered = ("B" if live[0] == "A" else "A") + live[1:]
    tokens = [
        revoked.token,
        expired.token,
        changed.token,
        foreign.token,
        altered,
        live[:-1],
        live + "A",
        f"{live}/",
        f"{live}=",
        "",
        "%0a",
    ]
    answers = [get(browser, token) for token in tokens]
    answers.append(get(browser, live, tenant="other"))
    answers.append(get(browser, live, tenant="nobody"))
    bodies = {
        (answer.status_code, answer.content, tuple(sorted(answer.headers.items())))
        for answer in answers
    }
    assert len(bodies) == 1
    assert answers[0].status_code == 404
    assert "此链接已失效" in text(answers[0])
    assert all(not answer.cookies for answer in answers)
    assert not Touch.objects.exists()
    assert get(browser, live).status_code == 200
