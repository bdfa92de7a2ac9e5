"""Reads of accounts, roles and scope."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from yipan.group.organisations.queries import within
from yipan.group.people.errors import PhoneInvalid
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.group.people.phones import phone_index
from yipan.group.people.rules import normalised_phone
from yipan.group.people.scope import Scope
from yipan.kernel.errors import NotFound

__all__ = [
    "Scope",
    "administrators_at_headquarters",
    "people_in",
    "person_in",
    "role_in",
    "scope_of",
]


def scope_of(person: Person) -> Scope:
    """What a person may do where; read once per instance, so once per request."""
    return person.scope


def people_in(
    paths: Sequence[str], *, text: str = "", role: str = "", is_active: bool | None = None
) -> QuerySet[Person]:
    """The people with a role in these subtrees, with `roles` holding those there.

    Those without any role are seen from headquarters. `text` is looked for in name and user name,
    or is a whole phone number. Two statements for any number of people.
    """
    in_reach = RoleAssignment.objects.filter(within(paths)).order_by("id")
    there = in_reach.filter(person=OuterRef("pk"))
    wanted = Q(Exists(there.filter(role=role) if role else there))
    if not role and any(path.count("/") == 2 for path in paths):
        wanted |= ~Q(Exists(RoleAssignment.objects.filter(person=OuterRef("pk"))))
    found: QuerySet[Person] = Person.objects.filter(wanted)
    if text:
        found = found.filter(_named(text))
    if is_active is not None:
        found = found.filter(is_active=is_active)
    roles = in_reach.select_related("organisation")
    return found.prefetch_related(Prefetch("roles", queryset=roles))


def _named(text: str) -> Q:
    condition = Q(name__icontains=text) | Q(username__icontains=text)
    try:
        return condition | Q(phone_index=phone_index(normalised_phone(text)))
    except PhoneInvalid:
        return condition


def person_in(person_id: int, paths: Sequence[str]) -> Person:
    """One person with a role in these subtrees. Raises NotFound, also for one outside of them."""
    person = people_in(paths).filter(pk=person_id).first()
    if person is None:
        raise NotFound(kind="person", ref=person_id)
    return person


def role_in(person_id: int, role_id: int, paths: Sequence[str]) -> RoleAssignment:
    """One role of a person in these subtrees. Raises NotFound, also for one outside of them."""
    roles = RoleAssignment.objects.filter(within(paths)).select_related("organisation", "person")
    found: RoleAssignment | None = roles.filter(pk=role_id, person_id=person_id).first()
    if found is None:
        raise NotFound(kind="role", ref=role_id)
    return found


def administrators_at_headquarters() -> QuerySet[RoleAssignment]:
    """The roles of active administrators of the whole group."""
    found: QuerySet[RoleAssignment] = RoleAssignment.objects.filter(
        role=Role.ADMINISTRATOR, organisation__parent=None, person__is_active=True
    )
    return found
