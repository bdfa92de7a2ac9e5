"""Rules and their versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.distribution.pool.builders import LONG_AGO, TEN_PERCENT, make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import T, fixed, flat, rules, tiered
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import add_rule_version, create_rule
from yipan.distribution.pool.errors import (
    BareRuleNeverChanges,
    LaterVersionScheduled,
    RuleCodeTaken,
    VersionStartsInThePast,
)
from yipan.distribution.pool.models import CommissionRule, RuleVersion
from yipan.distribution.pool.queries import book_in_reach
from yipan.distribution.pool.queries.books import chained
from yipan.distribution.pool.rules import RuleRefused, RuleTerms
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, OutboxEvent
from yipan.kernel.tenancy import tenant_context

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
Run = Callable[[Callable[[int], Any], int], list[Any]]


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (tiered("line_amount", "whole", [{"from": 1, "rate": "0.1"}]), "tiers[0].from"),
        (tiered("line_amount", "whole", [T[0], T[2], T[1]]), "tiers[2].from"),
        (tiered("line_amount", "whole", [{"from": 0, "rate": "1.1"}]), "tiers[0].rate"),
        (tiered("line_amount", "whole", [{"from": 0, "rate": "0.1234567"}]), "tiers[0].rate"),
        (tiered("unit_price", "marginal"), "method"),
        (flat("0.9", upline_rates=["0.2"]), "upline_rates"),
        (flat("0.1", upline_rates=["0.1", "0.1"]), "upline_rates"),
        (fixed(350, tiers=T), "tiers"),
        (tiered("line_amount", "whole", []), "tiers"),
    ],
)
def test_a_rule_that_fails_a_check_is_refused_with_the_name_of_the_field(
    group: GroupTree, terms: dict[str, Any], field: str
) -> None:
    rule = make_rule()
    for save in (
        lambda: make_rule(terms),
        lambda: add_rule_version(rule_id=rule.id, terms=terms, by=SYSTEM),
        lambda: make_rule(RuleTerms.from_data(terms)),
    ):
        with pytest.raises(RuleRefused) as refused:
            save()
        assert field in {problem.field for problem in refused.value.problems}
    assert RuleVersion.objects.count() == 1


def test_the_deployment_says_how_many_uplines_a_rule_may_pay(
    group: GroupTree, settings: Settings
) -> None:
    two = flat("0.1", upline_rates=["0.05", "0.02"])
    settings.YIPAN_UPLINE_LIMIT = 2
    make_rule(two)
    settings.YIPAN_UPLINE_LIMIT = 0
    with pytest.raises(RuleRefused):
        make_rule(flat("0.1", upline_rates=["0.05"]))
    settings.YIPAN_UPLINE_LIMIT = 5  # three levels with the seller, whatever is set
    with pytest.raises(RuleRefused):
        make_rule(flat("0.1", upline_rates=["0.05", "0.02", "0.01"]))


@pytest.mark.parametrize("code", ["", "has blank", "fixed-350@1", "x" * 41, "a/b"])
def test_a_code_is_short_and_plain(group: GroupTree, code: str) -> None:
    with pytest.raises(InvalidField) as refused:
        create_rule(
            organisation_id=group.headquarters.id, code=code, name="n", terms=TEN_PERCENT, by=SYSTEM
        )
    assert refused.value.data["field"] == "code"


def test_a_code_is_given_once(group: GroupTree) -> None:
    make_rule(code="A")
    with pytest.raises(RuleCodeTaken):
        make_rule(code="A", organisation=group["R1"])


def test_a_rule_is_made_only_within_reach(group: GroupTree) -> None:
    with pytest.raises(NotFound):
        create_rule(
            organisation_id=group["FOOD"].id,
            code="A",
            name="n",
            terms=TEN_PERCENT,
            by=SYSTEM,
            within=[group["RETAIL"].path],
        )


def test_the_first_version_may_start_in_the_past_and_later_ones_may_not(group: GroupTree) -> None:
    rule = make_rule(valid_from=LONG_AGO)
    with pytest.raises(VersionStartsInThePast) as refused:
        add_rule_version(
            rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW - timedelta(seconds=1)
        )
    assert refused.value.data["field"] == "valid_from"


def test_a_version_is_in_force_until_the_next_one_starts(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"))
    second = add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW + DAY)
    assert second.version == 2
    book = book_in_reach(rule.id)
    at = {
        moment: version.version if (version := book.at(moment)) else None
        for moment in (
            LONG_AGO - DAY,
            LONG_AGO,
            NOW,
            NOW + DAY - timedelta(microseconds=1),
            NOW + DAY,
        )
    }
    assert list(at.values()) == [None, 1, 1, 1, 2]
    assert [(each.version, each.valid_until) for each in book.versions] == [
        (2, None),
        (1, NOW + DAY),
    ]


def test_without_a_start_a_version_starts_now(group: GroupTree) -> None:
    rule = make_rule()
    assert add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM).valid_from == NOW


def test_a_scheduled_version_is_replaced_only_where_that_is_said(group: GroupTree) -> None:
    """A mistake in a scheduled version can be mended before its day, and never by accident."""
    rule = make_rule(flat("0.1"))
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=NOW + 2 * DAY)
    for start in (NOW, NOW + 2 * DAY):
        with pytest.raises(LaterVersionScheduled) as refused:
            add_rule_version(rule_id=rule.id, terms=flat("0.3"), by=SYSTEM, valid_from=start)
        assert refused.value.data["version"] == 2
    add_rule_version(
        rule_id=rule.id,
        terms=flat("0.3"),
        by=SYSTEM,
        valid_from=NOW + 2 * DAY,
        replace_scheduled=True,
    )
    add_rule_version(rule_id=rule.id, terms=flat("0.4"), by=SYSTEM, valid_from=NOW + 3 * DAY)
    book = book_in_reach(rule.id)
    assert [each.is_replaced for each in book.versions] == [False, False, True, False]
    found = [book.at(NOW + days * DAY) for days in range(5)]
    assert [each.version for each in found if each] == [1, 1, 3, 4, 4]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8)), min_size=1, max_size=8),
    st.integers(-1, 40),
)
def test_versions_never_overlap_and_what_was_in_force_stays(
    steps: list[tuple[int, int]], probe: int
) -> None:
    """Written at ever later moments, each starting then or later, replacing what is scheduled."""
    now, answers = 0, []
    written: list[tuple[int, int, datetime, str]] = []
    for wait, ahead in steps:
        now += wait
        written.insert(0, (len(written) + 1, len(written) + 1, NOW + (now + ahead) * DAY, "{}"))
        answers.append((now, chained(written)))
    moment = NOW + probe * DAY
    versions = answers[-1][1]
    holding = [
        each.version
        for each in versions
        if each.valid_from <= moment and (each.valid_until is None or moment < each.valid_until)
    ]
    in_force = next((each.version for each in versions if each.valid_from <= moment), None)
    assert holding == ([] if in_force is None else [in_force])
    for now_then, earlier in answers:
        if probe < now_then:  # what was decided by then stays decided
            then = next((each.version for each in earlier if each.valid_from <= moment), None)
            assert then == in_force


def test_a_version_is_never_edited_or_deleted(group: GroupTree) -> None:
    version = make_rule().versions.get()
    for change in (
        lambda: RuleVersion.objects.filter(id=version.id).update(version=7),
        lambda: RuleVersion.objects.filter(id=version.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_version_is_added_only_to_rules_within_reach(group: GroupTree) -> None:
    rule = make_rule(organisation=group["FOOD"])
    for rule_id in (rule.id, 17):
        with pytest.raises(NotFound):
            add_rule_version(
                rule_id=rule_id, terms=flat("0.2"), by=SYSTEM, within=[group["RETAIL"].path]
            )


def test_a_rule_for_a_bare_amount_gets_no_other_terms(group: GroupTree) -> None:
    rule = make_rule()
    CommissionRule.objects.filter(id=rule.id).update(bare_terms="fixed-350")
    with pytest.raises(BareRuleNeverChanges):
        add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM)


def test_every_change_of_a_rule_is_audited_and_announced(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"), organisation=group["R1"], code="A")
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, reason="夏季活动")
    first, second = AuditEntry.objects.filter(subject_type="rule").order_by("at", "id")
    assert (first.action, second.action) == ("pool.create_rule", "pool.add_rule_version")
    assert second.before["version"] == 1
    assert second.before["terms"]["tiers"] == [{"from": 0, "rate": "0.1"}]
    assert second.after["terms"]["tiers"] == [{"from": 0, "rate": "0.2"}]
    assert second.reason == "夏季活动"
    events = OutboxEvent.objects.filter(name="pool.rule_version_added").order_by("id")
    assert [(each.payload["version"], each.organisation_id) for each in events] == [
        (1, group["R1"].id),
        (2, group["R1"].id),
    ]
    assert events[1].payload["rule_code"] == "A"


def test_offers_show_the_estimate_of_a_new_version_at_once(group: GroupTree) -> None:
    rule, other = make_rule(flat("0.1")), make_rule(flat("0.3"))
    offers = [make_offer(sku, rule=rule) for sku in make_skus(3, price=9_999)]
    untouched = make_offer(make_sku(price=9_999), rule=other)
    assert {offer.estimate for offer in offers} == {1_000}
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM)
    for offer in [*offers, untouched]:
        offer.refresh_from_db()
    assert {offer.estimate for offer in offers} == {2_000}
    assert untouched.estimate == 3_000


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rules())
def test_what_is_saved_is_what_was_meant(group: GroupTree, terms: dict[str, Any]) -> None:
    terms = {**terms, "upline_rates": (terms.get("upline_rates") or [])[:1]}
    rule = make_rule(terms)
    version = book_in_reach(rule.id).at(NOW)
    assert version is not None
    assert version.compiled.terms == RuleTerms.from_data(terms)
    assert version.compiled.version == version.id


def test_versions_added_at_once_are_counted_one_by_one(
    committed_group: GroupTree, run_concurrently: Run
) -> None:
    rule = make_rule(flat("0.1"))
    tenant_id = rule.tenant_id

    def add(number: int) -> int:
        with tenant_context(tenant_id):
            version = add_rule_version(
                rule_id=rule.id, terms=flat(f"0.{number + 10}"), by=SYSTEM, replace_scheduled=True
            )
            return version.version

    assert sorted(run_concurrently(add, 8)) == list(range(2, 10))
    versions = RuleVersion.objects.filter(rule=rule).order_by("version")
    assert [each.version for each in versions] == list(range(1, 10))


def test_terms_for_a_time_give_way_to_what_held_before(group: GroupTree) -> None:
    """A campaign: from Monday until the next one, and back, to the very moment."""
    rule = make_rule(flat("0.1"))
    start, end = NOW + DAY, NOW + 8 * DAY
    made = add_rule_version(
        rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=start, valid_until=end
    )
    assert made.version == 2
    book = book_in_reach(rule.id)
    moment = timedelta(microseconds=1)
    rates = []
    for at in (NOW, start - moment, start, end - moment, end, end + DAY):
        version = book.at(at)
        assert version is not None
        rates.append(str(version.compiled.terms.tiers[0].rate))
    assert rates == ["0.1", "0.1", "0.2", "0.2", "0.1", "0.1"]
    entry = AuditEntry.objects.get(action="pool.add_rule_version")
    assert entry.after["valid_until"]


@pytest.mark.parametrize(("start", "end"), [(DAY, DAY), (2 * DAY, DAY)])
def test_terms_for_a_time_end_after_they_start(
    group: GroupTree, start: timedelta, end: timedelta
) -> None:
    rule = make_rule(flat("0.1"))
    with pytest.raises(InvalidField) as refused:
        add_rule_version(
            rule_id=rule.id,
            terms=flat("0.2"),
            by=SYSTEM,
            valid_from=NOW + start,
            valid_until=NOW + end,
        )
    assert refused.value.data["field"] == "ends"
    assert len(book_in_reach(rule.id).versions) == 1


def test_where_nothing_held_before_there_is_nothing_to_go_back_to(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"), valid_from=NOW + 5 * DAY)
    with pytest.raises(InvalidField):
        add_rule_version(
            rule_id=rule.id,
            terms=flat("0.2"),
            by=SYSTEM,
            valid_from=NOW + DAY,
            valid_until=NOW + 2 * DAY,
            replace_scheduled=True,
        )
