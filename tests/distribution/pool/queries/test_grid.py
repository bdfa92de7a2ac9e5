"""The grid's rows: with everything on them, in few statements, found and counted alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_skus
from tests.distribution.pool.rule_cases import fixed
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import switch_offers, take_off
from yipan.distribution.pool.filtering import filters_from_data, filters_to_data
from yipan.distribution.pool.queries import OfferFilters, OfferSort
from yipan.distribution.pool.queries.grid import (
    GridFilters,
    count_matching,
    grid_page,
    grid_row,
    matching_pairs,
    pair_of,
)
from yipan.distribution.pool.queries.listing import OfferStanding
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound

EVERYWHERE = ("/",)


def test_each_standing_has_its_own_rows_and_each_row_one_standing(group: GroupTree) -> None:
    now = clock.now()
    on, off, later, ended, never = make_skus(5)
    for sku in (on, off, ended):
        make_offer(sku)
    switch_offers(offer_ids=[make_offer(off).id], on=False, by=SYSTEM)
    make_offer(later, valid_from=now + timedelta(days=1))
    take_off(offer_ids=[make_offer(ended).id], by=SYSTEM)
    take_off(offer_ids=[make_offer(never, valid_from=now + timedelta(days=2)).id], by=SYSTEM)
    expected = {
        OfferStanding.ON: {on.id},
        OfferStanding.OFF: {off.id},
        OfferStanding.SCHEDULED: {later.id},
        OfferStanding.ENDED: {ended.id, never.id},
    }
    for standing, skus in expected.items():
        filters = GridFilters(OfferFilters(standing=standing))
        rows = grid_page(paths=EVERYWHERE, filters=filters).items
        assert {row.sku.id for row in rows} == skus, standing
        assert {row.standing for row in rows} == {standing}
        assert count_matching(EVERYWHERE, filters) == len(skus)
        assert {sku for sku, _place in matching_pairs(EVERYWHERE, filters)} == skus


def test_outside_are_those_that_nobody_offers_here_or_above(group: GroupTree) -> None:
    above, here, ended, nobody = make_skus(4)
    make_offer(above)
    make_offer(here, group["R1-A"])
    take_off(offer_ids=[make_offer(ended, group["R1-A"]).id], by=SYSTEM)
    filters = GridFilters(OfferFilters(), outside=True, home_id=group["R1-A"].id)
    for sort in OfferSort:
        rows = grid_page(paths=EVERYWHERE, filters=filters, sort=sort).items
        assert {row.sku.id for row in rows} == {ended.id, nobody.id}, sort
    assert count_matching(EVERYWHERE, filters) == 2
    assert set(matching_pairs(EVERYWHERE, filters)) == {
        (ended.id, group["R1-A"].id), (nobody.id, group["R1-A"].id),
    }  # fmt: skip
    with pytest.raises(NotFound):
        grid_page(paths=(group["F1"].path,), filters=filters)


def test_pages_outside_of_the_pool_follow_one_another(group: GroupTree) -> None:
    make_skus(25)
    filters = GridFilters(OfferFilters(), outside=True, home_id=group["HQ"].id)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = grid_page(
            paths=EVERYWHERE, filters=filters, sort=OfferSort.PRICE_ASC, cursor=cursor, limit=10
        )
        seen += [row.sku.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (len(seen), len(set(seen))) == (25, 25)


def test_a_row_has_prices_terms_and_its_own_organisation(group: GroupTree) -> None:
    sku = make_skus(1, price=9_900)[0]
    make_offer(sku, group["R1"], make_rule(fixed(350)))
    (row,) = grid_page(paths=EVERYWHERE, filters=GridFilters(OfferFilters())).items
    assert (row.prices.list_price, row.node.code, row.stock) == (9_900, "R1", 0)
    assert row.terms is not None
    assert row.terms.amount_per_unit == 350
    assert grid_row(pair_of(row.key), EVERYWHERE) == row
    with pytest.raises(NotFound):
        grid_row(pair_of(row.key), (group["F1"].path,))


@pytest.mark.parametrize("key", ["", "1", "1-", "-1", "a-b", "1-2-3", "9" * 30 + "-1"])
def test_a_name_that_is_none_finds_nothing(key: str) -> None:
    with pytest.raises(NotFound):
        pair_of(key)


def test_filters_survive_being_written_down() -> None:
    filters = GridFilters(
        OfferFilters(text="椅", standing=OfferStanding.OFF, price_from=100, on_sale=False), True, 7
    )
    assert filters_from_data(filters_to_data(filters)) == filters
