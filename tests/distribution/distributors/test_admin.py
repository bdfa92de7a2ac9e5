from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.distribution.distributors.builders import again, make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.distributors.queries import grants_of, history_of
from yipan.group.people.models import Role

SCREEN = "distributors/distributor/"


@pytest.fixture
def east(group: GroupTree) -> Console:
    """Operations of one company, R1."""
    return Console.of(make_person("east", group["R1"], Role.OPERATIONS))


def test_the_list_shows_the_persons_subtree_and_others_answer_404(
    group: GroupTree, east: Console
) -> None:
    make_distributor(group["R1-A"], "NEAR")
    far = make_distributor(group["F1"], "FAR")
    answer = east.get(SCREEN)
    assert [row.code for row in answer.context["cl"].result_list] == ["NEAR"]
    assert "成都" not in answer.content.decode()
    assert east.get(f"{SCREEN}{far.id}/change/").status_code == 404


def test_a_distributor_is_taken_on_and_changed_by_the_actions(
    group: GroupTree, east: Console
) -> None:
    boss = make_distributor(group["R1"], "BOSS")
    make_person("mei", group["R1-A"], Role.GUIDE)
    east.fill_in(
        f"{SCREEN}add/", home_code="R1-A", code="g01", name="梅", kind="guide", username="Mei",
        upline_code="boss",
    )  # fmt: skip
    mei = Distributor.objects.get(code="G01")
    assert (mei.upline_id, mei.organisation_id) == (boss.id, group["R1-A"].id)
    assert mei.person is not None
    address = f"{SCREEN}{mei.id}/change/"
    east.fill_in(
        address, name="梅姐", grade="金", kind="partner", qualified_until_0="2040-01-01",
        qualified_until_1="00:00:00", new_home_code="R1-B", new_upline_code="-",
        grant_code="R1-A", reason="调整",
    )  # fmt: skip
    changed = again(mei)
    assert (changed.name, changed.grade, changed.kind) == ("梅姐", "金", "partner")
    assert (changed.organisation_id, changed.upline_id) == (group["R1-B"].id, None)
    assert str(changed.qualified_until) == "2039-12-31 16:00:00+00:00"
    assert grants_of(mei).get().valid_until is None
    assert [each.what for each in history_of(mei)][::-1] == [
        "register", "rename", "change_grade", "set_qualification", "change_kind", "move_home",
        "set_upline", "grant",
    ]  # fmt: skip
    east.fill_in(address, revoke_code="R1-A", reason="期满")
    assert grants_of(mei).get().valid_until is not None
    for step, status in (("suspend", "suspended"), ("reactivate", "active"), ("leave", "left")):
        east.fill_in(address, step=step, successor_code="BOSS", reason="人事")
        assert again(mei).status == status
    assert not east.get(address).context["has_change_permission"]
    assert history_of(mei)[0].changed_by.endswith(":east")


def test_a_form_reaches_no_further_than_its_person(group: GroupTree, east: Console) -> None:
    mei = make_distributor(group["R1-A"])
    make_distributor(group["F1"], "FAR")
    address = f"{SCREEN}{mei.id}/change/"
    for values in (
        {"new_home_code": "F1"},
        {"new_upline_code": "FAR"},
        {"grant_code": "F1"},
        {"step": "leave", "successor_code": "FAR"},
    ):
        told = east.fill_in(address, reason="试", **values)
        assert told[0].endswith("was found.")
    assert again(mei).status == "active"
    assert history_of(mei).count() == 1


def test_the_list_costs_the_same_statements_for_any_length(
    group: GroupTree, east: Console, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        make_distributor(group["R1-A"])
    with django_assert_max_num_queries(12):
        east.get(SCREEN)
