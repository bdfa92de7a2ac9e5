"""Taking a distributor on: one form, account and grant along with it, faults at their fields."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.distribution.distributors.builders import make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.distributors.models import Distributor, DistributorGrant
from yipan.group.people.models import Person, Role, RoleAssignment

PHONE = "13900000001"


def take_on(console: Console, group: GroupTree, **values: str) -> Any:
    given = {
        "name": "梅", "kind": "guide", "code": "G1", "organisation": str(group["R1-A"].id),
        "phone": "", "grade": "", "upline": "", "qualified_from": "", "qualified_until": "",
        "grant": "",
    }  # fmt: skip
    return console.client.post("/console/distributors/new/", {**given, **values})


def test_a_guide_comes_with_account_role_upline_grant_and_days(
    boss: Console, group: GroupTree
) -> None:
    make_distributor(group["R1-A"], "LEAD")
    answer = take_on(
        boss, group,
        phone=PHONE, grade="金牌", upline="lead", qualified_from="2026-01-01",
        qualified_until="2099-01-01", grant=str(group["F1"].id),
    )  # fmt: skip
    made = Distributor.objects.select_related("person", "upline").get(code="G1")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/distributors/{made.id}/")
    assert made.upline is not None
    assert (made.upline.code, made.grade) == ("LEAD", "金牌")
    assert made.qualified_from is not None
    assert f"{made.qualified_from:%m-%d %H:%M}" == "12-31 16:00"  # midnight in Shanghai
    assert made.person is not None
    assert RoleAssignment.objects.get(person=made.person).role == Role.GUIDE
    assert DistributorGrant.objects.get(distributor=made).organisation == group["F1"]


def test_an_account_that_is_there_is_taken(boss: Console, group: GroupTree) -> None:
    mei = make_person("mei", group["R1-A"], Role.GUIDE, phone=PHONE)
    take_on(boss, group, phone=PHONE)
    assert Distributor.objects.get(code="G1").person == mei


def test_operations_take_on_but_open_no_accounts(group: GroupTree) -> None:
    operations = Console.of(make_person("ops", group.headquarters, Role.OPERATIONS))
    refused = take_on(operations, group, phone=PHONE)
    assert refused.status_code == 422
    assert "whoever may open accounts" in refused.context["form"].errors["phone"][0]
    assert not Distributor.objects.filter(code="G1").exists()
    assert take_on(operations, group).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "TAKEN"),
        ("name", ""),
        ("phone", "12"),
        ("upline", "NOBODY"),
        ("qualified_until", "2001-01-01"),
        ("kind", "boss"),
        ("organisation", "1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(
    boss: Console, group: GroupTree, field: str, value: str
) -> None:
    make_distributor(group["R1-A"], "TAKEN")
    answer = take_on(boss, group, **{"qualified_from": "2026-01-01", "phone": PHONE, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Distributor.objects.count() == 1
    assert not Person.objects.exclude(username="boss").exists()


def test_codes_are_offered_by_name_within_reach(group: GroupTree) -> None:
    make_distributor(group["R1-A"], "MINE", name="小梅")
    make_distributor(group["F1-A"], "THEIRS", name="小梅")
    console = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    answer = console.get("distributors/codes/?upline=小梅").content.decode()
    assert "MINE" in answer
    assert "THEIRS" not in answer


def test_others_organisations_are_not_offered_and_not_taken(group: GroupTree) -> None:
    console = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    page = console.get("distributors/new/").content.decode()
    assert f'value="{group["R1-A"].id}"' in page
    assert not re.search(rf"\b{group['F1-A'].id}\b", page)
    assert take_on(console, group, organisation=str(group["F1-A"].id)).status_code == 422
    assert take_on(console, group, grant=str(group["F1-A"].id)).status_code == 422
    reader = Console.of(make_person("reader", group["R1-A"], Role.STORE_MANAGER))
    assert reader.get("distributors/new/").status_code == 404
    assert reader.get("distributors/codes/?q=a").status_code == 404
