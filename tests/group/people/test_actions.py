from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import PASSWORD, again, give_role, make_person
from yipan.group.organisations.actions import close_organisation
from yipan.group.organisations.errors import OrganisationClosed
from yipan.group.people import actions
from yipan.group.people.errors import (
    LastAdministrator,
    MoreThanOwn,
    PasswordRefused,
    PersonInactive,
    PhoneInvalid,
    PhoneTaken,
    RoleUnknown,
    SignInRefused,
    UsernameTaken,
)
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.group.people.phones import phone_of
from yipan.group.people.scope import Scope
from yipan.kernel.actor import SYSTEM
from yipan.kernel.crypto import Undecipherable
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.modules import all_permissions
from yipan.kernel.tenancy import tenant_context


def everything_at(path: str) -> Scope:
    return Scope(1, dict.fromkeys(all_permissions(), (path,)))


def test_an_account_has_a_scrypt_password_and_one_spelling_of_its_name(group: GroupTree) -> None:
    mei = make_person("Mei", password=PASSWORD)
    stored = again(mei)
    assert stored.username == "mei"
    assert stored.password.startswith("scrypt$")
    assert stored.check_password(PASSWORD)
    with pytest.raises(UsernameTaken):
        make_person("MEI")


def test_without_a_password_nobody_gets_in(group: GroupTree) -> None:
    assert not again(make_person("mei")).check_password("")


@pytest.mark.parametrize("password", ["short", "password123", ""])
def test_an_easy_password_is_refused(group: GroupTree, password: str) -> None:
    with pytest.raises(PasswordRefused):
        make_person("mei", password=password)


def test_a_phone_is_sealed_in_its_row_and_leaves_no_trace_in_the_clear(group: GroupTree) -> None:
    mei = make_person("mei", phone="138 0013 8000")
    assert phone_of(again(mei)) == "+8613800138000"
    other = make_person("lan")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p::text FROM people_person p UNION ALL SELECT a::text FROM kernel_auditentry a"
        )
        assert "13800138000" not in "".join(row[0] for row in cursor.fetchall())
        cursor.execute(
            "UPDATE people_person SET phone_sealed = (SELECT phone_sealed FROM people_person"
            " WHERE id = %s) WHERE id = %s",
            [mei.pk, other.pk],
        )
    with pytest.raises(Undecipherable):
        phone_of(again(other))


def test_a_phone_belongs_to_one_active_account(group: GroupTree) -> None:
    mei = make_person("mei", phone="13800138000")
    with pytest.raises(PhoneTaken):
        make_person("lan", phone="+86 138 0013 8000")
    actions.deactivate(person=mei, by=SYSTEM, reason="离职")
    make_person("lan", phone="13800138000")
    with pytest.raises(PhoneTaken):
        actions.reactivate(person=mei, by=SYSTEM, reason="返聘")


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (InvalidField, {"username": "  "}),
        (InvalidField, {"username": "two words"}),
        (InvalidField, {"name": ""}),
        (InvalidField, {"email": "nowhere"}),
        (InvalidField, {"role": "guide"}),
        (PhoneInvalid, {"phone": "12345"}),
    ],
)
def test_an_account_is_not_opened_on_faulty_values(
    group: GroupTree, error: type[Exception], values: dict[str, str]
) -> None:
    given: dict[str, Any] = {"username": "mei", "name": "梅", **values}
    with pytest.raises(error):
        actions.create_person(by=SYSTEM, **given)


def test_what_is_known_of_a_person_changes_with_an_audit(group: GroupTree) -> None:
    mei = make_person("mei", phone="13800138000")
    actions.describe_person(person=mei, by=SYSTEM, name="梅姐", phone="")
    assert (again(mei).name, phone_of(again(mei))) == ("梅姐", "")
    entry = AuditEntry.objects.get(action="people.describe")
    assert (entry.before["name"], entry.after["name"]) == ("梅", "梅姐")
    assert entry.after["phone_changed"] is True


def test_a_role_gives_its_rights_over_the_subtree(group: GroupTree) -> None:
    mei = make_person("mei", group["R1"], Role.STORE_MANAGER)
    scope = again(mei).scope
    assert scope.allows("orders.write", group["R1-A"].path)
    assert not scope.allows("orders.write", group["R2-A"].path)
    assert again(mei).is_staff
    assert again(mei).has_perm("orders.write")
    assert not again(mei).has_perm("orders.view_order")
    assert again(mei).has_module_perms("orders")
    assert not again(mei).has_module_perms("settlement")


def test_a_role_granted_twice_is_one_role(group: GroupTree) -> None:
    mei = make_person("mei", group["R1-A"], Role.GUIDE)
    give_role(mei, group["R1-A"], Role.GUIDE)
    assert RoleAssignment.objects.count() == 1
    assert AuditEntry.objects.filter(action="people.grant_role").count() == 1


def test_a_role_that_is_taken_away_gives_nothing_more(group: GroupTree) -> None:
    mei = make_person("mei", group["R1"], Role.FINANCE)
    actions.revoke_role(assignment=RoleAssignment.objects.get(), by=SYSTEM, reason="转岗")
    assert again(mei).scope.granted == {}
    assert AuditEntry.objects.get(action="people.revoke_role").before == {
        "role": "finance",
        "organisation_id": group["R1"].id,
    }


def test_roles_are_given_to_active_people_at_open_organisations(group: GroupTree) -> None:
    mei = make_person("mei")
    with pytest.raises(RoleUnknown):
        give_role(mei, group["R1"], "king")
    closed = close_organisation(organisation=group["R2-A"], by=SYSTEM, reason="到期")
    with pytest.raises(OrganisationClosed):
        give_role(mei, closed, Role.GUIDE)
    gone = actions.deactivate(person=mei, by=SYSTEM, reason="离职")
    with pytest.raises(PersonInactive):
        give_role(gone, group["R1"], Role.GUIDE)


def test_a_deactivated_account_has_no_rights_until_it_is_opened_again(group: GroupTree) -> None:
    mei = make_person("mei", group["R1"], Role.OPERATIONS)
    actions.deactivate(person=mei, by=SYSTEM, reason="停用")
    assert again(mei).scope.granted == {}
    assert not again(mei).is_staff
    actions.reactivate(person=mei, by=SYSTEM, reason="恢复")
    assert again(mei).scope.holds("pool.write")


def test_nobody_grants_more_than_they_hold(group: GroupTree) -> None:
    mei = make_person("mei")
    of_r1 = everything_at(group["R1"].path)
    actions.grant_role(
        person=mei, organisation=group["R1-A"], role="administrator", by=SYSTEM, authority=of_r1
    )
    for place in ("RETAIL", "R2", "HQ"):
        with pytest.raises(MoreThanOwn):
            actions.grant_role(
                person=mei, organisation=group[place], role="guide", by=SYSTEM, authority=of_r1
            )
    only_people = Scope(1, {"people.write": (group["R1"].path,)})
    with pytest.raises(MoreThanOwn) as refused:
        actions.grant_role(
            person=mei, organisation=group["R1"], role="employee", by=SYSTEM, authority=only_people
        )
    assert refused.value.data["permissions"] == "catalogue.read, pool.read"
    without = Scope(1, {"catalogue.read": ("/1/",), "pool.read": ("/1/",)})
    with pytest.raises(MoreThanOwn):
        actions.grant_role(
            person=mei, organisation=group["R1"], role="employee", by=SYSTEM, authority=without
        )


def test_nobody_takes_over_an_account_with_more_rights_than_their_own(group: GroupTree) -> None:
    """A store's administrator could have given headquarters' one a new password and signed in."""
    boss = make_person("boss", group.headquarters, Role.ADMINISTRATOR)
    give_role(boss, group["R1-A"], Role.STORE_MANAGER)
    of_store = everything_at(group["R1-A"].path)
    attempts: list[Callable[[], object]] = [
        lambda: actions.change_password(
            person=boss, password=PASSWORD, by=SYSTEM, authority=of_store
        ),
        lambda: actions.deactivate(person=boss, by=SYSTEM, reason="夺", authority=of_store),
        lambda: actions.describe_person(
            person=boss, phone="13800138000", by=SYSTEM, authority=of_store
        ),
    ]
    for attempt in attempts:
        with pytest.raises(MoreThanOwn):
            attempt()
    assert not again(boss).has_usable_password()


def test_accounts_without_a_role_are_for_headquarters(group: GroupTree) -> None:
    mei = make_person("mei")
    of_hq, of_r1 = everything_at(group.headquarters.path), everything_at(group["R1"].path)
    actions.describe_person(person=mei, name="梅姐", by=SYSTEM, authority=of_hq)
    with pytest.raises(MoreThanOwn):
        actions.describe_person(person=mei, name="梅姐", by=SYSTEM, authority=of_r1)
    with pytest.raises(MoreThanOwn):
        actions.create_person(username="lan", name="兰", by=SYSTEM, authority=of_r1)
    actions.create_person(
        username="lan", name="兰", organisation=group["R1-A"], role="guide", by=SYSTEM,
        authority=of_r1,
    )  # fmt: skip


def test_the_last_administrator_stays(group: GroupTree) -> None:
    boss = make_person("boss", group.headquarters, Role.ADMINISTRATOR)
    make_person("local", group["R1"], Role.ADMINISTRATOR)
    role = boss.roles.get()
    with pytest.raises(LastAdministrator):
        actions.revoke_role(assignment=role, by=SYSTEM)
    with pytest.raises(LastAdministrator):
        actions.deactivate(person=boss, by=SYSTEM, reason="试")
    make_person("second", group.headquarters, Role.ADMINISTRATOR)
    actions.deactivate(person=boss, by=SYSTEM, reason="交接")
    with pytest.raises(LastAdministrator):
        actions.revoke_role(
            assignment=RoleAssignment.objects.get(person__username="second"), by=SYSTEM
        )


def test_of_two_administrators_who_remove_each_other_at_once_one_stays(
    committed_tenant: Tenant, run_concurrently: Callable[[Callable[[int], Any], int], list[Any]]
) -> None:
    group = make_tree()
    both = [
        make_person(name, group.headquarters, Role.ADMINISTRATOR) for name in ("first", "second")
    ]

    def remove(number: int) -> str:
        with tenant_context(committed_tenant.id):
            actions.deactivate(person=both[number], by=both[1 - number].actor, reason="夺")
        return "removed"

    answers = run_concurrently(remove, 2)
    assert sorted(type(each).__name__ for each in answers) == ["LastAdministrator", "str"]
    assert Person.objects.filter(is_active=True).count() == 1


def test_a_person_changes_their_own_password_with_the_old_one(group: GroupTree) -> None:
    mei = make_person("mei", password=PASSWORD)
    with pytest.raises(SignInRefused):
        actions.change_own_password(person=mei, current="wrong", password=PASSWORD + "!")
    actions.change_own_password(person=mei, current=PASSWORD, password=PASSWORD + "!")
    assert again(mei).check_password(PASSWORD + "!")
    assert AuditEntry.objects.get(action="people.change_password").actor == str(mei.actor)


def test_people_of_another_group_do_not_exist_here(group: GroupTree, db: None) -> None:
    mei = make_person("mei")
    other = Tenant.objects.create(code="other", name="别家")
    with tenant_context(other.id):
        make_person("mei")
        with pytest.raises(NotFound):
            actions.deactivate(person=mei, by=SYSTEM, reason="试")
