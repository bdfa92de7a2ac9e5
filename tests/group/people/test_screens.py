"""The console's screens of people and organisations, and what ScopedAdmin promises to all."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import PASSWORD, again, give_role, make_person
from tests.group.people.consoles import Console
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person, Role
from yipan.group.people.phones import phone_of
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel.models import AuditEntry
from yipan.kernel.tenancy import tenant_context

TREE = "organisations/organisation/"
PEOPLE = "people/person/"


@pytest.fixture
def east(group: GroupTree) -> Console:
    """The administrator of one company, R1."""
    return Console.of(make_person("east", group["R1"], Role.ADMINISTRATOR))


def listed(console: Console, screen: str) -> list[object]:
    answer = console.get(screen)
    assert answer.status_code == 200, answer
    return list(answer.context["cl"].result_list)


def test_nobody_gets_in_without_a_role_of_the_back_office(group: GroupTree) -> None:
    for person in (make_person("guide", group["R1-A"], Role.GUIDE), make_person("nobody")):
        answer = Console.of(person).get(TREE)
        assert (answer.status_code, "login" in answer.url) == (302, True)


def test_a_screen_opens_to_those_who_hold_its_permission(group: GroupTree) -> None:
    approver = Console.of(make_person("approver", group.headquarters, Role.APPROVER))
    assert approver.get(TREE).status_code == 200
    assert approver.get(PEOPLE).status_code == 403
    assert approver.get(f"{TREE}add/").status_code == 403


def test_lists_show_the_persons_subtrees_only(group: GroupTree, east: Console) -> None:
    make_person("other", group["F1"], Role.GUIDE)
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    assert {str(row) for row in listed(east, TREE)} == {"华东公司", "上海一店", "上海二店"}
    assert {row.username for row in listed(east, PEOPLE)} == {"east", "mei"}  # type: ignore[attr-defined]
    assert east.get(f"{PEOPLE}{mei.pk}/change/").status_code == 200


def test_a_row_of_others_answers_404(group: GroupTree, east: Console) -> None:
    other = make_person("other", group["F1"], Role.GUIDE)
    with tenant_context(make_tenant("second").id):
        theirs = make_tree().headquarters
        stranger = make_person("stranger", theirs, Role.GUIDE)
    addresses = [
        f"{PEOPLE}{other.pk}/change/",
        f"{PEOPLE}{other.pk}/history/",
        f"{PEOPLE}{stranger.pk}/change/",
        f"{TREE}{group['RETAIL'].id}/change/",
        f"{TREE}{group['F1-A'].id}/change/",
        f"{TREE}{theirs.id}/change/",
        f"{TREE}{group['F1-A'].id}/delete/",
        f"{TREE}none/change/",
    ]
    assert {address: east.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 404
    )


def test_a_reader_changes_nothing(group: GroupTree) -> None:
    auditor = Console.of(make_person("auditor", group["R1"], Role.AUDITOR))
    shown = auditor.get(f"{TREE}{group['R1-A'].id}/change/")
    assert shown.status_code == 200
    assert not shown.context["has_change_permission"]
    answer = auditor.client.post(
        f"/console/{TREE}{group['R1-A'].id}/change/", {"name": "黑店", "reason": "x"}
    )
    assert answer.status_code == 403
    assert group.again("R1-A").name == "上海一店"
    assert auditor.get(f"{TREE}{group['R1-A'].id}/delete/").status_code == 403


def test_reading_widely_and_writing_narrowly_are_kept_apart(group: GroupTree) -> None:
    person = make_person("both", group.headquarters, Role.AUDITOR)
    give_role(person, group["R1"], Role.OPERATIONS)
    console = Console.of(person)
    may = {
        code: console.get(f"{TREE}{group[code].id}/change/").context["has_change_permission"]
        for code in ("R1-A", "R2-A", "HQ")
    }
    assert may == {"R1-A": True, "R2-A": False, "HQ": False}


def test_filters_offer_only_what_the_person_may_see(group: GroupTree, east: Console) -> None:
    class Sample(ScopedAdmin):
        permission = "organisations"
        organisation_lookup = "path"
        list_filter = ("parent", "level")

    screen = Sample(Organisation, admin.site)
    request = east.get(TREE).wsgi_request
    (by_parent, by_level) = screen.get_list_filter(request)
    assert by_parent[1].__name__ == "RelatedOnlyFieldListFilter"
    assert by_level == "level"


def test_rows_of_the_whole_group_are_changed_from_headquarters(
    group: GroupTree, boss: Console, east: Console
) -> None:
    class Sample(ScopedAdmin):
        permission = "organisations"
        organisation_lookup = None
        can_change = True

    screen = Sample(Organisation, admin.site)
    may = []
    for console in (boss, east):
        request = console.get(TREE).wsgi_request
        may.append((screen.has_view_permission(request), screen.has_change_permission(request)))
        assert screen.get_queryset(request).count() == Organisation.objects.count()
    assert may == [(True, True), (True, False)]


def test_a_list_costs_the_same_statements_for_any_length(
    group: GroupTree, boss: Console, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_person(f"p{number}", group["R1"], Role.GUIDE)
    for screen in (TREE, PEOPLE):
        with django_assert_max_num_queries(10):  # session, tenant, person, scope, counts, rows
            boss.get(screen)


def test_an_organisation_is_made_and_changed_by_the_actions(
    group: GroupTree, boss: Console
) -> None:
    told = boss.fill_in(
        f"{TREE}add/", parent_code="R1", level="store", code="R1-C", name="上海三店"
    )
    assert "added successfully" in told[0]
    made = group.again("R1-C")
    assert made.company_id == group["R1"].id
    boss.fill_in(
        f"{TREE}{made.id}/change/", name="浦东店", distribution_on="",
        new_parent_code="R2", reason="重组",
    )  # fmt: skip
    changed = group.again("R1-C")
    assert (changed.name, changed.parent_id) == ("浦东店", group["R2"].id)
    assert (changed.distribution_on, changed.distribution_effective) == (False, False)
    boss.fill_in(f"{TREE}{made.id}/change/", step="close", reason="到期")
    assert not group.again("R1-C").is_active
    boss.fill_in(f"{TREE}{made.id}/change/", step="reopen", reason="续租")
    assert group.again("R1-C").is_active
    actions = set(AuditEntry.objects.filter(subject_id=made.id).values_list("action", flat=True))
    assert len(actions) == 6
    assert LogEntry.objects.count() == 0


def test_what_an_action_refuses_is_told_and_nothing_is_changed(
    group: GroupTree, boss: Console
) -> None:
    told = boss.fill_in(f"{TREE}{group['R1'].id}/change/", name="新名", step="close", reason="注销")
    assert (
        told == ["华东公司 has 2 open organisations under it."] or "open organisations" in told[0]
    )
    assert group.again("R1").name == "华东公司"
    told = boss.fill_in(f"{TREE}{group['R1'].id}/change/", new_parent_code="R2", reason="试")
    assert "cannot stand under" in told[0]


def test_a_form_reaches_no_further_than_its_person(group: GroupTree, east: Console) -> None:
    told = east.fill_in(f"{TREE}add/", parent_code="F1", level="store", code="X", name="夺店")
    assert "No organisation F1 was found." in told
    assert not Organisation.objects.filter(code="X").exists()


def test_an_account_is_opened_and_changed_by_the_actions(group: GroupTree, boss: Console) -> None:
    boss.fill_in(
        f"{PEOPLE}add/", username="Mei", name="梅", phone="13800138000", password=PASSWORD,
        role="guide", organisation_code="R1-A", language="zh-hans",
    )  # fmt: skip
    mei = Person.objects.get(username="mei")
    assert mei.check_password(PASSWORD)
    address = f"{PEOPLE}{mei.pk}/change/"
    assert "+86138****8000" in boss.get(address).content.decode()
    assert "13800138000" not in boss.get(address).content.decode()
    boss.fill_in(address, name="梅姐", role="store_manager", organisation_code="R1")
    assert (again(mei).name, mei.roles.count()) == ("梅姐", 2)
    assert phone_of(again(mei)) == "+8613800138000"
    boss.fill_in(address, revoke=str(mei.roles.get(role="guide").pk), reason="升职")
    assert [row.role for row in mei.roles.all()] == ["store_manager"]
    boss.fill_in(address, step="deactivate", reason="离职")
    assert not again(mei).is_active
    boss.fill_in(address, step="reactivate", reason="返聘")
    assert again(mei).is_active


def test_a_local_administrator_is_no_threat_to_headquarters(
    group: GroupTree, east: Console
) -> None:
    boss = make_person("boss", group.headquarters, Role.ADMINISTRATOR)
    give_role(boss, group["R1"], Role.STORE_MANAGER)
    told = east.fill_in(f"{PEOPLE}{boss.pk}/change/", password=PASSWORD)
    assert "rights that you do not hold" in told[0]
    assert not again(boss).has_usable_password()
    shown = east.get(f"{PEOPLE}{boss.pk}/change/").context["inline_admin_formsets"][0]
    assert [form.instance.role for form in shown.formset.forms] == ["store_manager"]
