"""Members over the open API."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest
from ninja import Query, Router, Status

from yipan.customers.members import actions, queries
from yipan.customers.members.models import Member
from yipan.customers.members.schemas import (
    IdentityIn,
    MemberChange,
    MemberIn,
    MemberOut,
    MemberQuery,
)
from yipan.group.organisations.queries import tree
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import Page, PageOf, PageQuery, paginate

router = Router(tags=["members"])

_READ = "members.read"
_WRITE = "members.write"


@router.get("/members", response=PageOf[MemberOut], summary="List members")
def members(
    request: HttpRequest, page: Query[PageQuery], wanted: Query[MemberQuery]
) -> Page[MemberOut]:
    """Members first seen in the caller's subtree, newest first; or the one of a given name."""
    caller = caller_of(request, _READ)
    found = queries.members_within(caller.organisation_path)
    if wanted.scheme or wanted.value:
        named = queries.member_by_identity(scheme=wanted.scheme, value=wanted.value)
        found = found.filter(pk=named.pk) if named else found.none()
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-id",))
    identities = queries.identities_of([each.id for each in rows.items])
    return rows.map(lambda each: MemberOut.of(each, identities[each.id]))


@router.post("/members", response={201: MemberOut}, summary="Add a member")
def create_member(request: HttpRequest, body: MemberIn) -> Status[MemberOut]:
    """One who came by no channel; orders make the others by themselves."""
    caller = caller_of(request, _WRITE)
    organisation_id = body.organisation_id or caller.organisation_id
    if not tree().within(organisation_id, caller.organisation_path):
        raise NotFound(kind="organisation", ref=organisation_id)
    made = actions.create_member(
        name=body.name, phone=body.phone, organisation_id=organisation_id, by=caller.actor
    )
    return Status(HTTPStatus.CREATED, _out(made))


@router.get("/members/{int:member_id}", response=MemberOut, summary="Read a member")
def member(request: HttpRequest, member_id: int) -> MemberOut:
    """One member with all names."""
    return _out(_member(caller_of(request, _READ), member_id))


@router.patch("/members/{int:member_id}", response=MemberOut, summary="Change a member")
def change_member(request: HttpRequest, member_id: int, body: MemberChange) -> MemberOut:
    """Name or phone number; a new number replaces the one before."""
    caller = caller_of(request, _WRITE)
    found = _member(caller, member_id)
    if body.name is not None:
        found = actions.rename_member(member_id=member_id, name=body.name, by=caller.actor)
    if body.phone is not None:
        found = actions.set_phone(member_id=member_id, phone=body.phone, by=caller.actor)
    return _out(found)


@router.post("/members/{int:member_id}/identities", response=MemberOut, summary="Add a name")
def add_identity(request: HttpRequest, member_id: int, body: IdentityIn) -> MemberOut:
    """Have a member known by one more name; the same one again changes nothing."""
    caller = caller_of(request, _WRITE)
    _member(caller, member_id)
    actions.add_identity(member_id=member_id, scheme=body.scheme, value=body.value, by=caller.actor)
    return _out(_member(caller, member_id))


def _member(caller: ApiCaller, member_id: int) -> Member:
    found = queries.members_within(caller.organisation_path).filter(pk=member_id).first()
    if found is None:
        raise NotFound(kind="member", ref=member_id)
    return found


def _out(found: Member) -> MemberOut:
    return MemberOut.of(found, queries.identities_of([found.id])[found.id])
