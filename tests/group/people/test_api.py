from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import PASSWORD, again, give_role, make_person
from tests.surfaces.openapi.builders import Caller, caller
from yipan.group.people.models import Person


@pytest.fixture
def api(group: GroupTree) -> Caller:
    """Somebody who calls for headquarters, with every permission."""
    return caller(group.headquarters)


def new(group: GroupTree, place: str = "R1-A", **changes: Any) -> dict[str, Any]:
    return {
        "username": "Mei.Lan",
        "name": "兰梅",
        "password": PASSWORD,
        "phone": "13800138000",
        "first_role": {"role": "guide", "organisation_id": group[place].id},
        **changes,
    }


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["username"] for item in answer.json()["items"]]


def test_an_account_is_opened_with_its_first_role(group: GroupTree, api: Caller) -> None:
    answer = api.post("/people", new(group))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["username"], told["phone"]) == ("mei.lan", "+86138****8000")
    assert [(r["role"], r["organisation_id"]) for r in told["roles"]] == [
        ("guide", group["R1-A"].id)
    ]
    assert "password" not in answer.content.decode()
    assert Person.objects.get().check_password(PASSWORD)
    assert api.get(f"/people/{told['id']}").json() == told


def test_people_are_seen_where_they_have_a_role(group: GroupTree, api: Caller) -> None:
    both = make_person("both", group["R1-A"], "guide")
    give_role(both, group["F1-A"], "guide")
    make_person("nobody")
    make_person("east", group["R1"], "operations")
    assert names(api.get("/people")) == ["both", "east", "nobody"]
    of_food = caller(group["FOOD"]).get("/people")
    assert names(of_food) == ["both"]
    (shown,) = of_food.json()["items"]
    assert [role["organisation_id"] for role in shown["roles"]] == [group["F1-A"].id]
    assert names(api.get("/people?role=operations")) == ["east"]


def test_a_list_costs_the_same_statements_for_any_length(
    group: GroupTree, api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        make_person(f"p{number}", group["R1"], "guide")
    for limit in (1, 50):
        with django_assert_max_num_queries(5):  # key, allowance, people, roles, session's tenant
            api.get(f"/people?limit={limit}")


def test_an_account_is_changed_closed_and_opened(group: GroupTree, api: Caller) -> None:
    mei = make_person("mei", group["R1-A"], "guide", phone="13800138000")
    one = f"/people/{mei.pk}"
    changed = api.patch(one, {"name": "梅姐", "phone": ""}).json()
    assert (changed["name"], changed["phone"]) == ("梅姐", "")
    assert api.post(f"{one}/password", {"password": PASSWORD}).status_code == 200
    assert again(mei).check_password(PASSWORD)
    easy = api.post(f"{one}/password", {"password": "12345678"})
    assert (easy.status_code, easy.json()["code"]) == (422, "people.password_refused")
    assert api.post(f"{one}/deactivation", {"reason": "离职"}).json()["is_active"] is False
    assert names(api.get("/people?is_active=false")) == ["mei"]
    assert api.post(f"{one}/reactivation", {"reason": "返聘"}).json()["is_active"] is True


def test_roles_are_given_and_taken_away(group: GroupTree, api: Caller) -> None:
    mei = make_person("mei", group["R1-A"], "guide")
    body = {"role": "store_manager", "organisation_id": group["R1"].id}
    answer = api.post(f"/people/{mei.pk}/roles", body)
    assert answer.status_code == 201
    role = answer.json()
    assert api.delete(f"/people/{mei.pk}/roles/{role['id']}").status_code == 204
    assert api.delete(f"/people/{mei.pk}/roles/{role['id']}").status_code == 404
    assert [r["role"] for r in api.get(f"/people/{mei.pk}").json()["roles"]] == ["guide"]


def test_a_role_is_taken_away_only_over_its_own_person(group: GroupTree, api: Caller) -> None:
    mei = make_person("mei", group["R1-A"], "guide")
    lan = make_person("lan", group["R1-A"], "guide")
    role = lan.roles.get()
    assert api.delete(f"/people/{mei.pk}/roles/{role.pk}").status_code == 404
    assert lan.roles.exists()


def test_a_program_gives_no_more_than_it_holds(group: GroupTree) -> None:
    clerk = caller(group["R1"], ["people.read", "people.write", "catalogue.read", "pool.read"])
    employee = {"role": "employee", "organisation_id": group["R1-A"].id}
    assert clerk.post("/people", new(group, first_role=employee)).status_code == 201
    for role in ("guide", "administrator"):
        asked = {"role": role, "organisation_id": group["R1-A"].id}
        answer = clerk.post("/people", new(group, username="lan", phone="", first_role=asked))
        assert (answer.status_code, answer.json()["code"]) == (403, "people.more_than_own")
    answer = clerk.post("/people", new(group, "F1-A", username="lan", phone=""))
    assert answer.status_code == 404
    boss = make_person("boss", group["R1"], "administrator")
    answer = clerk.post(f"/people/{boss.pk}/password", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "people.more_than_own")
    assert Person.objects.filter(username="lan").count() == 0
