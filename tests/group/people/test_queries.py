from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import again, give_role, make_person
from yipan.group.people.actions import deactivate
from yipan.group.people.models import Role
from yipan.group.people.queries import people_in, person_in, scope_of
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.models import Tenant


@pytest.fixture
def group(tenant: Tenant) -> GroupTree:
    tree = make_tree()
    make_person("boss", tree.headquarters, Role.ADMINISTRATOR, name="总")
    make_person("east", tree["R1"], Role.OPERATIONS, name="华东")
    make_person("guide-a", tree["R1-A"], Role.GUIDE, name="导购甲", phone="13800138000")
    both = make_person("both", tree["R1-B"], Role.GUIDE, name="两店")
    give_role(both, tree["F1-A"], Role.GUIDE)
    make_person("nobody", name="无")
    return tree


def names(found: object) -> list[str]:
    return sorted(person.username for person in found)  # type: ignore[attr-defined]


def test_people_are_seen_where_they_have_a_role(group: GroupTree) -> None:
    assert names(people_in([group["R1"].path])) == ["both", "east", "guide-a"]
    assert names(people_in([group["F1"].path])) == ["both"]
    assert names(people_in([])) == []
    everybody = ["boss", "both", "east", "guide-a", "nobody"]
    assert names(people_in([group.headquarters.path])) == everybody


def test_roles_out_of_reach_are_not_shown(group: GroupTree) -> None:
    (both,) = people_in([group["F1"].path])
    assert [role.organisation for role in both.roles.all()] == [group["F1-A"]]


def test_a_list_of_people_costs_two_statements(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        for person in people_in([group.headquarters.path]):
            assert all(role.organisation.name for role in person.roles.all())


def test_the_filters_narrow_the_list(group: GroupTree) -> None:
    path = [group.headquarters.path]
    deactivate(person=person_in(_id("east"), path), by=SYSTEM, reason="停")
    assert names(people_in(path, text="导购")) == ["guide-a"]
    assert names(people_in(path, text="GUIDE")) == ["guide-a"]
    assert names(people_in(path, text="138-0013-8000")) == ["guide-a"]
    assert names(people_in(path, text="13800138001")) == []
    assert names(people_in(path, role=Role.GUIDE)) == ["both", "guide-a"]
    assert names(people_in(path, is_active=False)) == ["east"]


def test_a_person_out_of_reach_is_not_found(group: GroupTree) -> None:
    assert person_in(_id("guide-a"), [group["R1"].path]).username == "guide-a"
    for username, place in (("boss", "R1"), ("guide-a", "R2"), ("nobody", "RETAIL")):
        with pytest.raises(NotFound):
            person_in(_id(username), [group[place].path])


def test_a_scope_is_read_in_one_statement_and_once(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    both = again(person_in(_id("both"), [group.headquarters.path]))
    with django_assert_num_queries(1):
        assert scope_of(both).paths("pool.read") == tuple(
            sorted([group["R1-B"].path, group["F1-A"].path])
        )
        assert not both.is_staff


def _id(username: str) -> int:
    return int(people_in(["/1/"]).model.objects.get(username=username).pk)
