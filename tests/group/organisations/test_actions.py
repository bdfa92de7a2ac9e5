from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.organisations.builders import GroupTree, make_organisation, make_tree
from yipan.group.organisations import actions, rules
from yipan.group.organisations.errors import (
    HeadquartersStay,
    LevelRefused,
    MoveMakesCycle,
    OrganisationClosed,
    OrganisationCodeTaken,
    OrganisationHasOpenChildren,
    StoreNeedsCompany,
    TenantCodeTaken,
)
from yipan.group.organisations.models import Level, Organisation, OrganisationMove
from yipan.group.organisations.queries import tree as cached_tree
from yipan.kernel import config_cache
from yipan.kernel.actor import SYSTEM, Actor, ActorKind
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context

MEI = Actor(ActorKind.PERSON, 7, "mei")


def effective() -> set[str]:
    return set(
        Organisation.objects.filter(distribution_effective=True).values_list("code", flat=True)
    )


def assert_kept_columns_follow_from_the_parents() -> None:
    """Recomputes path, company and effect of every node by walking its parents."""
    nodes = {node.id: node for node in Organisation.objects.all()}
    for node in nodes.values():
        line = [node]
        while line[-1].parent_id is not None:
            line.append(nodes[line[-1].parent_id])
            assert len(line) <= len(nodes)
        assert node.path == "/" + "".join(f"{each.id}/" for each in reversed(line))
        assert node.distribution_effective == all(n.distribution_on and n.is_active for n in line)
        companies = [each.id for each in line if each.level == Level.COMPANY]
        assert node.company_id == (companies[0] if companies else None)


def test_a_founded_group_has_its_headquarters(db: None) -> None:
    tenant = actions.create_tenant(code="north", name="北方集团", timezone="Asia/Urumqi")
    with tenant_context(tenant.id):
        root = cached_tree().root
        assert (root.level, root.name, root.path) == ("headquarters", "北方集团", f"/{root.id}/")
        assert AuditEntry.objects.get().action == "organisations.create"
    assert Tenant.objects.get(code="north").timezone == "Asia/Urumqi"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("code", {"code": "no blanks"}),
        ("code", {"code": "北方"}),
        ("timezone", {"timezone": "Beijing"}),
        ("timezone", {"timezone": "../etc"}),
        ("currency", {"currency": "yuan"}),
        ("name", {"name": "  "}),
    ],
)
def test_a_group_is_not_founded_on_faulty_values(
    db: None, field: str, values: dict[str, str]
) -> None:
    given: dict[str, Any] = {"code": "north", "name": "北方集团", **values}
    with pytest.raises(InvalidField) as refused:
        actions.create_tenant(**given)
    assert refused.value.data["field"] == field


def test_two_groups_have_two_codes(committed: None) -> None:
    actions.create_tenant(code="north", name="北方集团")
    with pytest.raises(TenantCodeTaken):
        actions.create_tenant(code="north", name="另一集团")
    assert Tenant.objects.count() == 1


def test_there_is_one_headquarters(group: GroupTree) -> None:
    with pytest.raises(HeadquartersStay):
        actions.create_headquarters(code="HQ2", name="二号")


def test_a_new_organisation_knows_its_path_and_its_company(group: GroupTree) -> None:
    assert_kept_columns_follow_from_the_parents()
    assert group["R1-A"].company_id == group["R1"].id
    assert group["RETAIL"].company_id is None


def test_a_company_may_stand_directly_under_headquarters(group: GroupTree) -> None:
    company = make_organisation(group.headquarters, Level.COMPANY, "DIRECT")
    make_organisation(company, Level.STORE, "DIRECT-A")
    assert_kept_columns_follow_from_the_parents()


def test_a_store_cannot_stand_where_no_company_bears_its_expense(group: GroupTree) -> None:
    with pytest.raises(StoreNeedsCompany):
        make_organisation(group["RETAIL"], Level.STORE)


def test_a_code_is_given_once(group: GroupTree) -> None:
    with pytest.raises(OrganisationCodeTaken):
        make_organisation(group["R2"], Level.STORE, "R1-A")


def test_a_change_of_name_is_audited_with_both_names(group: GroupTree) -> None:
    actions.rename(organisation=group["R1-A"], name="上海旗舰店", by=MEI)
    entry = AuditEntry.objects.get(action="organisations.describe")
    assert (entry.before, entry.after) == ({"name": "上海一店"}, {"name": "上海旗舰店"})
    assert (entry.actor, entry.organisation_id) == ("person:7:mei", group["R1-A"].id)
    assert group.again("R1-A").name == "上海旗舰店"


def test_what_stays_the_same_is_not_audited(group: GroupTree) -> None:
    before = AuditEntry.objects.count()
    actions.rename(organisation=group["R1-A"], name=" 上海一店 ", by=MEI)
    actions.switch_distribution(organisation=group["R1"], on=True, by=MEI)
    actions.move_organisation(
        organisation=group["R1"], to_parent=group["RETAIL"], by=MEI, reason="同"
    )
    assert AuditEntry.objects.count() == before
    assert not OrganisationMove.objects.exists()


def test_a_node_is_on_only_when_all_above_it_are(group: GroupTree) -> None:
    everything = effective()
    actions.switch_distribution(organisation=group["R1-A"], on=False, by=MEI)
    actions.switch_distribution(organisation=group["RETAIL"], on=False, by=MEI)
    assert effective() == {"HQ", "FOOD", "F1", "F1-A", "F1-B"}
    actions.switch_distribution(organisation=group["RETAIL"], on=True, by=MEI)
    assert effective() == everything - {"R1-A"}
    actions.switch_distribution(organisation=group.headquarters, on=False, by=MEI)
    assert effective() == set()


def test_a_switch_costs_the_same_statements_for_any_subtree(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for code, on in (("R1-A", False), ("RETAIL", False)):
        with django_assert_num_queries(8):  # savepoint 2, epoch, read 2, switch, subtree, audit
            actions.switch_distribution(organisation=group[code], on=on, by=MEI)


def test_the_cached_tree_follows_a_switch(group: GroupTree) -> None:
    with tenant_context(group.headquarters.tenant_id):
        assert cached_tree().by_code["R1-A"].distribution_effective
    with tenant_context(group.headquarters.tenant_id):
        actions.switch_distribution(organisation=group["R1"], on=False, by=MEI)
        assert not cached_tree().by_code["R1-A"].distribution_effective
    with tenant_context(group.headquarters.tenant_id):
        assert not cached_tree().by_code["R1-A"].distribution_effective
    config_cache.clear()


def test_a_move_takes_the_whole_subtree_along(group: GroupTree) -> None:
    actions.switch_distribution(organisation=group["FOOD"], on=False, by=MEI)
    moved = actions.move_organisation(
        organisation=group["R1"], to_parent=group["FOOD"], by=MEI, reason="重组"
    )
    assert moved.path == f"{group['FOOD'].path}{moved.id}/"
    assert_kept_columns_follow_from_the_parents()
    assert not group.again("R1-A").distribution_effective
    history = OrganisationMove.objects.get()
    assert (history.from_parent_id, history.to_parent_id) == (group["RETAIL"].id, group["FOOD"].id)
    assert (history.moved_by, history.reason) == ("person:7:mei", "重组")
    assert AuditEntry.objects.get(action="organisations.move").reason == "重组"


def test_a_store_that_moves_gets_the_new_company(group: GroupTree) -> None:
    moved = actions.move_organisation(
        organisation=group["R1-A"], to_parent=group["F1"], by=MEI, reason="转让"
    )
    assert moved.company_id == group["F1"].id
    assert_kept_columns_follow_from_the_parents()


def test_a_move_needs_a_reason(group: GroupTree) -> None:
    with pytest.raises(InvalidField):
        actions.move_organisation(
            organisation=group["R1"], to_parent=group["FOOD"], by=MEI, reason=" "
        )


@pytest.mark.parametrize(
    ("moved", "to", "error"),
    [
        ("HQ", "FOOD", HeadquartersStay),
        ("RETAIL", "RETAIL", MoveMakesCycle),
        ("RETAIL", "R1", MoveMakesCycle),
        ("RETAIL", "FOOD", LevelRefused),
        ("R1", "F1", LevelRefused),
        ("R1-A", "FOOD", StoreNeedsCompany),
    ],
)
def test_an_impossible_move_is_refused_by_name(
    group: GroupTree, moved: str, to: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        actions.move_organisation(
            organisation=group[moved], to_parent=group[to], by=MEI, reason="试"
        )
    assert_kept_columns_follow_from_the_parents()


def test_a_closed_node_distributes_nothing_and_takes_nothing_new(group: GroupTree) -> None:
    actions.close_organisation(organisation=group["R2-A"], by=MEI, reason="到期")
    actions.close_organisation(organisation=group["R2"], by=MEI, reason="注销")
    assert_kept_columns_follow_from_the_parents()
    assert {"R2", "R2-A"}.isdisjoint(effective())
    with pytest.raises(OrganisationClosed):
        make_organisation(group["R2"], Level.STORE)
    with pytest.raises(OrganisationClosed):
        actions.move_organisation(
            organisation=group["R1-A"], to_parent=group["R2"], by=MEI, reason="试"
        )
    with pytest.raises(OrganisationClosed):
        actions.reopen_organisation(organisation=group["R2-A"], by=MEI, reason="重开")
    actions.reopen_organisation(organisation=group["R2"], by=MEI, reason="重开")
    actions.reopen_organisation(organisation=group["R2-A"], by=MEI, reason="重开")
    assert {"R2", "R2-A"} <= effective()


def test_what_has_open_organisations_below_is_not_closed(group: GroupTree) -> None:
    with pytest.raises(OrganisationHasOpenChildren) as refused:
        actions.close_organisation(organisation=group["R1"], by=MEI, reason="注销")
    assert refused.value.data["count"] == 2
    with pytest.raises(HeadquartersStay):
        actions.close_organisation(organisation=group.headquarters, by=MEI, reason="注销")


def test_an_organisation_of_another_group_does_not_exist_here(group: GroupTree) -> None:
    other = actions.create_tenant(code="other", name="别家")
    with tenant_context(other.id):
        theirs = Organisation.objects.get()
        with pytest.raises(NotFound):
            actions.move_organisation(
                organisation=group["R1"], to_parent=theirs, by=SYSTEM, reason="试"
            )
    with pytest.raises(NotFound):
        actions.move_organisation(
            organisation=group["R1"], to_parent=theirs, by=SYSTEM, reason="试"
        )


Run = Callable[[Callable[[int], Any], int], list[Any]]


def test_moves_at_once_never_make_a_cycle(
    committed_tenant: Tenant, run_concurrently: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Levels alone forbid cycles, so they are taken away here to see the lock at work."""
    group = make_tree()
    monkeypatch.setattr(rules, "check_place", lambda **_: None)
    pairs = [("R1", "R2"), ("R2", "R1"), ("R1", "F1"), ("F1", "R1"), ("R2", "F1"), ("F1", "R2")]

    def move(number: int) -> str:
        moved, to = pairs[number]
        with tenant_context(committed_tenant.id):
            return actions.move_organisation(
                organisation=group[moved], to_parent=group[to], by=SYSTEM, reason="并发"
            ).path

    answers = run_concurrently(move, len(pairs))
    assert {type(each) for each in answers} <= {str, MoveMakesCycle}
    assert MoveMakesCycle in {type(each) for each in answers}
    assert_kept_columns_follow_from_the_parents()


def test_switches_and_moves_at_once_leave_a_tree_that_is_right(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    group = make_tree()

    def change(number: int) -> None:
        with tenant_context(committed_tenant.id):
            if number % 2:
                to = ("RETAIL", "FOOD")[number % 4 // 2]
                actions.move_organisation(
                    organisation=group["R1"], to_parent=group[to], by=SYSTEM, reason="并发"
                )
            else:
                actions.switch_distribution(
                    organisation=group["FOOD"], on=bool(number % 4), by=SYSTEM
                )

    assert run_concurrently(change, 8) == [None] * 8
    assert_kept_columns_follow_from_the_parents()
