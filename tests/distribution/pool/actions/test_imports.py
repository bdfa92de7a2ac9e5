"""Offers from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import flat
from tests.distribution.pool.sheets.files import csv_file, xlsx_file
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import (
    Choice,
    SheetReport,
    add_rule_version,
    load_offers,
    preview_offers,
    switch_offers,
)
from yipan.distribution.pool.errors import SheetHasFaults, SheetUnreadable
from yipan.distribution.pool.models import CommissionRule, ImportRun, Offer, PastOffer, RuleVersion
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, OutboxEvent

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
Make = Callable[[Sequence[Sequence[Any]]], bytes]
BOTH = pytest.mark.parametrize("make", [csv_file, xlsx_file], ids=["csv", "xlsx"])


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with clock.at(NOW):
        yield


def load(
    group: GroupTree, content: bytes, choice: Choice = Choice.ALL, *, where: str = "HQ"
) -> SheetReport:
    return load_offers(
        content=content,
        file_name="六月.xlsx",
        choice=choice,
        organisation_id=group[where].id,
        by=SYSTEM,
    )


def preview(group: GroupTree, content: bytes, *, where: str = "HQ") -> SheetReport:
    return preview_offers(content=content, organisation_id=group[where].id)


def counts(report: SheetReport) -> tuple[int, int, int, int, int]:
    return (
        report.rows,
        report.created,
        report.changed,
        report.unchanged,
        report.faulty_rows,
    )


def written() -> tuple[int, ...]:
    """How many rows there are of all that an import writes."""
    models = (Offer, PastOffer, CommissionRule, RuleVersion, OutboxEvent, AuditEntry, ImportRun)
    return tuple(model.objects.count() for model in models)


@BOTH
def test_a_file_is_loaded_as_its_preview_said(group: GroupTree, make: Make) -> None:
    first, second, third, fourth = make_skus(4, price=10_000)
    rule = make_rule(code="R")
    make_offer(first, group["R1"], rule, valid_from=NOW)
    make_offer(second, group["R1"], rule, valid_from=NOW)
    content = make(
        [
            [first.code, "R1", "R", None, None, None, None, "上架"],
            [second.code, "R1", "R", None, None, None, None, "下架"],
            [third.code, "R1-A", None, "3.50", None, "2026-06-02", "2026-06-30", None],
            [fourth.code, None, None, None, "5%", None, None, None],
        ]
    )
    before = written()
    seen = preview(group, content)
    assert written() == before
    done = load(group, content)
    assert counts(seen) == counts(done) == (4, 2, 1, 1, 0)
    assert (seen.loaded, done.loaded, done.loaded_before) == (False, True, None)
    assert not Offer.objects.get(sku=second).is_on
    timed = Offer.objects.get(sku=third)
    assert timed.valid_from == datetime(2026, 6, 1, 16, tzinfo=UTC)
    assert timed.valid_until == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert (timed.estimate, timed.rule.name, timed.organisation_id) == (
        350,
        "¥3.50",
        group["R1-A"].id,
    )
    rated = Offer.objects.get(sku=fourth)
    assert (rated.estimate, rated.rule.name, rated.organisation_id) == (500, "5%", group["HQ"].id)
    assert rated.valid_from == NOW


@BOTH
def test_the_same_file_again_changes_nothing_and_says_so(group: GroupTree, make: Make) -> None:
    make_rule(code="R")
    skus = make_skus(3)
    content = make(
        [
            [skus[0].code, "R1", "R", None, None, None, None, None],
            [skus[1].code, "R1", None, "3.5", None, "2026-06-02", None, None],
            [skus[2].code, "R1", None, None, "5", None, "2026-06-30", None],
        ]
    )
    assert counts(load(group, content)) == (3, 3, 0, 0, 0)
    before = written()
    with clock.at(NOW + DAY):
        again = load(group, content)
    assert counts(again) == (3, 0, 0, 3, 0)
    assert again.loaded_before == NOW
    # Only the note that it was loaded again is new.
    assert [now - then for now, then in zip(written(), before, strict=True)] == [
        0, 0, 0, 0, 0, 1, 1,
    ]  # fmt: skip


def test_a_file_puts_back_what_was_changed_since(group: GroupTree) -> None:
    make_rule(code="R")
    content = csv_file([[make_sku().code, "R1", "R"]])
    load(group, content)
    switch_offers(offer_ids=[Offer.objects.get().id], on=False, by=SYSTEM)
    assert counts(load(group, content)) == (1, 0, 1, 0, 0)
    assert Offer.objects.get().is_on


@BOTH
def test_every_fault_of_every_row_is_named(group: GroupTree, make: Make) -> None:
    sku, other = make_skus(2)
    make_rule(code="R")
    make_rule(code="FOOD-ONLY", organisation=group["FOOD"])
    make_rule(code="LATER", valid_from=NOW + DAY)
    content = make(
        [
            [sku.code, "R1", "R", None, None, None, None, None],
            ["NO-SKU", "NO-ORG", "NO-RULE", None, None, None, None, None],
            [sku.code, "R1", None, "1", None, None, None, None],
            [sku.code, "R1-A", "FOOD-ONLY", None, None, None, None, None],
            [other.code, "R1-A", "LATER", None, None, None, "2026-05-31", None],
            [None, "R1", None, "x", None, "never", None, "perhaps"],
            [other.code, "R2", "R", None, None, None, None, None],
        ]
    )
    before = written()
    report = preview(group, content)
    assert counts(report) == (7, 2, 0, 0, 5)
    assert [(fault.number, fault.field, fault.code) for fault in report.faults] == [
        (3, "sku", "unknown_sku"),
        (3, "organisation", "unknown_organisation"),
        (3, "rule", "unknown_rule"),
        (4, "sku", "twice_in_file"),
        (5, "rule", "rule_not_usable_here"),
        (6, "valid_until", "until_not_after_from"),
        (6, "rule", "rule_not_in_force"),
        (7, "sku", "missing"),
        (7, "amount", "not_an_amount"),
        (7, "on", "not_on_or_off"),
        (7, "valid_from", "not_a_date"),
    ]
    assert report.faults[3].sentence("zh-hans") == "与第 2 行的 SKU 和机构重复"
    with pytest.raises(SheetHasFaults) as refused:
        load(group, content)
    assert refused.value.data["faulty_rows"] == 5
    assert len(refused.value.faults) == 11
    assert written() == before
    done = load(group, content, Choice.GOOD_ROWS)
    assert counts(done) == (7, 2, 0, 0, 5)
    run = ImportRun.objects.get()
    assert (run.file_name, run.choice, run.created, run.faulty) == ("六月.xlsx", "good_rows", 2, 5)
    assert run.faults[0] == {
        "row": 3,
        "field": "sku",
        "code": "unknown_sku",
        "reason": report.faults[0].reason,
    }
    assert counts(load(group, content, Choice.GOOD_ROWS)) == (7, 0, 0, 2, 5)


def test_what_is_out_of_reach_is_unknown_to_a_file_too(group: GroupTree) -> None:
    sku = make_sku()
    make_rule(code="OURS", organisation=group["R1"])
    make_rule(code="FOOD", organisation=group["FOOD"])
    make_rule(code="GROUP")
    content = csv_file(
        [
            [sku.code, "R1-A", "OURS"],
            [sku.code, "", "GROUP"],
            [sku.code, "R2", "GROUP"],
            [sku.code, "HQ", "GROUP"],
            [sku.code, "R1-B", "FOOD"],
        ]
    )
    report = preview(group, content, where="R1")
    assert [(fault.number, fault.code) for fault in report.faults] == [
        (4, "unknown_organisation"),
        (5, "unknown_organisation"),
        (6, "unknown_rule"),
    ]
    load(group, content, Choice.GOOD_ROWS, where="R1")
    assert set(Offer.objects.values_list("organisation__code", flat=True)) == {"R1-A", "R1"}


def test_a_rule_that_fails_todays_checks_is_a_fault(group: GroupTree, settings: Settings) -> None:
    settings.YIPAN_UPLINE_LIMIT = 2
    make_rule(flat("0.1", upline_rates=["0.1", "0.1"]), code="R")
    settings.YIPAN_UPLINE_LIMIT = 1
    (fault,) = preview(group, csv_file([[make_sku().code, "R1", "R"]])).faults
    assert fault.code == "rule_refused"
    assert "upline_rates" in fault.sentence("en")
    assert "上级" in fault.sentence("zh-hans")


def test_bare_amounts_share_a_rule_of_the_organisation_that_loads(group: GroupTree) -> None:
    skus = make_skus(4)
    rows = [[sku.code, "R1-A", "", "3.50"] for sku in skus[:2]]
    load(group, csv_file(rows), where="R1")
    load(group, csv_file([[skus[2].code, "R1-B", "", "￥3.5"]]), where="R1")
    rule = CommissionRule.objects.get()
    assert (rule.organisation_id, rule.bare_terms) == (group["R1"].id, "fixed-350")
    load(group, csv_file([[skus[3].code, "R2", "", "3.50"]]), where="R2")
    assert set(CommissionRule.objects.values_list("organisation__code", flat=True)) == {"R1", "R2"}
    assert RuleVersion.objects.count() == 2
    assert OutboxEvent.objects.filter(name="pool.rule_version_added").count() == 2


def test_a_faulty_row_makes_no_rule(group: GroupTree) -> None:
    content = csv_file([["NO-SKU", "R1", "", "3.50"], [make_sku().code, "R1", "", "4.50"]])
    load(group, content, Choice.GOOD_ROWS)
    assert CommissionRule.objects.get().bare_terms == "fixed-450"


def test_a_bare_amount_in_the_past_earns_from_the_past(group: GroupTree) -> None:
    load(group, csv_file([[make_sku().code, "R1", "", "1", "", "2010-12-01"]]))
    assert Offer.objects.get().valid_from.year == 2010


def test_a_blank_start_keeps_the_one_there_is(group: GroupTree) -> None:
    sku = make_sku()
    make_offer(sku, group["R1"], make_rule(code="R"), valid_from=NOW - 9 * DAY)
    load(group, csv_file([[sku.code, "R1", "", "1"]]))
    offer = Offer.objects.get()
    assert (offer.valid_from, offer.estimate) == (NOW - 9 * DAY, 100)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (["机构编码", "规则编码"], "no_column"),
        (["SKU编码", "机构编码"], "no_column"),
        (["SKU编码", "SKU code", "规则"], "column_twice"),
    ],
)
def test_a_file_without_its_columns_is_refused(
    group: GroupTree, header: list[str], fault: str
) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        preview(group, csv_file([["A", "B", "C"]], header=header))
    assert refused.value.data["fault"] == fault


def test_columns_that_mean_nothing_are_told(group: GroupTree) -> None:
    make_rule(code="R")
    content = csv_file([["衬衫", make_sku().code, "R"]], header=["商品名称", "SKU", "规则"])
    assert preview(group, content).ignored_columns == ("商品名称",)


def test_a_header_alone_is_no_file(group: GroupTree) -> None:
    with pytest.raises(SheetUnreadable):
        preview(group, csv_file([]))


def test_the_number_of_statements_does_not_grow_with_the_rows(
    group: GroupTree, statements: Any
) -> None:
    make_rule(code="R")
    seen: dict[str, set[int]] = {"preview": set(), "load": set(), "again": set()}
    preview(group, csv_file([["A", "B", "C"]]))  # the tree and the zone are kept from now on
    for size in (2, 300):
        rows = [
            [sku.code, "R1-A", "R" if place % 2 else "", "" if place % 2 else f"{place + size}.50"]
            for place, sku in enumerate(make_skus(size))
        ]
        content = csv_file(rows)
        for name, act in (("preview", preview), ("load", load), ("again", load)):
            with statements() as captured:
                act(group, content)
            seen[name].add(len(captured))
    assert {name: len(numbers) for name, numbers in seen.items()} == dict.fromkeys(seen, 1)
    assert max(max(numbers) for numbers in seen.values()) <= 18


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(["HQ", "R1", "R1-A", "", "NOWHERE"]),
            st.sampled_from(
                [("R", ""), ("", "1.5"), ("", "2"), ("", "bad"), ("R", "1"), ("X", "")]
            ),
            st.sampled_from(["", "2026-05-01", "2026-07-01", "soon"]),
            st.sampled_from(["", "2026-06-15", "2026-08-01"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_good_and_faulty_rows_are_all_rows_and_loading_twice_is_loading_once(
    group: GroupTree, rows: list[Any]
) -> None:
    if not CommissionRule.objects.filter(code="R").exists():
        make_rule(code="R")
    skus = [sku.code for sku in make_skus(4)] + ["NO-SKU"]
    content = csv_file(
        [[skus[sku], where, how[0], how[1], "", start, end] for sku, where, how, start, end in rows]
    )
    seen = preview(group, content)
    done = load(group, content, Choice.GOOD_ROWS)
    again = load(group, content, Choice.GOOD_ROWS)
    assert counts(seen) == counts(done)
    good = done.created + done.changed + done.unchanged
    assert good + done.faulty_rows == done.rows == len(rows)
    assert (again.created, again.changed, again.unchanged) == (0, 0, good)
    assert again.faults == done.faults


def test_a_version_added_later_is_what_loaded_offers_earn_by(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"), code="R")
    load(group, csv_file([[make_sku(price=10_000).code, "R1", "R"]]))
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM)
    assert Offer.objects.get().estimate == 2_000
