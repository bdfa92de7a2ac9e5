"""Goods: found by word, category and code, with what they earn; counter stock for guides."""

from __future__ import annotations

import html
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.distributors.builders import make_distributor
from tests.distribution.pool.builders import make_offer
from tests.goods.catalogue.builders import make_category, make_price, make_product, make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.surfaces.workbench.builders import Phone, count_of, hooks, opened_shop, text_of
from tests.trade.orders.builders import Shop
from yipan.distribution.distributors.actions import grant, leave
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.group.people.models import Person
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.surfaces.workbench.shelf import PAGE

Desk = tuple[Shop, Phone]


@pytest.fixture
def desk(tenant: Tenant) -> Desk:
    return opened_shop()


def put_on_sale(shop: Shop, how_many: int, **more: object) -> None:
    for number in range(how_many):
        sku = make_sku(f"N-{number:03d}", price=1_000 + number, **more)  # type: ignore[arg-type]
        make_offer(sku, shop.tree.headquarters)


def test_a_card_says_what_one_unit_earns_this_distributor(desk: Desk) -> None:
    shop, phone = desk
    make_price(shop.skus["LINE"], 6_000, kind="promo")
    make_price(shop.skus["FIXED"], 9_000, kind="member")
    answer = phone.get("goods/", q="LINE")
    assert hooks(answer, "card-price") == ["¥60.00"]
    assert hooks(answer, "card-commission") == ["¥3.00"]
    assert "¥100.00" in text_of(answer)
    assert "Member price ¥90.00" in " ".join(text_of(phone.get("goods/", q="FIXED")).split())


def test_goods_are_found_by_chinese_word_and_by_code(desk: Desk) -> None:
    shop, phone = desk
    make_offer(make_sku("TEA-1", name="明前龙井"), shop.tree.headquarters)
    assert count_of(phone.part("goods/", q="龙井"), "goods-card") == 1
    assert count_of(phone.part("goods/", q="tea"), "goods-card") == 1
    nothing = phone.part("goods/", q="没有这个")
    assert count_of(nothing, "goods-empty") == 1
    assert "没有这个" in text_of(nothing)


def test_a_category_holds_what_is_below_it(desk: Desk) -> None:
    shop, phone = desk
    top = make_category(name="食品")
    tea = make_category(name="茶叶", parent=top)
    sku = make_sku("TEA-1", product=make_product(name="龙井", category=tea))
    make_offer(sku, shop.tree.headquarters)
    for category in (top, tea):
        answer = phone.get("goods/", category=str(category.id))
        assert count_of(answer, "goods-card") == 1
        assert "茶叶" in text_of(answer)
    assert phone.get("goods/", category="1").status_code == 404


def test_orders_of_the_list_stay_in_the_address_and_every_one_works(desk: Desk) -> None:
    _, phone = desk
    for sort in ("commission", "sales", "newest", "price_asc", "price_desc", "nonsense"):
        answer = phone.get("goods/", sort=sort)
        assert count_of(answer, "goods-card") == 3, sort
        if sort != "nonsense":
            assert f'value="{sort}" checked' in text_of(answer)


def test_another_tap_on_the_price_turns_the_order_round(desk: Desk) -> None:
    _, phone = desk
    for sort, offered in (
        ("sales", "price_asc"),
        ("price_asc", "price_desc"),
        ("price_desc", "price_asc"),
    ):
        answer = phone.get("goods/", sort=sort)
        assert count_of(answer, f"sort-{offered}") == 1, sort
        assert text_of(answer).count('data-test="sort-') == 4


def test_only_what_earns_here_is_listed(desk: Desk) -> None:
    shop, phone = desk
    make_offer(make_sku("ELSEWHERE"), shop.tree["FOOD"])
    make_offer(shop.skus["NONE"], shop.tree["R1-A"], is_on=False)
    assert "ELSEWHERE" not in text_of(phone.get("goods/"))
    assert "NONE" not in text_of(phone.get("goods/"))


def test_scrolling_shows_every_card_once(desk: Desk) -> None:
    shop, phone = desk
    put_on_sale(shop, PAGE + 7)
    seen: list[str] = []
    query: dict[str, str] = {"sort": "newest"}
    for _ in range(5):
        answer = phone.part("goods/", **query)
        found = text_of(answer).split('data-sku="')[1:]
        seen += [each.split('"', 1)[0] for each in found]
        if "cursor=" not in text_of(answer):
            break
        address = text_of(answer).split('hx-get="?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
        query = {name: values[0] for name, values in parse_qs(address).items()}
    assert len(seen) == len(set(seen)) == PAGE + 7 + 3


@pytest.mark.parametrize("address", ["goods/", "counter/?view=all"])
def test_a_full_page_takes_as_many_statements_as_a_short_one(desk: Desk, address: str) -> None:
    shop, phone = desk
    counts = []
    for _ in range(2):
        phone.get(address)
        with CaptureQueriesContext(connection) as captured:
            phone.get(address)
        counts.append(len(captured))
        put_on_sale(shop, 30) if len(counts) == 1 else None
    assert counts[0] == counts[1], counts


def test_an_altered_cursor_is_refused_and_no_page_breaks(desk: Desk) -> None:
    _, phone = desk
    assert phone.get("goods/", cursor="nonsense").status_code == 422
    assert phone.part("goods/", cursor="nonsense").status_code == 422


def test_the_ladder_tells_the_rule_in_words_with_examples(desk: Desk) -> None:
    _, phone = desk
    answer = phone.part("rule/LINE/")
    assert "<html" not in text_of(answer)
    assert "Tiered by line amount" in hooks(answer, "rule-headline")[0]
    assert count_of(answer, "rule-example") == 5
    assert "¥5.00" in text_of(answer)
    assert "you are here" in text_of(answer)
    assert hooks(phone.part("rule/FIXED/"), "rule-headline") == ["¥3.50 for every unit sold."]
    assert "Earns nothing here" in text_of(phone.part("rule/NONE/"))
    assert phone.get("rule/UNKNOWN/").status_code == 404


def test_counter_stock_stands_side_by_side_and_only_guides_find_it(desk: Desk) -> None:
    shop, phone = desk
    for code, units in (("R1-B", 20), ("R2-A", 300), ("F1-A", 4_000)):
        make_stock(make_location(shop.tree[code]), shop.skus["LINE"], units)
    answer = phone.get("counter/", q="LINE")
    assert hooks(answer, "units-store") == ["1000"]
    assert hooks(answer, "units-company") == ["1020"]
    assert hooks(answer, "units-region") == ["1320"]
    assert hooks(answer, "units-group") == ["5320"]
    assert "华东公司" in text_of(answer)
    assert "零售产业集团" in text_of(answer)
    employee = make_distributor(shop.tree["R1-A"], "EMP", kind="employee")
    other = Phone.of(employee)
    assert other.get("counter/").status_code == 404
    assert other.get("counter/units/").status_code == 404
    assert "/w/counter/" not in text_of(other.get(""))


def test_store_goods_are_in_stock_here_and_platform_goods_need_not_be(desk: Desk) -> None:
    shop, phone = desk
    make_offer(make_sku("FAR-AWAY"), shop.tree.headquarters)
    assert "FAR-AWAY" not in text_of(phone.get("counter/"))
    assert "FAR-AWAY" in text_of(phone.get("counter/", view="all"))


def test_stock_is_fetched_again_without_the_page(desk: Desk) -> None:
    shop, phone = desk
    shop.sell(shop.line("LINE", 7))
    sku = str(shop.skus["LINE"].id)
    answer = text_of(phone.part("counter/units/", sku=sku))
    assert f'id="units-{sku}-store" hx-swap-oob="innerHTML">993<' in answer
    assert text_of(phone.part("counter/units/", sku="x")).strip() == ""


def test_who_is_suspended_sees_goods_and_money_but_shares_nothing(desk: Desk) -> None:
    shop, phone = desk
    Distributor.objects.filter(id=shop.guide.id).update(status=DistributorStatus.SUSPENDED)
    answer = phone.get("goods/")
    assert count_of(answer, "goods-card") == 3
    assert count_of(answer, "share-open") == 0
    assert "suspended" in hooks(answer, "standing")[0]
    assert phone.get("").status_code == 200
    assert phone.get("withdraw/").status_code == 200
    assert count_of(phone.get("share/LINE/"), "share-copy") == 0


def test_who_left_sees_money_and_shares_nothing(desk: Desk) -> None:
    shop, phone = desk
    leave(distributor=shop.guide, successor=shop.leader, by=SYSTEM, reason="离职")
    answer = phone.get("")
    assert "You have left" in hooks(answer, "standing")[0]
    assert count_of(answer, "share-shop") == 0
    assert count_of(phone.get("goods/"), "share-open") == 0
    assert phone.get("withdraw/").status_code == 200
    assert phone.get("counter/").status_code == 404


def test_who_has_no_account_any_more_sees_nothing(desk: Desk) -> None:
    _, phone = desk
    Person.objects.filter(id=phone.person.id).update(is_active=False)
    assert phone.get("").status_code == 302


def test_a_granted_shop_can_be_chosen_and_no_other(desk: Desk) -> None:
    shop, phone = desk
    make_offer(make_sku("FOOD-ONLY"), shop.tree["FOOD"])
    assert phone.get("goods/", shop="F1-A").status_code == 404
    grant(distributor=shop.guide, organisation=shop.tree["F1-A"], by=SYSTEM)
    answer = phone.get("goods/", shop="F1-A", q="FOOD")
    assert hooks(answer, "card-commission") == ["¥0.00"]  # offered above what was granted
    make_offer(make_sku("OF-THE-SHOP"), shop.tree["F1-A"])
    assert hooks(phone.get("goods/", shop="F1-A", q="OF"), "card-commission") == ["¥10.00"]
    assert phone.get("goods/", shop="F1-B").status_code == 404


@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "{{ seller.person.id }}", "{% now 'Y' %} x", "' on=x"]
)
def test_what_is_typed_is_shown_and_never_run(desk: Desk, text: str) -> None:
    _, phone = desk
    answer = phone.get("goods/", q=text)
    (shown,) = hooks(answer, "goods-empty")
    assert html.unescape(shown).split("“")[1].startswith(text.split(">", maxsplit=1)[0])
    assert "<script>alert" not in text_of(answer)
