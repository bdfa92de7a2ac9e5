"""Accounts and roles over the open API.

A caller may do to an account only what its own permissions cover, see `actions`.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, SecretStr

from yipan.group.organisations.queries import organisation_in
from yipan.group.people import actions
from yipan.group.people.models import Person, RoleAssignment
from yipan.group.people.phones import phone_of
from yipan.group.people.queries import people_in, person_in, role_in
from yipan.group.people.rules import masked_phone
from yipan.group.people.scope import Scope
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.pagination import PageOf, PageQuery, paginate

router = Router(tags=["people"])

RoleName = Literal[
    "administrator", "operations", "finance", "approver", "auditor", "store_manager", "guide",
    "employee",
]  # fmt: skip
_READ = "people.read"
_WRITE = "people.write"


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class RoleOut(Schema):
    """A role at an organisation, and so over its subtree."""

    id: int
    role: RoleName
    organisation_id: int
    granted_at: datetime = Field(description="UTC.")

    @classmethod
    def of(cls, row: RoleAssignment) -> RoleOut:
        return cls.model_validate(row, from_attributes=True)


class PersonOut(Schema):
    """An account."""

    id: int
    username: str = Field(examples=["mei.lan"])
    name: str = Field(examples=["兰梅"])
    email: str
    phone: str = Field(description="In part.", examples=["+86138****8000"])
    language: str = Field(examples=["zh-hans"])
    is_active: bool = Field(description="False: deactivated.")
    roles: list[RoleOut] = Field(description="Those in the caller's subtree.")
    created_at: datetime = Field(description="UTC.")

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        """From a person of `people_in`, whose roles are those in reach."""
        return cls(
            id=person.pk,
            username=person.username,
            name=person.name,
            email=person.email,
            phone=masked_phone(phone_of(person)),
            language=person.language,
            is_active=person.is_active,
            roles=[RoleOut.of(row) for row in person.roles.all()],
            created_at=person.created_at,
        )


class RoleIn(In):
    """A role to give."""

    role: RoleName = Field(examples=["guide"])
    organisation_id: int


class PersonIn(In):
    """A new account; a role is needed except from headquarters."""

    username: str = Field(
        max_length=60, description="Unique in the group, without case.", examples=["mei.lan"]
    )
    name: str = Field(max_length=60, examples=["兰梅"])
    password: SecretStr | None = Field(
        None, description="At least 8 characters, not a common one; without it no sign-in yet."
    )
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=30, examples=["13800138000"])
    language: Literal["zh-hans", "en"] = "zh-hans"
    first_role: RoleIn | None = None


class PersonChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=60)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=30, description="Empty: taken out.")
    language: Literal["zh-hans", "en"] | None = None


class PasswordIn(In):
    """A new password; the sessions of the account end."""

    password: SecretStr = Field(examples=["correct horse battery staple"])


class PersonReasonIn(In):
    """Why."""

    reason: str = Field(max_length=500, examples=["离职"])


class PersonFilters(Schema):
    """What to list."""

    text: str = Field("", description="Part of the name or user name, or a whole phone number.")
    role: RoleName | None = None
    is_active: bool | None = None


@router.get("/people", response=PageOf[PersonOut], summary="List people")
def people(request: HttpRequest, page: Query[PageQuery], filters: Query[PersonFilters]) -> object:
    """Everybody with a role in the caller's subtree; from headquarters those without one too."""
    caller = caller_of(request, _READ)
    wanted = {**filters.dict(), "role": filters.role or ""}
    found = people_in([caller.organisation_path], **wanted)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("username",))
    return rows.map(PersonOut.of)


@router.post("/people", response={201: PersonOut}, summary="Open an account")
def create(request: HttpRequest, body: PersonIn) -> Status[PersonOut]:
    """Open an account, with its first role."""
    caller = caller_of(request, _WRITE)
    first = body.first_role
    made = actions.create_person(
        username=body.username,
        name=body.name,
        password=body.password.get_secret_value() if body.password else None,
        email=body.email,
        phone=body.phone,
        language=body.language,
        organisation=(
            organisation_in(first.organisation_id, [caller.organisation_path]) if first else None
        ),
        role=first.role if first else "",
        by=caller.actor,
        authority=Scope.of_caller(caller),
    )
    return Status(HTTPStatus.CREATED, _answer(caller, made))


@router.get("/people/{person_id}", response=PersonOut, summary="Read an account")
def read(request: HttpRequest, person_id: int) -> PersonOut:
    """One account."""
    return PersonOut.of(_found(caller_of(request, _READ), person_id))


@router.patch("/people/{person_id}", response=PersonOut, summary="Change an account")
def describe(request: HttpRequest, person_id: int, body: PersonChange) -> PersonOut:
    """Change what is known of a person."""
    caller = caller_of(request, _WRITE)
    changed = actions.describe_person(
        person=_found(caller, person_id),
        by=caller.actor,
        authority=Scope.of_caller(caller),
        **body.dict(),
    )
    return _answer(caller, changed)


@router.post("/people/{person_id}/password", response=PersonOut, summary="Give a new password")
def change_password(request: HttpRequest, person_id: int, body: PasswordIn) -> PersonOut:
    """The sessions of the account end."""
    caller = caller_of(request, _WRITE)
    changed = actions.change_password(
        person=_found(caller, person_id),
        password=body.password.get_secret_value(),
        by=caller.actor,
        authority=Scope.of_caller(caller),
    )
    return _answer(caller, changed)


@router.post("/people/{person_id}/deactivation", response=PersonOut, summary="Close an account")
def deactivate(request: HttpRequest, person_id: int, body: PersonReasonIn) -> PersonOut:
    """At once, sessions included; its roles stay for when it is opened again."""
    caller = caller_of(request, _WRITE)
    changed = actions.deactivate(
        person=_found(caller, person_id),
        by=caller.actor,
        reason=body.reason,
        authority=Scope.of_caller(caller),
    )
    return _answer(caller, changed)


@router.post(
    "/people/{person_id}/reactivation", response=PersonOut, summary="Open an account again"
)
def reactivate(request: HttpRequest, person_id: int, body: PersonReasonIn) -> PersonOut:
    """With the roles it had."""
    caller = caller_of(request, _WRITE)
    changed = actions.reactivate(
        person=_found(caller, person_id),
        by=caller.actor,
        reason=body.reason,
        authority=Scope.of_caller(caller),
    )
    return _answer(caller, changed)


@router.post("/people/{person_id}/roles", response={201: RoleOut}, summary="Give a role")
def grant_role(request: HttpRequest, person_id: int, body: RoleIn) -> Status[RoleOut]:
    """Giving it again changes nothing."""
    caller = caller_of(request, _WRITE)
    granted = actions.grant_role(
        person=_found(caller, person_id),
        organisation=organisation_in(body.organisation_id, [caller.organisation_path]),
        role=body.role,
        by=caller.actor,
        authority=Scope.of_caller(caller),
    )
    return Status(HTTPStatus.CREATED, RoleOut.of(granted))


@router.delete(
    "/people/{person_id}/roles/{role_id}", response={204: None}, summary="Take a role away"
)
def revoke_role(request: HttpRequest, person_id: int, role_id: int) -> Status[None]:
    """A group keeps at least one active administrator at headquarters."""
    caller = caller_of(request, _WRITE)
    assignment = role_in(person_id, role_id, [caller.organisation_path])
    actions.revoke_role(assignment=assignment, by=caller.actor, authority=Scope.of_caller(caller))
    return Status(HTTPStatus.NO_CONTENT, None)


def _found(caller: ApiCaller, person_id: int) -> Person:
    """Raises NotFound for people without a role in the caller's subtree."""
    return person_in(person_id, [caller.organisation_path])


def _answer(caller: ApiCaller, person: Person) -> PersonOut:
    """The account as the caller sees it now."""
    return PersonOut.of(_found(caller, person.pk))
