from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.group.organisations.builders import GroupTree
from yipan.group.organisations import actions, queries
from yipan.group.organisations.models import Level, Organisation, OrganisationMove
from yipan.kernel import sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import tenant_context


def codes(rows: object) -> list[str]:
    return [row.code for row in rows]  # type: ignore[attr-defined]


def test_a_subtree_is_the_node_and_all_below_and_nothing_else(group: GroupTree) -> None:
    found = queries.organisations_in([group["RETAIL"].path]).order_by("path")
    assert set(codes(found)) == {"RETAIL", "R1", "R1-A", "R1-B", "R2", "R2-A"}
    assert codes(found)[0] == "RETAIL"
    assert {node.code for node in queries.tree().subtree(group["R1"].id)} == {"R1", "R1-A", "R1-B"}


def test_several_subtrees_are_seen_together_and_none_means_nothing(group: GroupTree) -> None:
    paths = [group["R1"].path, group["F1-A"].path]
    assert set(codes(queries.organisations_in(paths))) == {"R1", "R1-A", "R1-B", "F1-A"}
    assert not queries.organisations_in([]).exists()


def test_a_subtree_can_be_asked_for_by_the_column_of_an_id(group: GroupTree) -> None:
    moves = queries.within([group["R1"].path], "company_id")
    assert set(codes(Organisation.objects.filter(moves))) == {"R1", "R1-A", "R1-B"}


@pytest.mark.parametrize("code", ["HQ", "RETAIL", "R1", "R1-A"])
def test_the_condition_in_sql_lets_the_same_rows_through(group: GroupTree, code: str) -> None:
    for paths in ([group[code].path], [group[code].path, group["F1-A"].path], []):
        condition = queries.ids_within(paths, "o.id")
        statement = "SELECT o.code FROM organisations_organisation o WHERE o.tenant_id = %s AND "
        rows = sql.fetch(
            statement + condition.condition, (group.headquarters.tenant_id, *condition.params)
        )
        assert {row[0] for row in rows} == set(codes(queries.organisations_in(paths)))


def test_who_sees_the_whole_tree_needs_no_look_at_it(group: GroupTree) -> None:
    rows = OrganisationMove.objects.filter(
        queries.within([group.headquarters.path], "organisation__path")
    )
    assert "JOIN" not in str(rows.query)
    assert "JOIN" in str(
        OrganisationMove.objects.filter(
            queries.within([group["RETAIL"].path], "organisation__path")
        ).query
    )


def test_the_filters_narrow_the_list(group: GroupTree) -> None:
    everything = [group.headquarters.path]
    actions.switch_distribution(organisation=group["R1-A"], on=False, by=SYSTEM)
    actions.close_organisation(organisation=group["F1-B"], by=SYSTEM, reason="到期")
    found = {
        "text": codes(queries.organisations_in(everything, text="成都一")),
        "code": codes(queries.organisations_in(everything, text="f1-a")),
        "level": codes(queries.organisations_in(everything, level=Level.INDUSTRY_GROUP)),
        "parent": codes(queries.organisations_in(everything, parent_id=group["R2"].id)),
        "closed": codes(queries.organisations_in(everything, is_active=False)),
        "off": codes(queries.organisations_in(everything, distribution_effective=False)),
    }
    assert {name: sorted(each) for name, each in found.items()} == {
        "text": ["F1-A"],
        "code": ["F1-A"],
        "level": ["FOOD", "RETAIL"],
        "parent": ["R2-A"],
        "closed": ["F1-B"],
        "off": ["F1-B", "R1-A"],
    }


def test_an_organisation_out_of_reach_is_not_found(group: GroupTree) -> None:
    assert queries.organisation_in(group["R1-A"].id, [group["R1"].path]) == group["R1-A"]
    for paths in ([group["R2"].path], [group["R1-B"].path], []):
        with pytest.raises(NotFound):
            queries.organisation_in(group["R1-A"].id, paths)


def test_the_tree_is_read_once_per_epoch(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenant_context(group.headquarters.tenant_id):
        with django_assert_num_queries(2):  # the epoch and the tree
            queries.tree()
        with django_assert_num_queries(0):
            tree = queries.tree()
    store = tree.by_code["R1-A"]
    assert store.lineage == tuple(group[code].id for code in ("R1-A", "R1", "RETAIL", "HQ"))
    assert store.ancestor_at(Level.INDUSTRY_GROUP, tree) == group["RETAIL"].id
    assert tree.within(store.id, group["R1"].path)
    assert not tree.within(store.id, group["R2"].path)


def test_a_subtree_is_found_by_index_behind_row_level_security(group: GroupTree) -> None:
    rows = queries.organisations_in([group["R1"].path]).order_by("path")
    with connection.cursor() as cursor:
        # So few rows are as cheap to sort: the question is whether the index can be used.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        statement, params = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN {statement}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "organisation_path_once" in plan
    assert "path" in condition


def test_the_history_of_moves_tells_where_from_and_where_to(group: GroupTree) -> None:
    actions.move_organisation(
        organisation=group["R1"], to_parent=group["FOOD"], by=SYSTEM, reason="重组"
    )
    (move,) = queries.moves_of(group["R1"])
    assert (move.from_parent, move.to_parent) == (group["RETAIL"], group["FOOD"])
