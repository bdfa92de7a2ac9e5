from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.customers.members.builders import make_member
from tests.distribution.distributors.builders import again, make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.surfaces.openapi.builders import Caller, caller
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.actions import switch_distribution
from yipan.kernel.actor import SYSTEM


@pytest.fixture
def api(group: GroupTree) -> Caller:
    """Somebody who calls for headquarters."""
    return caller(group.headquarters)


def new(group: GroupTree, code: str = "g01", place: str = "R1-A", **changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": group[place].id,
        "code": code,
        "name": "兰梅",
        "kind": "guide",
        **changes,
    }


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["code"] for item in answer.json()["items"]]


def test_a_distributor_is_taken_on_and_read(group: GroupTree, api: Caller) -> None:
    person = make_person("mei", group["R1-A"], "guide")
    boss = make_distributor(group["R1"], "BOSS")
    body = new(
        group, person_id=person.pk, upline_id=boss.id, qualified_until="2040-01-01T00:00:00Z"
    )
    answer = api.post("/distributors", body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["code"], told["status"], told["upline_id"]) == ("G01", "active", boss.id)
    assert told["qualified_until"] == "2040-01-01T00:00:00Z"
    assert api.get(f"/distributors/{told['id']}").json() == told


def test_a_batch_is_taken_on_as_a_whole_or_not_at_all(group: GroupTree, api: Caller) -> None:
    bodies = [new(group, f"G{number}", "R1-B") for number in range(5)]
    answer = api.post("/distributors/batch", {"distributors": bodies})
    assert answer.status_code == 201, answer.content
    assert [each["code"] for each in answer.json()["distributors"]] == [
        f"G{number}" for number in range(5)
    ]
    twice = [new(group, "NEW"), new(group, "g0")]
    answer = api.post("/distributors/batch", {"distributors": twice})
    assert (answer.status_code, answer.json()["code"]) == (409, "distributors.code_taken")
    assert Distributor.objects.count() == 5


def test_a_batch_costs_the_same_statements_for_any_size(
    group: GroupTree, api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    boss = make_distributor(group["R1"], "BOSS")
    for size in (1, 60):
        bodies = [new(group, f"{size}-{n}", "R1-A", upline_id=boss.id) for n in range(size)]
        with django_assert_max_num_queries(14):
            answer = api.post("/distributors/batch", {"distributors": bodies})
        assert answer.status_code == 201


def test_the_list_is_that_of_the_callers_subtree(group: GroupTree, api: Caller) -> None:
    boss = make_distributor(group["R1"], "BOSS")
    make_distributor(group["R1-A"], "LOW", upline=boss)
    make_distributor(group["F1"], "FAR", kind="dealer")
    assert codes(api.get("/distributors")) == ["BOSS", "FAR", "LOW"]
    assert codes(caller(group["RETAIL"]).get("/distributors")) == ["BOSS", "LOW"]
    assert codes(api.get("/distributors?kind=dealer")) == ["FAR"]
    assert codes(api.get("/distributors?code=low")) == ["LOW"]
    assert codes(api.get(f"/distributors?upline_id={boss.id}")) == ["LOW"]
    first = api.get("/distributors?limit=2").json()
    rest = api.get(f"/distributors?limit=2&cursor={first['next_cursor']}")
    assert codes(rest) == ["LOW"]


def test_a_list_costs_the_same_statements_for_any_length(
    group: GroupTree, api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        make_distributor(group["R1"])
    for limit in (1, 50):
        with django_assert_max_num_queries(4):  # key, allowance, list, and the session's tenant
            api.get(f"/distributors?limit={limit}")


def test_everything_about_a_distributor_changes_over_the_api(group: GroupTree, api: Caller) -> None:
    mei, boss = make_distributor(group["R1-A"]), make_distributor(group["R1"])
    member = make_member(organisation=group["R1"])
    one = f"/distributors/{mei.id}"

    def done(what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = api.post(f"{one}/{what}", body)
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        return told

    assert api.patch(one, {"name": "梅姐"}).json()["name"] == "梅姐"
    assert done("grade", {"grade": "金"})["grade"] == "金"
    assert done("kind", {"kind": "partner", "reason": "转签"})["kind"] == "partner"
    home = {"organisation_id": group["F1-A"].id, "reason": "调店"}
    assert done("home", home)["organisation_id"] == group["F1-A"].id
    assert done("upline", {"upline_id": boss.id, "reason": "组队"})["upline_id"] == boss.id
    dates = {"qualified_from": None, "qualified_until": "2040-01-01T08:00:00+08:00"}
    assert done("qualification", dates)["qualified_until"] == "2040-01-01T00:00:00Z"
    assert done("member", {"member_id": member.pk})["member_id"] == member.pk
    assert done("suspension", {"reason": "核查"})["status"] == "suspended"
    assert done("reactivation", {"reason": "清白"})["status"] == "active"
    gone = done("departure", {"successor_id": boss.id, "reason": "离职"})
    assert (gone["status"], gone["upline_id"]) == ("left", None)
    history = [item["what"] for item in api.get(f"{one}/history").json()["items"]]
    assert history == [
        "leave", "reactivate", "suspend", "link_member", "set_qualification", "set_upline",
        "move_home", "change_kind", "change_grade", "rename", "register",
    ]  # fmt: skip


def test_grants_are_given_listed_and_taken_back(group: GroupTree, api: Caller) -> None:
    mei = make_distributor(group["R1-A"])
    grants = f"/distributors/{mei.id}/grants"
    answer = api.post(grants, {"organisation_id": group["F1"].id})
    assert answer.status_code == 201, answer.content
    granted = answer.json()
    assert [item["id"] for item in api.get(grants).json()["items"]] == [granted["id"]]
    standing = api.get(f"/distributors/{mei.id}/standing").json()
    assert standing["granted_organisation_ids"] == [group["F1"].id]
    ended = api.delete(f"{grants}/{granted['id']}?reason=期满")
    assert ended.json()["valid_until"] is not None
    assert api.delete(f"{grants}/{group['F1'].id}?reason=期满").status_code == 404
    standing = api.get(f"/distributors/{mei.id}/standing").json()
    assert standing["granted_organisation_ids"] == []


def test_a_standing_knows_the_switches_above(group: GroupTree, api: Caller) -> None:
    boss = make_distributor(group["R1"])
    mei = make_distributor(group["R1-A"], upline=boss)
    one = f"/distributors/{mei.id}/standing"
    told = api.get(one).json()
    assert (told["may_earn"], told["upline_ids"]) == (True, [boss.id])
    switch_distribution(organisation=group["RETAIL"], on=False, by=SYSTEM)
    told = api.get(one).json()
    assert (told["may_earn"], told["distribution_effective"]) == (False, False)


def test_what_is_named_by_id_is_in_the_callers_subtree_too(group: GroupTree) -> None:
    api = caller(group["R1"])
    mei, far = make_distributor(group["R1-A"]), make_distributor(group["F1"])
    stranger = make_person("stranger", group["F1"], "guide")
    member = make_member(organisation=group["F1"])
    one = f"/distributors/{mei.id}"
    answers = [
        api.post("/distributors", new(group, place="F1")),
        api.post("/distributors", new(group, upline_id=far.id)),
        api.post("/distributors", new(group, person_id=stranger.pk)),
        api.post("/distributors", new(group, member_id=member.pk)),
        api.post(f"{one}/home", {"organisation_id": group["F1"].id, "reason": "调"}),
        api.post(f"{one}/upline", {"upline_id": far.id, "reason": "调"}),
        api.post(f"{one}/member", {"member_id": member.pk}),
        api.post(f"{one}/departure", {"successor_id": far.id, "reason": "调"}),
        api.post(f"{one}/grants", {"organisation_id": group["F1"].id}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert again(mei).status == "active"
    assert Distributor.objects.count() == 2


def test_reading_and_writing_are_two_permissions(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    reader = caller(group.headquarters, ["distributors.read"])
    assert reader.get(f"/distributors/{mei.id}/history").status_code == 200
    assert reader.post(f"/distributors/{mei.id}/suspension", {"reason": "x"}).status_code == 403
