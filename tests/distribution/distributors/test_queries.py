from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from tests.customers.members.builders import make_member
from tests.distribution.distributors.builders import again, make_distributor
from tests.group.organisations.builders import GroupTree
from yipan.distribution.distributors import actions, queries
from yipan.distribution.distributors.queries import Standing
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import tenant_context

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_a_standing_says_how_somebody_stands_at_a_moment(group: GroupTree) -> None:
    top, buyer = make_distributor(group["R1"]), make_member().pk
    mei = make_distributor(group["R1-A"], "G01", upline=top, member_id=buyer, name="梅")
    with clock.at(NOON):
        actions.grant(distributor=mei, organisation=group["F1"], by=SYSTEM)
    expected = Standing(
        mei.id, "G01", "梅", group["R1-A"].id, "active", True, buyer, top.id, (group["F1"].id,)
    )
    assert queries.standings([mei.id], NOON) == {mei.id: expected}
    assert expected.may_earn


def test_spans_are_half_open(group: GroupTree) -> None:
    end = NOON + timedelta(days=1)
    mei = make_distributor(group["R1"], qualified_from=NOON, qualified_until=end)
    actions.grant(
        distributor=mei, organisation=group["F1"], valid_from=NOON, valid_until=end, by=SYSTEM
    )
    for at, inside in ((NOON - TICK, False), (NOON, True), (end - TICK, True), (end, False)):
        standing = queries.standings([mei.id], at)[mei.id]
        assert (standing.qualified, bool(standing.grants)) == (inside, inside)
        assert standing.may_earn is inside


def test_a_suspended_distributor_may_not_earn(group: GroupTree) -> None:
    mei = make_distributor(group["R1"])
    actions.suspend(distributor=mei, by=SYSTEM, reason="核查")
    standing = queries.standings([mei.id], NOON)[mei.id]
    assert (standing.status, standing.qualified, standing.may_earn) == ("suspended", True, False)


def test_codes_are_found_as_they_were_typed(group: GroupTree) -> None:
    mei, lan = make_distributor(group["R1"], "G01"), make_distributor(group["R1"], "G02")
    found = queries.by_codes(["g01", " G01", "G02", "G99"], NOON)
    assert {code: standing.id for code, standing in found.items()} == {
        "g01": mei.id, " G01": mei.id, "G02": lan.id,
    }  # fmt: skip


def test_a_chain_has_the_uplines_nearest_first_whether_they_may_earn_or_not(
    group: GroupTree,
) -> None:
    top = make_distributor(group["R1"], "TOP")
    middle = make_distributor(group["R1"], "MIDDLE", upline=top)
    low = make_distributor(group["R1"], "LOW", upline=middle)
    actions.suspend(distributor=middle, by=SYSTEM, reason="核查")
    found = queries.chains([low.id, middle.id, top.id, 1], NOON)
    assert {id_: [each.code for each in line] for id_, line in found.items()} == {
        low.id: ["MIDDLE", "TOP"],
        middle.id: ["TOP"],
        top.id: [],
        1: [],
    }
    assert [each.may_earn for each in found[low.id]] == [False, True]


def test_standings_and_chains_cost_one_statement_for_any_number(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = make_distributor(group["R1"])
    ids = [make_distributor(group["R1"], f"G{n}", upline=top).id for n in range(12)]
    for wanted in (ids[:1], ids):
        with django_assert_num_queries(1):
            assert len(queries.standings(wanted, NOON)) == len(wanted)
        with django_assert_num_queries(1):
            assert len(queries.by_codes([f"g{n}" for n in range(len(wanted))], NOON)) == len(wanted)
        with django_assert_num_queries(1):
            assert all(len(line) == 1 for line in queries.chains(wanted, NOON).values())
    with django_assert_num_queries(0):
        assert queries.standings([], NOON) == {}
        assert queries.by_codes([], NOON) == {}
        assert queries.chains([], NOON) == {}


def test_distributors_of_another_group_have_no_standing_here(group: GroupTree) -> None:
    mei = make_distributor(group["R1"], "G01")
    with tenant_context(make_tenant("other").id):
        assert queries.standings([mei.id], NOON) == {}
        assert queries.by_codes(["G01"], NOON) == {}
        assert queries.chains([mei.id], NOON) == {mei.id: ()}
        assert queries.lines_above([mei.id]) == {}


def test_a_list_shows_a_subtree_in_one_statement(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = make_distributor(group["R1"], "TOP", name="兰")
    make_distributor(group["R1-A"], "LOW", upline=top, kind="partner")
    make_distributor(group["F1"], "FAR")
    with django_assert_num_queries(1):
        rows = [
            (row.code, row.organisation.name, row.upline.code if row.upline else None)
            for row in queries.distributors_in([group["RETAIL"].path]).order_by("id")
        ]
    assert rows == [("TOP", "华东公司", None), ("LOW", "上海一店", "TOP")]


def test_the_filters_narrow_the_list(group: GroupTree) -> None:
    top = make_distributor(group["R1"], "TOP", name="兰")
    low = make_distributor(group["R1-A"], "LOW", upline=top, kind="partner")
    actions.suspend(distributor=top, by=SYSTEM, reason="核查")
    everywhere = [group.headquarters.path]
    assert list(queries.distributors_in(everywhere, text="兰")) == [top]
    assert list(queries.distributors_in(everywhere, text="lo")) == [low]
    assert list(queries.distributors_in(everywhere, kind="partner")) == [low]
    assert list(queries.distributors_in(everywhere, status="suspended")) == [top]
    assert list(queries.distributors_in(everywhere, organisation_id=group["R1-A"].id)) == [low]
    assert list(queries.distributors_in(everywhere, upline_id=top.id)) == [low]
    assert list(queries.distributors_in([])) == []


def test_a_distributor_out_of_reach_is_not_found(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    assert queries.distributor_in(mei.id, [group["R1"].path]) == again(mei)
    for place in ("R2", "FOOD", "R1-B"):
        with pytest.raises(NotFound):
            queries.distributor_in(mei.id, [group[place].path])


def test_levels_below_count_the_longest_line(group: GroupTree) -> None:
    top = make_distributor(group["R1"])
    middle = make_distributor(group["R1"], upline=top)
    make_distributor(group["R1"], upline=top)
    low = make_distributor(group["R1"], upline=middle)
    assert [queries.levels_below(each.id) for each in (top, middle, low)] == [3, 2, 1]
    assert queries.lines_above([low.id]) == {low.id: (low.id, middle.id, top.id)}
