"""One order for very many rows: planned in few statements, done in parts, resumable."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_skus
from tests.distribution.pool.rule_cases import fixed, flat
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import bulk
from yipan.distribution.pool.actions.bulk import Act, BulkOrder, do_bulk_part, plan_bulk
from yipan.distribution.pool.actions.offers import OfferChange
from yipan.distribution.pool.jobs import BULK
from yipan.distribution.pool.models import Offer
from yipan.kernel import clock, long_work
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, LongWork

EVERYWHERE = ("/",)
Statements = Callable[[], AbstractContextManager[CaptureQueriesContext]]


def put_on(rule_id: int, **given: Any) -> BulkOrder:
    return BulkOrder(Act.PUT_ON, OfferChange(rule_id=rule_id, valid_until=None), **given)


def ask(pairs: list[tuple[int, int]], order: BulkOrder) -> LongWork:
    return long_work.ask(
        BULK,
        title="many",
        by=SYSTEM,
        arguments={"order": order.to_data(), "reason": "r", "within": EVERYWHERE},
        file=BytesIO(json.dumps(pairs).encode()),
    )


def test_an_order_survives_being_written_down() -> None:
    now = clock.now()
    for order in (
        BulkOrder(Act.TAKE_OFF),
        BulkOrder(Act.CHANGE, OfferChange(rule_id=3, valid_from=now)),
        BulkOrder(Act.CHANGE, OfferChange(valid_until=None)),
        BulkOrder(Act.PUT_ON, OfferChange(3, now, now + timedelta(days=1)), organisation_id=7),
    ):
        assert BulkOrder.from_data(json.loads(json.dumps(order.to_data()))) == order


def test_planning_takes_the_same_statements_for_one_row_and_for_many(
    group: GroupTree, statements: Statements
) -> None:
    skus, rule = make_skus(300), make_rule(fixed(350))
    pairs = [(sku.id, group["HQ"].id) for sku in skus]
    plan_bulk(pairs[:1], put_on(rule.id), EVERYWHERE)
    with statements() as one:
        plan_bulk(pairs[:1], put_on(rule.id), EVERYWHERE)
    with statements() as many:
        plan = plan_bulk(pairs, put_on(rule.id), EVERYWHERE)
    assert len(one) == len(many) <= 4
    assert (plan.created, plan.estimate_after) == (300, 300 * 350)


def test_skus_of_several_organisations_are_put_on_in_one_place_once(group: GroupTree) -> None:
    (sku,), rule = make_skus(1), make_rule()
    rows = [(sku.id, group[code].id) for code in ("R1-A", "R1-B")]
    order = put_on(rule.id, organisation_id=group["R1"].id)
    do_bulk_part(rows, order, by=SYSTEM, reason="r", within=EVERYWHERE)
    assert Offer.objects.get().organisation_id == group["R1"].id


def test_a_rule_that_may_not_be_used_there_is_refused_with_its_reason(group: GroupTree) -> None:
    sku, theirs = make_skus(1)[0], make_rule(organisation=group["F1"])
    plan = plan_bulk([(sku.id, group["R1"].id)], put_on(theirs.id), EVERYWHERE)
    assert not plan.changes
    assert "is not above this one" in plan.reasons[0][0]
    assert plan_bulk([(sku.id, group["R1"].id)], put_on(0), EVERYWHERE).refused
    assert plan_bulk([(1, group["R1"].id)], put_on(make_rule().id), EVERYWHERE).refused
    assert plan_bulk([(sku.id, 1)], put_on(make_rule().id), EVERYWHERE).refused


def test_taking_off_and_switching_off_ask_only_where_and_not_by_which_rule(
    group: GroupTree,
) -> None:
    sku = make_skus(1)[0]
    make_offer(sku, group["F1"], make_rule(organisation=group["F1"]))
    pair = [(sku.id, group["F1"].id)]
    for act in (Act.TAKE_OFF, Act.SWITCH_OFF):
        assert plan_bulk(pair, BulkOrder(act), (group["R1"].path,)).refused
        assert plan_bulk(pair, BulkOrder(act), (group["F1"].path,)).changed == 1


def test_what_stands_there_changed_is_told_by_the_digest(group: GroupTree) -> None:
    sku, rule = make_skus(1)[0], make_rule()
    pair = [(sku.id, group["HQ"].id)]
    before = plan_bulk(pair, put_on(rule.id), EVERYWHERE).digest
    assert plan_bulk(pair, put_on(rule.id), EVERYWHERE).digest == before
    make_offer(sku, rule=make_rule())
    assert plan_bulk(pair, put_on(rule.id), EVERYWHERE).digest != before


def test_thousands_are_done_in_parts_and_counted(
    group: GroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yipan.distribution.pool.jobs.PART", 7)
    skus, rule = make_skus(25), make_rule(flat("0.05"))
    work = ask([(sku.id, group["HQ"].id) for sku in skus] + [(1, group["HQ"].id)], put_on(rule.id))
    long_work.do(work.id)
    work.refresh_from_db()
    assert (work.state, work.done, work.total) == ("done", 26, 26)
    assert work.summary == {"created": 25, "changed": 0, "unchanged": 0, "refused": 1}
    assert AuditEntry.objects.filter(action="pool.put_offer", reason="r").count() == 25


def test_a_run_that_was_cut_off_goes_on_where_it_was(
    group: GroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yipan.distribution.pool.jobs.PART", 10)
    skus, rule = make_skus(30), make_rule()
    pairs = [(sku.id, group["HQ"].id) for sku in skus]
    work = ask(pairs, put_on(rule.id))
    do_bulk_part(pairs[:10], put_on(rule.id), by=SYSTEM, reason="r", within=EVERYWHERE)
    position = {"next": 10, "done": [10, 0, 0, 0]}
    LongWork.objects.filter(id=work.id).update(state="running", attempts=1, position=position)
    long_work.do(work.id)
    work.refresh_from_db()
    assert work.summary["created"] == 30
    assert Offer.objects.count() == 30


def test_a_part_is_done_wholly_or_not_at_all(
    group: GroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    skus, rule = make_skus(3), make_rule()

    def fail(_plan: object) -> None:
        message = "the bridge is closed"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        do_bulk_part(
            [(sku.id, group["HQ"].id) for sku in skus], put_on(rule.id), by=SYSTEM, reason="r",
            within=EVERYWHERE, then=fail,
        )  # fmt: skip
    assert not Offer.objects.exists()
    assert bulk.PART == 1_000


def test_a_plan_counts_the_offers_that_would_earn_nothing_until_they_start(
    group: GroupTree,
) -> None:
    """A start to come, given to what earns now, would stop it until then."""
    now, rule = clock.now(), make_rule(fixed(350))
    earns, off, later = make_skus(3)
    for sku in (earns, off, later):
        make_offer(sku, rule=rule)
    Offer.objects.filter(sku=off).update(is_on=False)
    Offer.objects.filter(sku=later).update(valid_from=now + timedelta(days=1))
    rows = list(Offer.objects.values_list("sku_id", "organisation_id"))
    start = BulkOrder(Act.CHANGE, OfferChange(valid_from=now + timedelta(days=3)))
    assert plan_bulk(rows, start, EVERYWHERE).pausing == 1
    end = BulkOrder(Act.CHANGE, OfferChange(valid_until=now + timedelta(days=3)))
    assert plan_bulk(rows, end, EVERYWHERE).pausing == 0
    assert plan_bulk(rows, BulkOrder(Act.SWITCH_OFF), EVERYWHERE).pausing == 0
