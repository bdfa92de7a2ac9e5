"""People to test with."""

from __future__ import annotations

from yipan.group.organisations.models import Organisation
from yipan.group.people.actions import create_person, grant_role
from yipan.group.people.models import Person, RoleAssignment
from yipan.kernel.actor import SYSTEM

PASSWORD = "correct horse battery staple"


def make_person(
    username: str = "",
    organisation: Organisation | None = None,
    role: str = "",
    *,
    name: str = "梅",
    password: str | None = None,
    phone: str = "",
) -> Person:
    """An account, with a role where an organisation is given; no password unless asked for."""
    return create_person(
        username=username or f"person{Person.objects.count()}",
        name=name,
        password=password,
        phone=phone,
        organisation=organisation,
        role=role,
        by=SYSTEM,
    )


def give_role(person: Person, organisation: Organisation, role: str) -> RoleAssignment:
    return grant_role(person=person, organisation=organisation, role=role, by=SYSTEM)


def again(person: Person) -> Person:
    """As the account stands in the database now, with its scope not read yet."""
    found: Person = Person.objects.get(pk=person.pk)
    return found
