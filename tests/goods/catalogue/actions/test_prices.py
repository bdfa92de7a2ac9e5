"""Dated prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_sku
from tests.group.organisations.builders import GroupTree
from yipan.goods.catalogue import jobs
from yipan.goods.catalogue.actions import (
    CodedPrice,
    PriceRow,
    copy_list_prices,
    end_price,
    set_coded_prices,
    set_price,
    set_prices,
)
from yipan.goods.catalogue.errors import ChangedAtHeadquarters, PriceEnded, PriceOverlaps
from yipan.goods.catalogue.models import Price, Sku
from yipan.goods.catalogue.queries import PriceQuestion, prices_at, prices_for, skus_by_id
from yipan.goods.catalogue.rules import SkuPrices
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant

START = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def sku(tenant: Tenant) -> Sku:
    return make_sku(price=None)


def priced(sku: Sku, on: int, lineage: tuple[int, ...] = ()) -> SkuPrices:
    return prices_at([sku.id], lineage, day(on))[sku.id]


def list_price(sku: Sku) -> int:
    return skus_by_id([sku.id])[sku.id].list_price


def test_a_sku_without_prices_has_none(sku: Sku) -> None:
    assert priced(sku, 0) == SkuPrices(None, None, None)
    assert prices_at([], (), day(0)) == {}


def test_prices_of_each_kind_hold_for_their_span(sku: Sku) -> None:
    set_price(sku_id=sku.id, kind="list", amount=1000, valid_from=day(0), by=SYSTEM)
    set_price(sku_id=sku.id, kind="list", amount=1200, valid_from=day(5), by=SYSTEM)
    set_price(
        sku_id=sku.id, kind="promo", amount=800, valid_from=day(2), valid_until=day(4), by=SYSTEM
    )
    assert priced(sku, -1) == SkuPrices(None, None, None)
    assert priced(sku, 1) == SkuPrices(1000, None, None)
    assert priced(sku, 3) == SkuPrices(1000, None, 800)
    assert priced(sku, 4) == SkuPrices(1000, None, None)
    assert priced(sku, 5) == SkuPrices(1200, None, None)


def test_the_nearest_organisations_price_counts(sku: Sku, group: GroupTree) -> None:
    for code, amount in ((None, 1000), ("R1", 900), ("R1-A", 800)):
        where = group[code].id if code else None
        set_price(
            sku_id=sku.id,
            kind="list",
            amount=amount,
            valid_from=day(0),
            organisation_id=where,
            by=SYSTEM,
        )
    found = {
        code: priced(sku, 1, tree().by_code[code].lineage).list_price
        for code in ("R1-A", "R1-B", "R2-A")
    }
    assert found == {"R1-A": 800, "R1-B": 900, "R2-A": 1000}


def test_many_questions_cost_one_statement(sku: Sku, group: GroupTree) -> None:
    other = make_sku(price=None)
    set_price(sku_id=sku.id, kind="list", amount=1000, valid_from=day(0), by=SYSTEM)
    set_price(sku_id=other.id, kind="list", amount=500, valid_from=day(3), by=SYSTEM)
    lineage = tree().by_code["R1-A"].lineage
    questions = [
        PriceQuestion(each.id, lineage, day(on)) for each in (sku, other) for on in (-1, 1, 4)
    ] * 50
    with CaptureQueriesContext(connection) as captured:
        answers = prices_for(questions)
    assert len(captured) == 1
    assert [answer.list_price for answer in answers[:6]] == [None, 1000, 1000, None, None, 500]


def test_a_price_that_would_clash_is_refused_with_the_other_one(sku: Sku) -> None:
    def promo(amount: int, first: int, end: int | None) -> None:
        until = None if end is None else day(end)
        set_price(
            sku_id=sku.id,
            kind="promo",
            amount=amount,
            valid_from=day(first),
            valid_until=until,
            by=SYSTEM,
        )

    promo(800, 2, 6)
    for first, end in ((1, 3), (2, None), (3, 4), (5, 9)):
        with pytest.raises(PriceOverlaps) as refused:
            promo(700, first, end)
        assert refused.value.data["amount"] == 800
    promo(700, 6, 9)
    promo(600, 3, None)
    assert [priced(sku, on).promo_price for on in (2, 3, 6, 9)] == [800, 600, 700, 600]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**14}, "amount"),
        ({"valid_until": day(0)}, "valid_until"),
    ],
)
def test_odd_prices_are_refused(sku: Sku, values: dict[str, object], field: str) -> None:
    given = {"kind": "list", "amount": 1, "valid_from": day(0), **values}
    with pytest.raises(InvalidField) as refused:
        set_price(sku_id=sku.id, by=SYSTEM, **given)  # type: ignore[arg-type]
    assert refused.value.data["field"] == field


def test_of_many_prices_the_good_ones_are_set(sku: Sku, group: GroupTree) -> None:
    rows = [
        CodedPrice(sku.code, "list", 1000, day(0)),
        CodedPrice("NOBODY", "list", 1000, day(0)),
        CodedPrice(sku.code, "list", 900, day(0)),
        CodedPrice(sku.code, "member", 900, day(0), organisation="R1"),
        CodedPrice(sku.code, "member", 900, day(0), organisation="NOWHERE"),
    ]
    ids, faults = set_coded_prices(rows, by=SYSTEM)
    assert [fault.row for fault in faults] == [1, 2, 4]
    assert [type(fault.error) for fault in faults] == [NotFound, PriceOverlaps, NotFound]
    assert [price_id is not None for price_id in ids] == [True, False, False, True, False]
    assert set(Price.objects.values_list("id", flat=True)) == {ids[0], ids[3]}
    assert AuditEntry.objects.filter(action="catalogue.set_price").count() == 2


def test_a_part_of_the_group_sets_only_its_own_prices(sku: Sku, group: GroupTree) -> None:
    def row(code: str | None) -> PriceRow:
        where = group[code].id if code else None
        return PriceRow(sku.id, "list", 900, day(0), organisation_id=where)

    within = group["R1"].path
    _ids, faults = set_prices(
        [row("R1"), row("R1-A"), row("R2-A"), row("RETAIL"), row(None)], by=SYSTEM, within=within
    )
    kinds = {fault.row: type(fault.error) for fault in faults}
    assert kinds == {2: NotFound, 3: NotFound, 4: ChangedAtHeadquarters}
    everywhere = set_price(sku_id=sku.id, kind="list", amount=1, valid_from=day(0), by=SYSTEM)
    with pytest.raises(ChangedAtHeadquarters):
        end_price(price_id=everywhere.id, by=SYSTEM, within=within)
    with clock.at(day(1)):
        end_price(price_id=everywhere.id, by=SYSTEM, within=group["HQ"].path)


def test_a_price_ends_when_it_is_told_to(sku: Sku) -> None:
    with clock.at(day(1)):
        price = set_price(sku_id=sku.id, kind="list", amount=1000, by=SYSTEM)
        coming = set_price(sku_id=sku.id, kind="list", amount=9, valid_from=day(9), by=SYSTEM)
        with pytest.raises(InvalidField):
            end_price(price_id=price.id, at=day(0), by=SYSTEM)
        ended = end_price(price_id=price.id, at=day(3), by=SYSTEM)
        assert ended is not None
        assert ended.valid_until == day(3)
        assert end_price(price_id=coming.id, by=SYSTEM) is None
    assert [priced(sku, on).list_price for on in (1, 2, 3, 9)] == [1000, 1000, None, None]
    with clock.at(day(4)), pytest.raises(PriceEnded):
        end_price(price_id=price.id, by=SYSTEM)


def test_goods_are_sorted_by_the_list_price_that_holds_now(sku: Sku, group: GroupTree) -> None:
    with clock.at(day(0)):
        set_price(sku_id=sku.id, kind="list", amount=1000, by=SYSTEM)
        assert list_price(sku) == 1000
        set_price(sku_id=sku.id, kind="list", amount=1200, valid_from=day(2), by=SYSTEM)
        set_price(sku_id=sku.id, kind="member", amount=5, by=SYSTEM)
        store = group["R1-A"].id
        set_price(sku_id=sku.id, kind="list", amount=7, organisation_id=store, by=SYSTEM)
        assert list_price(sku) == 1000
        assert copy_list_prices() == 0
    with clock.at(day(2)):
        jobs.list_prices_that_started()
        assert list_price(sku) == 1200
        assert copy_list_prices() == 0


def test_setting_many_prices_costs_as_many_statements_as_setting_one(sku: Sku) -> None:
    skus = [make_sku(price=None) for _ in range(60)]

    def cost(some: list[Sku]) -> int:
        with CaptureQueriesContext(connection) as captured:
            _ids, faults = set_prices([PriceRow(each.id, "list", 1) for each in some], by=SYSTEM)
        assert faults == []
        return len(captured)

    assert cost(skus[:1]) == cost(skus[1:])
