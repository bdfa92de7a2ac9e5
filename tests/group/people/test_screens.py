"""What ScopedAdmin promises to every screen: who sees and changes which rows."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.http import Http404, HttpRequest

from tests.conftest import make_tenant
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import give_role, make_person
from tests.group.people.consoles import Console
from yipan.group.organisations.models import Organisation
from yipan.group.people.columns import address_of, reading
from yipan.group.people.models import Person, Role
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel.tenancy import tenant_context


class Tree(ScopedAdmin):
    """Organisations, which have pages of their own, as a plain screen."""

    permission = "organisations"
    organisation_lookup = "path"
    can_change = True
    list_filter = ("parent", "level")


class Whole(ScopedAdmin):
    """Rows that belong to the whole group."""

    permission = "organisations"
    organisation_lookup = None
    can_change = True


def asked_by(console: Console) -> HttpRequest:
    request: HttpRequest = console.get("").wsgi_request
    return request


def screen(kind: type[ScopedAdmin] = Tree) -> ScopedAdmin:
    return kind(Organisation, admin.site)


@pytest.fixture
def east(group: GroupTree) -> Console:
    """The administrator of one company, R1."""
    return Console.of(make_person("east", group["R1"], Role.ADMINISTRATOR))


def test_nobody_gets_in_without_a_role_of_the_back_office(group: GroupTree) -> None:
    for person in (make_person("guide", group["R1-A"], Role.GUIDE), make_person("nobody")):
        answer = Console.of(person).get("")
        assert (answer.status_code, "login" in answer.url) == (302, True)


def test_a_screen_opens_to_those_who_hold_its_permission(group: GroupTree) -> None:
    approver = Console.of(make_person("approver", group.headquarters, Role.APPROVER))
    request = asked_by(approver)
    assert screen().has_module_permission(request)
    assert not screen().has_change_permission(request)
    assert not screen().has_add_permission(request)
    assert approver.get("audit/").status_code == 404


def test_lists_show_the_persons_subtrees_only(east: Console) -> None:
    rows = screen().get_queryset(asked_by(east))
    assert {str(row) for row in rows} == {"华东公司", "上海一店", "上海二店"}


def test_a_row_of_others_answers_404(group: GroupTree, east: Console) -> None:
    request = asked_by(east)
    with tenant_context(make_tenant("second").id):
        theirs = make_tree().headquarters
    assert screen().get_object(request, str(group["R1-A"].id)) == group["R1-A"]
    for row in (str(group["RETAIL"].id), str(group["F1-A"].id), str(theirs.id), "none"):
        with pytest.raises(Http404):
            screen().get_object(request, row)


def test_rows_with_pages_of_their_own_have_no_second_one(group: GroupTree, boss: Console) -> None:
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    for address in (
        "people/person/", f"people/person/{mei.pk}/change/", "people/person/add/",
        f"organisations/organisation/{group['R1'].id}/change/", "distributors/distributor/",
        "catalogue/product/",
    ):  # fmt: skip
        assert boss.get(address).status_code == 404, address
    with reading(lambda: Person.objects.get(username="boss").scope):
        assert address_of(Person, mei.pk) == f"/console/people/{mei.pk}/"
        assert address_of(Organisation, group["R1"].id).startswith("/console/organisations/")


def test_reading_widely_and_writing_narrowly_are_kept_apart(group: GroupTree) -> None:
    person = make_person("both", group.headquarters, Role.AUDITOR)
    give_role(person, group["R1"], Role.OPERATIONS)
    request = asked_by(Console.of(person))
    may = {
        code: screen().has_change_permission(request, group[code])
        for code in ("R1-A", "R2-A", "HQ")
    }
    assert may == {"R1-A": True, "R2-A": False, "HQ": False}
    assert screen().has_view_permission(request, group["HQ"])


def test_filters_offer_only_what_the_person_may_see(east: Console) -> None:
    (by_parent, by_level) = screen().get_list_filter(asked_by(east))
    assert by_parent[1].__name__ == "RelatedOnlyFieldListFilter"
    assert by_level == "level"


def test_rows_of_the_whole_group_are_changed_from_headquarters(
    boss: Console, east: Console
) -> None:
    may = []
    for console in (boss, east):
        request = asked_by(console)
        shared = screen(Whole)
        may.append((shared.has_view_permission(request), shared.has_change_permission(request)))
        assert shared.get_queryset(request).count() == Organisation.objects.count()
    assert may == [(True, True), (True, False)]
