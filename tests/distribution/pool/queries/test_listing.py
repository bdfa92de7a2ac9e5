"""Lists of offers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_skus
from tests.distribution.pool.rule_cases import fixed
from tests.goods.catalogue.builders import make_category, make_product, make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.models import Offer
from yipan.distribution.pool.queries import (
    OfferCard,
    OfferFilters,
    OfferSort,
    OfferTime,
    PoolKey,
    offers_for_sale,
    offers_of,
    terms_for,
)
from yipan.goods.catalogue.actions import set_price
from yipan.goods.catalogue.models import Sku
from yipan.goods.catalogue.queries import prices_at
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with clock.at(NOW):
        yield


def kept(group: GroupTree, code: str = "HQ", *, limit: int = 50, **more: Any) -> list[OfferCard]:
    """All pages of the offers kept in a subtree."""
    sort = more.pop("sort", OfferSort.COMMISSION)
    found: list[OfferCard] = []
    cursor = None
    while True:
        page = offers_of(
            paths=[group[code].path],
            filters=OfferFilters(**more),
            sort=sort,
            cursor=cursor,
            limit=limit,
        )
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def for_sale(group: GroupTree, code: str, *, limit: int = 50, **more: Any) -> list[OfferCard]:
    """All pages of what earns when an organisation sells."""
    found: list[OfferCard] = []
    cursor = None
    while True:
        page = offers_for_sale(organisation_id=group[code].id, cursor=cursor, limit=limit, **more)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_offers_of_a_subtree_are_listed_and_of_nobody_else(group: GroupTree) -> None:
    rule = make_rule()
    first, second = make_skus(2)
    offers = {
        code: make_offer(sku, group[code], rule).id
        for code, sku in (("HQ", first), ("R1", first), ("R1-A", second), ("R2", second))
    }
    assert {card.id for card in kept(group)} == set(offers.values())
    assert {card.id for card in kept(group, "R1")} == {offers["R1"], offers["R1-A"]}
    exact = kept(group, "R1", organisation_id=group["R1"].id)
    assert [(card.id, card.organisation_code) for card in exact] == [(offers["R1"], "R1")]
    with pytest.raises(NotFound):
        kept(group, "R1", organisation_id=group["R2"].id)


def test_offers_are_found_by_rule_switch_time_and_sale(group: GroupTree) -> None:
    rule, other = make_rule(), make_rule()
    skus = make_skus(6)
    current = make_offer(skus[0], rule=rule).id
    off = make_offer(skus[1], rule=rule, is_on=False).id
    ended = make_offer(skus[2], rule=rule, valid_until=NOW).id
    early = make_offer(skus[3], rule=rule, valid_from=NOW + DAY).id
    of_other = make_offer(skus[4], rule=other).id
    gone = make_offer(skus[5], rule=rule).id
    Sku.objects.filter(id=skus[5].id).update(on_sale=False)

    def ids(**filters: Any) -> set[int]:
        return {card.id for card in kept(group, **filters)}

    assert ids() == {current, off, ended, early, of_other}
    assert ids(on_sale=False) == {current, off, ended, early, of_other, gone}
    assert ids(rule_id=other.id) == {of_other}
    assert ids(is_on=False) == {off}
    assert ids(time=OfferTime.CURRENT, is_on=True) == {current, of_other}
    assert ids(time=OfferTime.ENDED) == {ended}
    assert ids(time=OfferTime.UPCOMING) == {early}


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("sort", list(OfferSort))
def test_the_pages_together_are_the_list_in_every_order(
    group: GroupTree, sort: OfferSort, limit: int
) -> None:
    rules = [make_rule(fixed(amount)) for amount in (100, 200)]
    for number, sku in enumerate(make_skus(7)):
        Sku.objects.filter(id=sku.id).update(
            units_sold=number % 3, list_price=100 * (number % 2), created_at=NOW
        )
        with clock.at(NOW + timedelta(seconds=number % 4)):
            make_offer(sku, group["HQ"], rules[number % 2])
            if number < 3:
                make_offer(sku, group["R1"], rules[1 - number % 2])
    everything = {offer.id for offer in Offer.objects.all()}
    for cards in (
        kept(group, sort=sort, limit=limit),
        kept(group, organisation_id=group.headquarters.id, sort=sort, limit=limit),
        for_sale(group, "R1-A", sort=sort, limit=limit),
    ):
        assert len(cards) == len({card.id for card in cards})
        keys = [_key(card, sort) for card in cards]
        assert keys == sorted(keys, reverse=sort is not OfferSort.PRICE_ASC)
    assert {card.id for card in kept(group, sort=sort, limit=limit)} == everything
    assert len(for_sale(group, "R1-A", sort=sort, limit=limit)) == 7


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sort", [OfferSort.PRICE_ASC, OfferSort.PRICE_DESC])
def test_a_shop_s_list_by_price_goes_by_the_price_it_shows(
    group: GroupTree, sort: OfferSort, seed: int
) -> None:
    chance = random.Random(seed)
    lineage = tree().node(group["R1-A"].id).lineage
    places = [None, *(group[code] for code in ("HQ", "RETAIL", "R1", "R1-A", "R2-A", "FOOD"))]
    skus = [make_sku(f"P-{number}", price=chance.randrange(1, 9) * 100) for number in range(14)]
    for sku in skus:
        make_offer(sku, group["HQ"])
        wished = [(kind, place) for kind in ("list", "promo", "member") for place in places]
        for kind, place in chance.sample(wished, chance.randrange(4)):
            if (kind, place) == ("list", None):
                continue  # that is the price everywhere
            starts = NOW + DAY * chance.randrange(-3, 2)
            set_price(
                sku_id=sku.id,
                kind=kind,
                amount=chance.randrange(1, 9) * 100,
                organisation_id=place.id if place else None,
                valid_from=starts,
                valid_until=starts + DAY * 2 if chance.random() < 0.5 else None,
                by=SYSTEM,
            )
    prices = prices_at([sku.id for sku in skus], lineage, NOW)
    for more in ({}, {"text": "智能"}):
        for limit in (1, 3, 50):
            cards = for_sale(group, "R1-A", sort=sort, limit=limit, **more)
            assert {card.sku.id for card in cards} == {sku.id for sku in skus}
            assert len(cards) == len(skus)
            shown = [prices[card.sku.id] for card in cards]
            keys = [
                (each.list_price if each.promo_price is None else each.promo_price) or 0
                for each in shown
            ]
            assert keys == sorted(keys, reverse=sort is OfferSort.PRICE_DESC)


def _key(card: OfferCard, sort: OfferSort) -> Any:
    match sort:
        case OfferSort.COMMISSION:
            return card.estimate
        case OfferSort.SALES:
            return card.sku.units_sold
        case OfferSort.NEWEST:
            return Offer.objects.get(id=card.id).created_at
        case _:
            return card.sku.list_price


def test_offers_are_searched_by_chinese_and_latin_words_code_and_category(
    group: GroupTree,
) -> None:
    rule = make_rule()
    shoes, shirts = make_category(name="鞋"), make_category(name="衬衫")
    boot = make_sku("BOOT-42", product=make_product(name="真皮短靴", category=shoes))
    shirt = make_sku("SHIRT-RED", product=make_product(name="红色衬衫 Classic", category=shirts))
    make_sku("SHIRT-BLUE", product=make_product(name="蓝色衬衫 Classic", category=shirts))
    offers = {sku.code: make_offer(sku, group["HQ"], rule) for sku in (boot, shirt)}

    def codes(**more: Any) -> set[str]:
        found = {card.sku.code for card in kept(group, **more)}
        assert {card.sku.code for card in for_sale(group, "R1-A", **more)} == found
        return found

    assert codes() == set(offers)
    assert codes(text="短靴") == {"BOOT-42"}
    assert codes(text="衬衫") == codes(text="class") == codes(text="SHIRT-RED") == {"SHIRT-RED"}
    assert codes(text="衬衫 短靴") == codes(text="!!!") == set()
    assert codes(category_id=shoes.id) == {"BOOT-42"}
    assert codes(category_id=shoes.id, text="衬衫") == set()
    with pytest.raises(NotFound):
        codes(category_id=17)


def test_for_sale_is_what_the_deciding_offers_say(group: GroupTree) -> None:
    rule = make_rule()
    plain, opted_out, nearer, gone = make_skus(4)
    everywhere = [make_offer(sku, group["HQ"], rule) for sku in (plain, opted_out, nearer, gone)]
    make_offer(opted_out, group["R1"], rule, is_on=False)
    near = make_offer(nearer, group["R1-A"], rule)
    Sku.objects.filter(id=gone.id).update(on_sale=False)
    seen = {card.sku.id: card.id for card in for_sale(group, "R1-A")}
    assert seen == {plain.id: everywhere[0].id, nearer.id: near.id}
    seen = {card.sku.id: card.id for card in for_sale(group, "R2-A")}
    assert seen == {sku.id: everywhere[n].id for n, sku in enumerate((plain, opted_out, nearer))}
    assert for_sale(group, "F1-A")
    with pytest.raises(NotFound):
        offers_for_sale(organisation_id=17)


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_what_is_shown_for_sale_is_what_a_payment_would_find(group: GroupTree, seed: int) -> None:
    dice = random.Random(seed)
    rule = make_rule()
    skus = make_skus(3)
    for sku in skus:
        for code in group.by_code:
            if dice.random() < 0.4:
                start = NOW + dice.choice([-1, 0, 1]) * DAY
                make_offer(
                    sku,
                    group[code],
                    rule,
                    is_on=dice.random() < 0.7,
                    valid_from=start,
                    valid_until=dice.choice([None, start + DAY]),
                )
    for node in tree().by_id.values():
        found = terms_for([PoolKey(sku.id, node.lineage, NOW) for sku in skus])
        paid = {sku.id: terms.offer_id for sku, terms in zip(skus, found, strict=True) if terms}
        shown = {card.sku.id: card.id for card in for_sale(group, node.code)}
        assert {sku: shown[sku] for sku in shown if sku in {each.id for each in skus}} == paid


def test_a_list_costs_at_most_seven_statements(group: GroupTree, statements: Any) -> None:
    rule = make_rule()
    for sku in make_skus(30):
        make_offer(sku, group["HQ"], rule)
    category = Sku.objects.first().product.category_id  # type: ignore[union-attr]
    tree()
    for text in ("", "商品"):
        with statements() as seen:
            offers_for_sale(organisation_id=group["R1-A"].id, text=text, category_id=category)
        assert len(seen) <= 7


def test_a_cursor_fits_its_own_list_only(group: GroupTree) -> None:
    rule = make_rule()
    for sku in make_skus(2):
        make_offer(sku, group["HQ"], rule)
    page = offers_for_sale(organisation_id=group["R1"].id, limit=1)
    assert page.next_cursor
    wrongs: tuple[Callable[[], Any], ...] = (
        lambda: offers_for_sale(organisation_id=group["R2"].id, cursor=page.next_cursor),
        lambda: offers_for_sale(
            organisation_id=group["R1"].id, sort=OfferSort.SALES, cursor=page.next_cursor
        ),
        lambda: offers_for_sale(organisation_id=group["R1"].id, limit=0),
    )
    for wrong in wrongs:
        with pytest.raises(InvalidField):
            wrong()


def test_for_sale_in_stock_is_what_a_location_has_units_of(group: GroupTree) -> None:
    here, there = make_location(group["R1-A"]), make_location(group["R1-B"])
    skus = {code: make_sku(code) for code in ("HERE", "THERE", "OUT")}
    for sku in skus.values():
        make_offer(sku, group["HQ"])
    make_stock(here, skus["HERE"], 1)
    make_stock(there, skus["THERE"], 1)
    make_stock(here, skus["OUT"], 0)
    assert [card.sku.code for card in for_sale(group, "R1-A", in_stock_at=[here.id])] == ["HERE"]
    for sort in OfferSort:
        found = for_sale(group, "R1-A", in_stock_at=[here.id, there.id], sort=sort)
        assert {card.sku.code for card in found} == {"HERE", "THERE"}
    assert for_sale(group, "R1-A", in_stock_at=[]) == []
