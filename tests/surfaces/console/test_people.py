"""People: the list, one account with its roles, and acts that ask first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.distributors.builders import make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import again, give_role, make_person
from tests.group.people.consoles import Console
from yipan.distribution.distributors.actions import link_person
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry

PAGE = "people/"


@pytest.fixture
def boss(group: GroupTree) -> Console:
    return Console.of(make_person("boss", group.headquarters, Role.ADMINISTRATOR, name="管"))


def listed(answer: Any) -> list[str]:
    return [row.username for row in answer.context["page"]]


def ask(console: Console, person: Person, act: str, **values: str) -> Any:
    address = f"/console/people/{person.pk}/{act}/"
    return console.client.post(address, values) if values else console.client.get(address)


def roles_of(person: Person) -> set[tuple[str, str]]:
    rows = RoleAssignment.objects.filter(person=person)
    return set(rows.values_list("role", "organisation__code"))


def test_the_list_is_searched_and_filtered(boss: Console, group: GroupTree) -> None:
    make_person("mei", group["R1-A"], Role.STORE_MANAGER, name="梅", phone="13900000001")
    make_person("lan", group["F1-A"], Role.GUIDE, name="兰")
    assert listed(boss.get(PAGE)) == ["boss", "lan", "mei"]
    assert listed(boss.get(f"{PAGE}?q=梅")) == ["mei"]
    assert listed(boss.get(f"{PAGE}?q=13900000001")) == ["mei"]
    assert listed(boss.get(f"{PAGE}?role=guide")) == ["lan"]
    assert listed(boss.get(f"{PAGE}?organisation={group['RETAIL'].id}")) == ["mei"]
    assert listed(boss.get(f"{PAGE}?state=inactive&sort=nonsense&page=x")) == []


def test_an_account_is_opened_with_its_first_role(boss: Console, group: GroupTree) -> None:
    given = {
        "name": "梅", "username": "Mei", "phone": "13900000001", "language": "zh-hans",
        "email": "", "password": "", "role": "guide", "organisation": str(group["R1-A"].id),
    }  # fmt: skip
    answer = boss.client.post("/console/people/new/", given)
    made = Person.objects.get(username="mei")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/people/{made.pk}/")
    assert roles_of(made) == {("guide", "R1-A")}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("username", "boss", "taken"),
        ("phone", "12", "phone"),
        ("password", "123", "password"),
        ("organisation", "", "is needed with a role"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_at_its_field(
    boss: Console, group: GroupTree, field: str, value: str, said: str
) -> None:
    given = {
        "name": "梅", "username": "mei", "phone": "", "language": "en", "email": "",
        "password": "", "role": "guide", "organisation": str(group["R1-A"].id),
    }  # fmt: skip
    answer = boss.client.post("/console/people/new/", {**given, field: value})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    assert not Person.objects.filter(username="mei").exists()


def test_staff_who_move_take_their_role_along(boss: Console, group: GroupTree) -> None:
    mei = make_person("mei", group["R1-A"], Role.STORE_MANAGER)
    row = RoleAssignment.objects.get(person=mei)
    moved = ask(
        boss, mei, "move-role",
        assignment=str(row.pk), organisation=str(group["F1-A"].id), reason="调店",
    )  # fmt: skip
    assert moved.status_code == 200
    assert roles_of(mei) == {("store_manager", "F1-A")}
    assert AuditEntry.objects.filter(action="people.revoke_role", reason="调店").exists()


def test_roles_are_given_and_taken_and_accounts_closed_and_opened(
    boss: Console, group: GroupTree
) -> None:
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    ask(boss, mei, "give-role", role="employee", organisation=str(group["R1-B"].id))
    assert roles_of(mei) == {("guide", "R1-A"), ("employee", "R1-B")}
    row = RoleAssignment.objects.get(person=mei, role="guide")
    assert ask(boss, mei, "take-role", assignment=str(row.pk), reason="").status_code == 422
    assert ask(boss, mei, "take-role", assignment=str(row.pk), reason="转岗").status_code == 200
    assert roles_of(mei) == {("employee", "R1-B")}
    ask(boss, mei, "deactivate", reason="离职")
    assert not again(mei).is_active
    assert ask(boss, mei, "describe").status_code == 404  # closed accounts are only opened again
    ask(boss, mei, "reactivate", reason="回来")
    assert again(mei).is_active


def test_nobody_gives_more_than_they_hold(group: GroupTree) -> None:
    company = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    outside = ask(company, mei, "give-role", role="guide", organisation=str(group["F1"].id))
    assert outside.status_code == 422
    give_role(mei, group["F1"], Role.GUIDE)
    password = ask(company, mei, "password", password="correct horse battery")
    assert password.status_code == 422
    assert "do not hold" in password.content.decode()


def test_others_people_are_not_there(group: GroupTree) -> None:
    make_person("mine", group["R1-A"], Role.GUIDE)
    theirs = make_person("theirs", group["F1-A"], Role.GUIDE)
    console = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    assert listed(console.get(PAGE)) == ["mine", "part"]
    assert listed(console.get(f"{PAGE}?organisation={group['F1'].id}")) == []
    choices = str(console.get(PAGE).context["organisations"])
    assert not re.search(rf"\b{group['F1'].id}\b", choices)
    assert console.get(f"{PAGE}{theirs.pk}/").status_code == 404
    for act in ("describe", "deactivate", "password"):
        assert ask(console, theirs, act).status_code == 404, act
        assert ask(console, theirs, act, reason="x").status_code == 404, act


def test_whoever_only_reads_has_no_act(group: GroupTree) -> None:
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    reader = Console.of(make_person("reader", group["R1-A"], Role.STORE_MANAGER))
    page = reader.get(f"{PAGE}{mei.pk}/")
    assert page.status_code == 200
    assert 'data-test="acts"' not in page.content.decode()
    assert reader.get(f"{PAGE}new/").status_code == 404
    assert ask(reader, mei, "deactivate", reason="x").status_code == 404


def test_statements_do_not_grow_with_people_and_roles(boss: Console, group: GroupTree) -> None:
    def statements(address: str) -> int:
        boss.get(address)
        with CaptureQueriesContext(connection) as run:
            assert boss.get(address).status_code == 200
        return len(run)

    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    link_person(distributor=make_distributor(group["R1-A"], "MEI"), person=mei, by=SYSTEM)
    page = f"{PAGE}{mei.pk}/"
    before = statements(PAGE), statements(page)
    for number in range(5):
        give_role(mei, group["R1-B"], list(Role)[number])
        make_person(f"more{number}", group["R1-B"], Role.GUIDE)
    assert (statements(PAGE), statements(page)) == before
    assert before[0] <= 9
    assert before[1] <= 11
