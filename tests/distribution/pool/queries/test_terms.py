"""Which offer decides on a sale."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.distribution.pool.builders import LONG_AGO, make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import flat
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import (
    OfferChange,
    OfferWish,
    add_rule_version,
    change_offers,
    put_offers,
    switch_offers,
    take_off,
)
from yipan.distribution.pool.models import Offer
from yipan.distribution.pool.queries import (
    OfferTerms,
    PoolKey,
    Verdict,
    terms_for,
    why_not_in_pool,
)
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
TINY = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with clock.at(NOW):
        yield


def terms(sku_id: int, code: str, at: datetime = NOW) -> OfferTerms | None:
    (found,) = terms_for([PoolKey(sku_id, tree().by_code[code].lineage, at)])
    why = why_not_in_pool(sku_id=sku_id, organisation_id=tree().by_code[code].id, at=at)
    assert (why.verdict is Verdict.IN_POOL) == (found is not None)
    return found


def decides(sku_id: int, code: str, at: datetime = NOW) -> int | None:
    found = terms(sku_id, code, at)
    return found.offer_id if found else None


def test_an_offer_applies_to_its_organisation_and_everything_below(group: GroupTree) -> None:
    sku = make_sku()
    offer = make_offer(sku, group["RETAIL"])
    for code in ("RETAIL", "R1", "R2", "R1-A", "R2-A"):
        assert decides(sku.id, code) == offer.id
    for code in ("HQ", "FOOD", "F1", "F1-A"):
        assert decides(sku.id, code) is None


def test_the_nearest_offer_decides(group: GroupTree) -> None:
    sku = make_sku()
    hq, r1, store = (make_offer(sku, group[code]) for code in ("HQ", "R1", "R1-A"))
    expected = {"R1-A": store, "R1-B": r1, "R1": r1, "R2-A": hq, "F1": hq, "HQ": hq}
    assert {code: decides(sku.id, code) for code in expected} == {
        code: offer.id for code, offer in expected.items()
    }


def test_a_nearer_offer_that_is_off_opts_out(group: GroupTree) -> None:
    sku = make_sku()
    hq = make_offer(sku)
    make_offer(sku, group["R1"], is_on=False)
    assert decides(sku.id, "R1-A") is None
    assert decides(sku.id, "R2-A") == hq.id


@pytest.mark.parametrize("is_on", [True, False])
def test_a_nearer_offer_outside_its_dates_leaves_the_decision_to_the_next_one_up(
    group: GroupTree, is_on: bool
) -> None:
    sku = make_sku()
    hq = make_offer(sku)
    make_offer(sku, group["R1-A"], is_on=is_on, valid_from=NOW + DAY)
    make_offer(sku, group["R1-B"], is_on=is_on, valid_until=NOW)
    assert decides(sku.id, "R1-A") == decides(sku.id, "R1-B") == hq.id


def test_the_start_belongs_to_an_offer_and_the_end_does_not(group: GroupTree) -> None:
    sku = make_sku()
    offer = make_offer(sku, valid_from=NOW, valid_until=NOW + DAY)
    found = [decides(sku.id, "R1-A", at) for at in (NOW - TINY, NOW, NOW + DAY - TINY, NOW + DAY)]
    assert found == [None, offer.id, offer.id, None]


def test_the_version_in_force_at_the_moment_of_payment_counts(group: GroupTree) -> None:
    sku, rule = make_sku(), make_rule(flat("0.1"))
    make_offer(sku, rule=rule)
    second = add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW + DAY)
    before, after = terms(sku.id, "R1", NOW + DAY - TINY), terms(sku.id, "R1", NOW + DAY)
    assert before
    assert after
    assert after.rule_version_id == second.id
    assert before.rule_version_id != second.id
    assert [str(each.compiled.terms.tiers[0].rate) for each in (before, after)] == ["0.1", "0.2"]
    assert after.compiled.version == second.id
    assert (after.rule_id, after.offer_organisation_id) == (rule.id, group.headquarters.id)


def test_before_the_first_version_there_are_no_terms(group: GroupTree) -> None:
    sku = make_sku()
    make_offer(sku)
    assert decides(sku.id, "R1", LONG_AGO) is not None
    assert decides(sku.id, "R1", LONG_AGO - TINY) is None


def test_a_sale_that_arrives_late_is_judged_by_what_was_said_when_it_was_paid(
    group: GroupTree,
) -> None:
    """A till that was offline sends the morning's sales in the evening."""
    sku = make_sku()
    first, second = make_rule(flat("0.1")), make_rule(flat("0.2"))
    offer = make_offer(sku, group["R1"], first)
    with clock.at(NOW + DAY):
        change_offers(offer_ids=[offer.id], change=OfferChange(rule_id=second.id), by=SYSTEM)
    with clock.at(NOW + 2 * DAY):
        switch_offers(offer_ids=[offer.id], on=False, by=SYSTEM)
    with clock.at(NOW + 3 * DAY):
        switch_offers(offer_ids=[offer.id], on=True, by=SYSTEM)
    with clock.at(NOW + 4 * DAY):
        take_off(offer_ids=[offer.id], by=SYSTEM)
    rules = []
    for hours in (-9999, 0, 23, 24, 47, 48, 71, 72, 95, 96, 9999):
        found = terms(sku.id, "R1-A", NOW + timedelta(hours=hours))
        rules.append(found.rule_id if found else None)
    a, b = first.id, second.id
    # Before it was put on nothing was said: there what is said now counts.
    assert rules == [b, a, a, b, b, None, None, b, b, None, None]


def test_an_offer_taken_off_leaves_the_decision_to_the_next_one_up(group: GroupTree) -> None:
    sku = make_sku()
    hq, near = make_offer(sku), make_offer(sku, group["R1"])
    take_off(offer_ids=[near.id], by=SYSTEM)
    assert decides(sku.id, "R1-A") == hq.id
    assert decides(sku.id, "R1-A", NOW - TINY) == near.id


def test_answers_come_in_the_order_of_the_questions(group: GroupTree) -> None:
    skus = make_skus(3)
    rule = make_rule()
    offers = [make_offer(sku, group["R1"], rule) for sku in skus[:2]]
    nodes = tree().by_code
    keys = [
        PoolKey(skus[1].id, nodes["R1-A"].lineage, NOW),
        PoolKey(skus[2].id, nodes["R1-A"].lineage, NOW),
        PoolKey(skus[0].id, nodes["R1"].lineage, NOW),
        PoolKey(skus[0].id, nodes["F1"].lineage, NOW),
        PoolKey(skus[1].id, nodes["R1-A"].lineage, NOW),
    ]
    found = [each.offer_id if each else None for each in terms_for(keys)]
    assert found == [offers[1].id, None, offers[0].id, None, offers[1].id]
    assert terms_for([]) == []


def test_any_number_of_sales_costs_one_statement(group: GroupTree, statements: Any) -> None:
    rule = make_rule()
    skus = make_skus(500)
    put_offers(
        wishes=[OfferWish(sku.id, group.headquarters.id, rule.id) for sku in skus], by=SYSTEM
    )
    lineage = tree().by_code["R1-A"].lineage
    for size in (1, 10, 500):
        keys = [PoolKey(sku.id, lineage, NOW) for sku in skus[:size]]
        with statements() as seen:
            found = terms_for(keys)
        assert len(seen) == 1
        assert all(found)
        assert len({id(each.compiled) for each in found if each}) == 1


def test_another_tenants_offers_decide_nothing(group: GroupTree) -> None:
    sku = make_sku()
    make_offer(sku)
    (found,) = terms_for([PoolKey(sku.id, (17, 18), NOW)])
    assert found is None


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_the_statement_agrees_with_a_plain_telling_of_the_rule(group: GroupTree, seed: int) -> None:
    """Random offers all over the tree, with random dates and switches, seen from every node."""
    dice = random.Random(seed)
    rule, sku = make_rule(), make_sku()
    for code in group.by_code:
        if dice.random() < 0.6:
            start = NOW + dice.choice([-2, -1, 0, 1]) * DAY
            end = dice.choice([None, start + DAY, start + 2 * DAY])
            make_offer(
                sku, group[code], rule, is_on=dice.random() < 0.7, valid_from=start, valid_until=end
            )
    offers = {offer.organisation_id: offer for offer in Offer.objects.filter(sku=sku)}
    for node in tree().by_id.values():
        expected = None
        for organisation_id in node.lineage:
            offer = offers.get(organisation_id)
            if offer is None or offer.valid_from > NOW:
                continue
            if offer.valid_until is not None and offer.valid_until <= NOW:
                continue
            expected = offer.id if offer.is_on else None
            break
        assert decides(sku.id, node.code) == expected


def test_support_is_told_what_each_offer_on_the_way_up_said(group: GroupTree) -> None:
    sku = make_sku()
    hq = make_offer(sku)
    off = make_offer(sku, group["RETAIL"], is_on=False)
    ended = make_offer(sku, group["R1"], valid_until=NOW)
    early = make_offer(sku, group["R1-A"], valid_from=NOW + DAY)
    why = why_not_in_pool(sku_id=sku.id, organisation_id=group["R1-A"].id, at=NOW)
    assert why.verdict is Verdict.SWITCHED_OFF
    assert [(each.offer_id, each.verdict) for each in why.offers] == [
        (early.id, Verdict.NOT_STARTED),
        (ended.id, Verdict.ENDED),
        (off.id, Verdict.SWITCHED_OFF),
        (hq.id, Verdict.OVERRULED),
    ]
    assert (why.on_sale, why.distribution_effective) == (True, True)
    other = make_sku()
    why = why_not_in_pool(sku_id=other.id, organisation_id=group["R1"].id, at=NOW)
    assert (why.verdict, why.offers) == (Verdict.NO_OFFER, ())
    with pytest.raises(NotFound):
        why_not_in_pool(sku_id=17, organisation_id=group["R1"].id, at=NOW)
