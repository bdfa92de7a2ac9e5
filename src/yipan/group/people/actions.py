"""Changes of accounts and roles.

`authority` is what the one who changes may do where; None is the system itself. Nobody gives, takes
or takes over rights that they do not hold themselves: to change an account needs `people.write` and
all the rights of that account, wherever it has them. Otherwise the manager of one store, by giving
a new password to an administrator who also has a role there, would be administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from yipan.group.organisations.errors import OrganisationClosed
from yipan.group.organisations.models import Organisation
from yipan.group.people import rules
from yipan.group.people.errors import (
    LastAdministrator,
    MoreThanOwn,
    PasswordRefused,
    PersonInactive,
    PhoneTaken,
    RoleUnknown,
    SignInRefused,
    UsernameTaken,
)
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.group.people.phones import set_phone
from yipan.group.people.queries import administrators_at_headquarters
from yipan.group.people.scope import Scope
from yipan.group.people.sessions import end_sessions, proves_password
from yipan.kernel import audit, clock, modules, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.locks import take_turn
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

MANAGE: Final = "people.write"
_TURN: Final = "people"
_USERNAME: Final = 60
_NAME: Final = 60
_REASON: Final = 500


@sensitive_variables("password")
def create_person(
    *,
    username: str,
    name: str,
    by: Actor,
    password: str | None = None,
    email: str = "",
    phone: str = "",
    language: str = "zh-hans",
    organisation: Organisation | None = None,
    role: str = "",
    authority: Scope | None = None,
) -> Person:
    """Open an account, with its first role where `organisation` and `role` are given.

    Without a password nobody can sign in to it by password yet. User names are compared without
    case; the phone is encrypted at rest.

    Raises UsernameTaken, PhoneTaken, PhoneInvalid, PasswordRefused, RoleUnknown,
    OrganisationClosed, MoreThanOwn, InvalidField.
    """
    person = Person(
        id=next_id(),
        tenant_id=current_tenant_id(),
        username=rules.normalised_username(
            text.checked_code(username, field="username", most=_USERNAME)
        ),
        name=text.checked(name, field="name", most=_NAME),
        email=_checked_email(email),
        language=language,
        created_at=clock.now(),
    )
    if role and organisation is None:
        raise InvalidField(field="organisation_id", reason=_("is needed with a role"))
    _set_password(person, password)
    with unit_of_work():
        take_turn(_TURN)
        if Person.objects.filter(username=person.username).exists():
            raise UsernameTaken(value=person.username)
        _set_phone(person, phone)
        if organisation is None:
            _check_authority(authority, (), "")
        person.save(force_insert=True)
        after = {"username": person.username, "name": person.name, "email": person.email}
        _record("create", person, by, organisation=organisation, after=after)
        if organisation is not None:
            grant_role(
                person=person, organisation=organisation, role=role, by=by, authority=authority
            )
    return person


def describe_person(
    *,
    person: Person,
    by: Actor,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    language: str | None = None,
    authority: Scope | None = None,
) -> Person:
    """Change what is known of a person; None leaves a value as it is.

    With another phone the person has to sign in again, and join WeChat again.

    Raises PhoneTaken, PhoneInvalid, MoreThanOwn, InvalidField.
    """
    with unit_of_work():
        take_turn(_TURN)
        found = _managed(person, authority)
        before = {"name": found.name, "email": found.email, "language": found.language}
        if name is not None:
            found.name = text.checked(name, field="name", most=_NAME)
        if email is not None:
            found.email = _checked_email(email)
        if language is not None:
            found.language = language
        phone_before = found.phone_index
        if phone is not None:
            _set_phone(found, phone)
        found.save(update_fields=["name", "email", "language", "phone_sealed", "phone_index"])
        if found.phone_index != phone_before:  # whoever has the old one now is somebody else
            _put_out(found)
        after = {"name": found.name, "email": found.email, "language": found.language}
        changed = {"phone_changed": True} if found.phone_index != phone_before else {}
        _record("describe", found, by, before=before, after={**after, **changed})
    return found


@sensitive_variables("password")
def change_password(
    *, person: Person, password: str, by: Actor, authority: Scope | None = None
) -> Person:
    """Give an account another password; its sessions end. Raises PasswordRefused, MoreThanOwn."""
    with unit_of_work():
        found = _managed(person, authority)
        _set_password(found, password)
        found.save(update_fields=["password"])
        _record("change_password", found, by)
    return found


@sensitive_variables("current", "password")
def change_own_password(*, person: Person, current: str, password: str) -> Person:
    """A person changes their own password.

    Raises SignInRefused (current), TooManyAttempts, PasswordRefused.
    """
    if not proves_password(person, current):
        raise SignInRefused
    return change_password(person=person, password=password, by=person.actor)


def grant_role(
    *,
    person: Person,
    organisation: Organisation,
    role: str,
    by: Actor,
    authority: Scope | None = None,
) -> RoleAssignment:
    """Give a person a role at an organisation, and so over its subtree; twice is once.

    Raises RoleUnknown, OrganisationClosed, PersonInactive, MoreThanOwn.
    """
    if role not in Role.values:
        raise RoleUnknown(role=role)
    with unit_of_work():
        _check_authority(authority, _rights(role), organisation.path)
        if not person.is_active:
            raise PersonInactive(username=person.username)
        if not organisation.is_active:
            raise OrganisationClosed(organisation=organisation.name)
        assignment, is_new = RoleAssignment.objects.get_or_create(
            person=person,
            organisation=organisation,
            role=role,
            defaults={"granted_at": clock.now(), "granted_by": str(by)},
        )
        if is_new:
            after = {"role": role, "organisation_id": organisation.id}
            _record("grant_role", person, by, organisation=organisation, after=after)
    granted: RoleAssignment = assignment
    return granted


def revoke_role(
    *, assignment: RoleAssignment, by: Actor, reason: str = "", authority: Scope | None = None
) -> None:
    """Take a role away. Raises LastAdministrator, MoreThanOwn, NotFound."""
    with unit_of_work():
        take_turn(_TURN)
        rows = RoleAssignment.objects.select_related("person", "organisation")
        found = rows.filter(pk=assignment.pk).first()
        if found is None:
            raise NotFound(kind="role", ref=assignment.pk)
        _check_authority(authority, _rights(found.role), found.organisation.path)
        _check_not_last(administrators_at_headquarters().filter(pk=found.pk).values_list("pk"))
        found.delete()
        before = {"role": found.role, "organisation_id": found.organisation_id}
        _record(
            "revoke_role", found.person, by,
            organisation=found.organisation, before=before, reason=reason,
        )  # fmt: skip


def sign_out_everywhere(*, person: Person, by: Actor, authority: Scope | None = None) -> int:
    """End all sessions of a person, WeChat included; how many there were. Raises MoreThanOwn."""
    with unit_of_work():
        found = _managed(person, authority)
        count = _put_out(found)
        _record("sign_out_everywhere", found, by, after={"sessions": count})
    return count


def deactivate(*, person: Person, by: Actor, reason: str, authority: Scope | None = None) -> Person:
    """Close an account at once, sessions included; roles stay for when it is opened again.

    Raises LastAdministrator, MoreThanOwn, InvalidField (reason).
    """
    return _switched(person, on=False, by=by, reason=reason, authority=authority)


def reactivate(*, person: Person, by: Actor, reason: str, authority: Scope | None = None) -> Person:
    """Open an account again. Raises PhoneTaken, MoreThanOwn, InvalidField (reason)."""
    return _switched(person, on=True, by=by, reason=reason, authority=authority)


def _switched(
    person: Person, *, on: bool, by: Actor, reason: str, authority: Scope | None
) -> Person:
    why = text.checked(reason, field="reason", most=_REASON)
    with unit_of_work():
        take_turn(_TURN)
        found = _managed(person, authority)
        if found.is_active == on:
            return found
        if on:
            _check_phone_free(found)
        else:
            _check_not_last(administrators_at_headquarters().filter(person=found).values_list("pk"))
        found.is_active = on
        found.save(update_fields=["is_active"])
        if not on:
            _put_out(found)
        _record("reactivate" if on else "deactivate", found, by, reason=why)
    return found


def _put_out(person: Person) -> int:
    """End the sessions, and forget the WeChat account that would begin the next one."""
    person.wechat_index = ""
    person.save(update_fields=["wechat_index"])
    return end_sessions(person)


def _managed(person: Person, authority: Scope | None) -> Person:
    """The account as it stands now, which the one who asks may change."""
    found: Person | None = Person.objects.filter(pk=person.pk).first()
    if found is None:
        raise NotFound(kind="person", ref=person.pk)
    if authority is not None:
        roles = list(
            RoleAssignment.objects.filter(person=found).values_list("role", "organisation__path")
        )
        for role, path in roles:
            _check_authority(authority, _rights(role), path)
        if not roles:
            _check_authority(authority, (), "")
    return found


def _check_authority(authority: Scope | None, rights: Iterable[str], path: str) -> None:
    """`path` empty: the whole group. Raises MoreThanOwn."""
    if authority is None:
        return
    lacking = authority.lacks({MANAGE, *rights}, path) if path else []
    if not path and not authority.allows_everywhere(MANAGE):
        lacking = [MANAGE]
    if lacking:
        raise MoreThanOwn(permissions=", ".join(lacking))


def _rights(role: str) -> frozenset[str]:
    return rules.permissions_of(role, modules.all_permissions())


def _check_not_last(going: Iterable[tuple[int]]) -> None:
    """Some administrator of the whole group stays when these roles go."""
    ids = [pk for (pk,) in going]
    if ids and not administrators_at_headquarters().exclude(pk__in=ids).exists():
        raise LastAdministrator


def _set_phone(person: Person, phone: str) -> None:
    set_phone(person, rules.normalised_phone(phone) if phone.strip() else "")
    _check_phone_free(person)


def _check_phone_free(person: Person) -> None:
    others = Person.objects.exclude(pk=person.pk).filter(is_active=True)
    if person.phone_index and others.filter(phone_index=person.phone_index).exists():
        raise PhoneTaken


@sensitive_variables("password")
def _set_password(person: Person, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise PasswordRefused(reason=" ".join(error.messages)) from error
    person.set_password(password)


def _checked_email(email: str) -> str:
    value = text.checked(email, field="email", most=254, required=False)
    if value:
        try:
            validate_email(value)
        except ValidationError as error:
            raise InvalidField(field="email", reason=_("is not an address")) from error
    return value


def _record(
    action: str,
    person: Person,
    by: Actor,
    *,
    organisation: Organisation | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        action=f"people.{action}",
        subject_type="person",
        subject_id=person.pk,
        organisation_id=organisation.id if organisation else None,
        before=before,
        after=after,
        by=by,
        reason=reason,
    )
