"""Putting SKUs on, changing, switching and taking them off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from tests.distribution.pool.builders import LONG_AGO, make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import fixed, flat, tiered
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import (
    OfferChange,
    OfferWish,
    add_rule_version,
    change_offers,
    put_offers,
    refresh_estimates,
    switch_offers,
    take_off,
)
from yipan.distribution.pool.actions.estimates import BATCH
from yipan.distribution.pool.actions.offer_changes import OFFERS_PER_EVENT
from yipan.distribution.pool.errors import OffersRefused
from yipan.distribution.pool.models import Offer, PastOffer
from yipan.goods.catalogue.models import Price
from yipan.goods.catalogue.queries import PriceQuestion, prices_for
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.models import AuditEntry, OutboxEvent
from yipan.kernel.tenancy import tenant_context

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
Run = Callable[[Callable[[int], Any], int], list[Any]]


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with clock.at(NOW):
        yield


def put(*wishes: OfferWish, **more: Any) -> Any:
    return put_offers(wishes=wishes, by=SYSTEM, **more)


def faults(*wishes: OfferWish, **more: Any) -> list[tuple[str, str]]:
    """(place, code) of what is refused; nothing must have been written."""
    before = Offer.objects.count(), PastOffer.objects.count(), OutboxEvent.objects.count()
    with pytest.raises(OffersRefused) as refused:
        put(*wishes, **more)
    assert (Offer.objects.count(), PastOffer.objects.count(), OutboxEvent.objects.count()) == before
    problems: Any = refused.value.data["problems"]
    return [(each["field"], each["code"]) for each in problems]


def test_an_offer_starts_now_and_has_no_end_where_nothing_is_said(group: GroupTree) -> None:
    sku, rule = make_sku(), make_rule()
    written = put(OfferWish(sku.id, group["R1"].id, rule.id))
    offer = Offer.objects.get()
    assert written == (1, 0, 0, (offer.id,))
    assert (offer.valid_from, offer.valid_until, offer.is_on) == (NOW, None, True)


def test_the_same_wish_again_changes_nothing(group: GroupTree) -> None:
    sku, rule = make_sku(), make_rule()
    wish = OfferWish(sku.id, group["R1"].id, rule.id, valid_until=NOW + 9 * DAY)
    first = put(wish)
    events = OutboxEvent.objects.count(), AuditEntry.objects.count()
    with clock.at(NOW + DAY):
        assert put(wish) == (0, 0, 1, first.offer_ids)
    assert Offer.objects.get().valid_from == NOW
    assert (OutboxEvent.objects.count(), AuditEntry.objects.count()) == events


def test_every_fault_of_every_offer_is_named_and_none_is_written(group: GroupTree) -> None:
    sku, rule = make_sku(), make_rule()
    of_food = make_rule(organisation=group["FOOD"])
    later = make_rule(valid_from=NOW + DAY)
    r1 = group["R1"].id
    found = faults(
        OfferWish(sku.id, r1, rule.id),
        OfferWish(sku.id, 17, rule.id),
        OfferWish(sku.id, group["R1-A"].id, 18),
        OfferWish(sku.id, group["R1-B"].id, of_food.id, valid_until=NOW),
        OfferWish(sku.id, group["R2"].id, later.id),
        OfferWish(sku.id, group["RETAIL"].id, rule.id, True, NOW, NOW - DAY),
    )
    assert found == [
        ("offers[1].organisation", "unknown_organisation"),
        ("offers[2].rule", "unknown_rule"),
        ("offers[3].valid_until", "until_not_after_from"),
        ("offers[3].rule", "rule_not_usable_here"),
        ("offers[4].rule", "rule_not_in_force"),
        ("offers[5].valid_until", "until_not_after_from"),
    ]
    assert faults(OfferWish(99, r1, rule.id), OfferWish(sku.id, r1, rule.id)) == [
        ("offers[0].sku", "unknown_sku")
    ]
    wish = OfferWish(sku.id, r1, rule.id)
    assert faults(wish, wish) == [("offers[1].sku", "twice")]


def test_what_is_out_of_reach_is_unknown(group: GroupTree) -> None:
    sku = make_sku()
    reach = [group["R1"].path]
    of_headquarters, of_food = make_rule(), make_rule(organisation=group["FOOD"])
    assert faults(OfferWish(sku.id, group["R2"].id, of_headquarters.id), within=reach) == [
        ("offers[0].organisation", "unknown_organisation")
    ]
    assert faults(OfferWish(sku.id, group["R1"].id, of_food.id), within=reach) == [
        ("offers[0].rule", "unknown_rule")
    ]
    (offer_id,) = put(OfferWish(sku.id, group["R1-A"].id, of_headquarters.id)).offer_ids
    changes: tuple[Callable[[list[str]], Any], ...] = (
        lambda paths: switch_offers(offer_ids=[offer_id], on=False, by=SYSTEM, within=paths),
        lambda paths: take_off(offer_ids=[offer_id], by=SYSTEM, within=paths),
        lambda paths: change_offers(
            offer_ids=[offer_id], change=OfferChange(valid_until=None), by=SYSTEM, within=paths
        ),
    )
    for change in changes:
        with pytest.raises(NotFound):
            change([group["R2"].path])
        change(reach)


def test_nothing_goes_live_with_a_rule_that_fails_todays_checks(
    group: GroupTree, settings: Settings
) -> None:
    settings.YIPAN_UPLINE_LIMIT = 2
    two_uplines, none = make_rule(flat("0.1", upline_rates=["0.1", "0.1"])), make_rule()
    sku, other = make_skus(2)
    offer = make_offer(sku, rule=two_uplines)
    plain = make_offer(other, rule=none)
    switch_offers(offer_ids=[offer.id], on=False, by=SYSTEM)
    settings.YIPAN_UPLINE_LIMIT = 1
    refusals = (
        lambda: switch_offers(offer_ids=[offer.id], on=True, by=SYSTEM),
        lambda: change_offers(
            offer_ids=[plain.id], change=OfferChange(rule_id=two_uplines.id), by=SYSTEM
        ),
        lambda: put(OfferWish(sku.id, group["R1"].id, two_uplines.id)),
    )
    for refusal in refusals:
        with pytest.raises(OffersRefused) as refused:
            refusal()
        problems: Any = refused.value.data["problems"]
        (problem,) = problems
        assert problem["code"] == "rule_refused"
        assert "upline_rates" in problem["message"]


def test_a_scheduled_version_that_fails_the_checks_stops_an_offer_too(
    group: GroupTree, settings: Settings
) -> None:
    settings.YIPAN_UPLINE_LIMIT = 2
    rule = make_rule()
    add_rule_version(
        rule_id=rule.id,
        terms=flat("0.1", upline_rates=["0.1", "0.1"]),
        by=SYSTEM,
        valid_from=NOW + DAY,
    )
    settings.YIPAN_UPLINE_LIMIT = 1
    assert faults(OfferWish(make_sku().id, group["R1"].id, rule.id)) == [
        ("offers[0].rule", "rule_refused")
    ]


def test_offers_are_switched_and_changed_in_bulk(group: GroupTree) -> None:
    offers = [make_offer(sku) for sku in make_skus(4)]
    ids = [offer.id for offer in offers]
    assert switch_offers(offer_ids=ids[:3], on=False, by=SYSTEM)[:3] == (0, 3, 0)
    assert switch_offers(offer_ids=ids, on=False, by=SYSTEM)[:3] == (0, 1, 3)
    rule = make_rule(fixed(350))
    end = NOW + 9 * DAY
    change_offers(offer_ids=ids, change=OfferChange(rule_id=rule.id, valid_until=end), by=SYSTEM)
    assert set(Offer.objects.values_list("rule", "is_on", "valid_until", "estimate")) == {
        (rule.id, False, end, 350)
    }
    change_offers(offer_ids=ids, change=OfferChange(valid_until=None), by=SYSTEM)
    assert set(Offer.objects.values_list("rule", "valid_until")) == {(rule.id, None)}


def test_a_change_that_one_offer_cannot_take_is_made_on_none(group: GroupTree) -> None:
    first, second = make_skus(2)
    food = make_rule(organisation=group["FOOD"])
    good = make_offer(first, group["F1"])
    bad = make_offer(second, group["R1"])
    with pytest.raises(OffersRefused):
        change_offers(offer_ids=[good.id, bad.id], change=OfferChange(rule_id=food.id), by=SYSTEM)
    with pytest.raises(NotFound):
        switch_offers(offer_ids=[good.id, 17], on=False, by=SYSTEM)
    assert not PastOffer.objects.exists()


def test_what_is_taken_off_is_over_and_can_be_put_on_again(group: GroupTree) -> None:
    sku = make_sku()
    offer = make_offer(sku, group["R1"])
    take_off(offer_ids=[offer.id], by=SYSTEM)
    offer.refresh_from_db()
    assert (offer.valid_from, offer.valid_until) == (LONG_AGO, NOW)
    with clock.at(NOW + DAY):
        assert take_off(offer_ids=[offer.id], by=SYSTEM).unchanged == 1
        put(OfferWish(sku.id, group["R1"].id, offer.rule_id, valid_from=NOW + DAY))
    again = Offer.objects.get()
    assert (again.valid_from, again.valid_until) == (NOW + DAY, None)


def test_what_is_taken_off_before_it_started_never_starts(group: GroupTree) -> None:
    offer = make_offer(make_sku(), valid_from=NOW + DAY)
    take_off(offer_ids=[offer.id], by=SYSTEM)
    offer.refresh_from_db()
    assert offer.valid_until == offer.valid_from == NOW + DAY


def test_the_database_refuses_an_end_before_the_start(group: GroupTree) -> None:
    offer = make_offer(make_sku())
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(id=offer.id).update(valid_until=LONG_AGO - DAY)


def test_every_change_is_audited_with_before_and_after(group: GroupTree) -> None:
    offer = make_offer(make_sku(), group["R1"])
    switch_offers(offer_ids=[offer.id], on=False, by=SYSTEM, reason="缺货")
    made, switched = AuditEntry.objects.filter(subject_type="offer").order_by("id")
    assert (made.action, made.before, made.after["is_on"]) == ("pool.put_offer", {}, True)
    assert (switched.action, switched.reason) == ("pool.switch_off", "缺货")
    assert (switched.before["is_on"], switched.after["is_on"]) == (True, False)
    assert switched.organisation_id == group["R1"].id


def test_changes_are_announced_per_organisation_in_portions(group: GroupTree) -> None:
    rule = make_rule()
    skus = make_skus(OFFERS_PER_EVENT + 1)
    wishes = [OfferWish(sku.id, group["R1"].id, rule.id) for sku in skus]
    put(*wishes, OfferWish(skus[0].id, group["R2"].id, rule.id))
    events = OutboxEvent.objects.filter(name="pool.offers_changed")
    sizes = sorted((each.organisation_id, len(each.payload["offers"])) for each in events)
    assert sizes == sorted(
        [(group["R1"].id, OFFERS_PER_EVENT), (group["R1"].id, 1), (group["R2"].id, 1)]
    )
    offer = events.get(organisation_id=group["R2"].id).payload["offers"][0]
    assert offer == {
        "offer_id": offer["offer_id"],
        "sku_id": skus[0].id,
        "rule_id": rule.id,
        "is_on": True,
        "valid_from": "2026-06-01T08:00:00+00:00",
        "valid_until": None,
        "change": "created",
    }


def test_the_number_of_statements_does_not_grow_with_the_offers(
    group: GroupTree, statements: Any
) -> None:
    rule, other = make_rule(), make_rule(fixed(350))
    change = OfferChange(rule_id=other.id)
    counts: dict[str, set[int]] = {}
    organisations = [group[code].id for code in ("HQ", "R1", "R1-A", "F1")]

    def count(name: str, action: Callable[[], Any]) -> Any:
        with statements() as seen:
            answer = action()
        counts.setdefault(name, set()).add(len(seen))
        return answer

    tree()
    for size in (1, 400):
        wishes = [
            OfferWish(sku.id, organisations[place % 4], rule.id)
            for place, sku in enumerate(make_skus(size))
        ]
        ids = count("put", partial(put, *wishes)).offer_ids
        every = {"offer_ids": ids, "by": SYSTEM}
        count("change", partial(change_offers, change=change, **every))
        count("off", partial(switch_offers, on=False, **every))
        count("take off", partial(take_off, **every))
    assert {name: len(numbers) for name, numbers in counts.items()} == dict.fromkeys(counts, 1)
    assert max(max(numbers) for numbers in counts.values()) <= 10


@pytest.mark.parametrize(
    ("terms", "estimate"),
    [
        (flat("0.125"), 1_250),
        (fixed(350), 350),
        (fixed(20_000), 9_999),
        (fixed(350, floor_price=10_000), 0),
        (tiered("period_amount", "marginal"), 500),
        (tiered("period_units", "whole", [{"from": 0, "rate": "0.02"}]), 200),
    ],
)
def test_the_estimate_is_what_one_unit_earns_at_list_price(
    group: GroupTree, terms: dict[str, Any], estimate: int
) -> None:
    assert make_offer(make_sku(price=9_999), rule=make_rule(terms)).estimate == estimate


def test_the_estimate_is_by_the_price_of_the_nearest_organisation(group: GroupTree) -> None:
    sku = make_sku(price=10_000)
    Price.objects.create(
        sku=sku, kind="list", amount=8_000, organisation=group["R1"], valid_from=LONG_AGO
    )
    Price.objects.create(
        sku=sku, kind="list", amount=7_000, organisation=group["R1-A"], valid_from=NOW + DAY
    )
    rule = make_rule(flat("0.1"))
    for code, estimate in (("HQ", 1_000), ("R2-A", 1_000), ("R1", 800), ("R1-A", 800)):
        offer = make_offer(sku, group[code], rule)
        (prices,) = prices_for([PriceQuestion(sku.id, tree().by_code[code].lineage, NOW)])
        assert offer.estimate == estimate == (prices.list_price or 0) // 10


def test_an_offer_that_starts_later_is_estimated_as_of_its_start(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"))
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW + DAY)
    first, second = make_skus(2, price=10_000)
    assert make_offer(first, rule=rule).estimate == 1_000
    assert make_offer(second, rule=rule, valid_from=NOW + DAY).estimate == 2_000


def test_the_job_brings_estimates_up_to_prices_and_versions_in_force(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"))
    first, second = make_skus(2, price=10_000)
    offers = [make_offer(first, rule=rule), make_offer(second, rule=rule)]
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW + DAY)
    Price.objects.create(sku=second, kind="list", amount=5_000, valid_from=NOW + DAY)
    changed = Offer.objects.values_list("changed_at", flat=True).first()
    assert refresh_estimates() == 0
    with clock.at(NOW + DAY):
        assert refresh_estimates() == 1
        assert refresh_estimates() == 0
    for offer in offers:
        offer.refresh_from_db()
    assert [offer.estimate for offer in offers] == [2_000, 1_000]
    assert {offer.changed_at for offer in offers} == {changed}
    assert BATCH > 2


def test_changes_made_at_once_meet_neither_deadlock_nor_loss(
    committed_group: GroupTree, run_concurrently: Run
) -> None:
    rules = [make_rule(), make_rule(fixed(350))]
    skus = make_skus(40)
    tenant_id, organisation_id = rules[0].tenant_id, committed_group["R1"].id

    def act(number: int) -> int:
        wishes = [OfferWish(sku.id, organisation_id, rules[number % 2].id) for sku in skus]
        with tenant_context(tenant_id):
            if number % 2:
                wishes.reverse()
            written = put_offers(wishes=wishes, by=SYSTEM)
            return written.created + written.changed

    answers = run_concurrently(act, 8)
    assert all(isinstance(answer, int) for answer in answers), answers
    assert Offer.objects.count() == 40
    assert PastOffer.objects.count() == sum(answers) - 40
