"""Distributors over the open API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yipan.customers.members.queries import members_within
from yipan.distribution.distributors import actions, queries, schemas
from yipan.distribution.distributors.models import Distributor, DistributorGrant
from yipan.distribution.distributors.schemas import DistributorOut
from yipan.group.organisations.queries import organisation_in, organisations_in, tree
from yipan.group.people.queries import people_in
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import PageOf, PageQuery, paginate

M = TypeVar("M", bound=Model)
router = Router(tags=["distributors"])

_READ = "distributors.read"
_WRITE = "distributors.write"
_ONE = "/distributors/{distributor_id}"


class DistributorFilters(Schema):
    """What to list."""

    text: str = Field("", description="Part of the name or the code.")
    code: str = Field("", description="The whole code, without case.")
    kind: schemas.KindName | None = None
    status: schemas.StatusName | None = None
    organisation_id: int | None = Field(None, description="At home in this organisation.")
    upline_id: int | None = Field(None, description="Directly under this distributor.")


@router.get("/distributors", response=PageOf[DistributorOut], summary="List distributors")
def distributors(
    request: HttpRequest, page: Query[PageQuery], filters: Query[DistributorFilters]
) -> object:
    """The distributors at home in the caller's subtree."""
    caller = caller_of(request, _READ)
    wanted = {**filters.dict(), "kind": filters.kind or "", "status": filters.status or ""}
    found = queries.distributors_in([caller.organisation_path], **wanted)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("code",))


@router.post("/distributors", response={201: DistributorOut}, summary="Take a distributor on")
def register(request: HttpRequest, body: schemas.DistributorIn) -> Status[Distributor]:
    """Active at once."""
    caller = caller_of(request, _WRITE)
    made = actions.register_distributors(_registrations(caller, [body]), by=caller.actor)
    return Status(HTTPStatus.CREATED, made[0])


@router.post(
    "/distributors/batch",
    response={201: schemas.DistributorsOut},
    summary="Take many distributors on",
)
def register_batch(request: HttpRequest, body: schemas.DistributorsIn) -> Status[dict[str, object]]:
    """Up to 500, all or none."""
    caller = caller_of(request, _WRITE)
    made = actions.register_distributors(_registrations(caller, body.distributors), by=caller.actor)
    return Status(HTTPStatus.CREATED, {"distributors": made})


@router.get(_ONE, response=DistributorOut, summary="Read a distributor")
def read(request: HttpRequest, distributor_id: int) -> Distributor:
    """One distributor."""
    return _found(caller_of(request, _READ), distributor_id)


@router.get(f"{_ONE}/standing", response=schemas.StandingOut, summary="How a distributor stands")
def standing(
    request: HttpRequest, distributor_id: int, at: AwareDatetime | None = None
) -> schemas.StandingOut:
    """Whether the distributor may earn at a moment (`at`, default now), and who stands above."""
    found = _found(caller_of(request, _READ), distributor_id)
    moment = at or clock.now()
    stands = queries.standings([found.id], moment)[found.id]
    uplines = queries.chains([found.id], moment)[found.id]
    is_on = tree().node(found.organisation_id).distribution_effective
    return schemas.StandingOut.of(stands, uplines, moment, is_on=is_on)


@router.get(f"{_ONE}/history", response=PageOf[schemas.DistributorChangeOut], summary="Its history")
def history(request: HttpRequest, distributor_id: int, page: Query[PageQuery]) -> object:
    """What changed about a distributor, newest first."""
    found = queries.history_of(_found(caller_of(request, _READ), distributor_id))
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-changed_at", "-id"))


@router.patch(_ONE, response=DistributorOut, summary="Write the name another way")
def rename(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorNameIn
) -> Distributor:
    """Change the name."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.rename_distributor(distributor=found, name=body.name, by=caller.actor)


@router.post(f"{_ONE}/home", response=DistributorOut, summary="Change the home organisation")
def move_home(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorHomeIn
) -> Distributor:
    """It counts for what is sold from now on."""
    caller = caller_of(request, _WRITE)
    return actions.move_home(
        distributor=_found(caller, distributor_id),
        to=organisation_in(body.organisation_id, [caller.organisation_path]),
        by=caller.actor,
        reason=body.reason,
    )


@router.post(f"{_ONE}/grade", response=DistributorOut, summary="Change the grade")
def change_grade(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorGradeIn
) -> Distributor:
    """Give another grade, or none."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.change_grade(distributor=found, by=caller.actor, **body.dict())


@router.post(f"{_ONE}/kind", response=DistributorOut, summary="Change the kind")
def change_kind(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorKindIn
) -> Distributor:
    """The kind decides how payments from now on are taxed."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.change_kind(distributor=found, by=caller.actor, **body.dict())


@router.post(f"{_ONE}/upline", response=DistributorOut, summary="Change the upline")
def set_upline(request: HttpRequest, distributor_id: int, body: schemas.UplineIn) -> Distributor:
    """It counts for what is paid from now on; no cycles, at most three levels."""
    caller = caller_of(request, _WRITE)
    return actions.set_upline(
        distributor=_found(caller, distributor_id),
        upline=_found(caller, body.upline_id) if body.upline_id is not None else None,
        by=caller.actor,
        reason=body.reason,
    )


@router.post(f"{_ONE}/qualification", response=DistributorOut, summary="Set qualification dates")
def set_qualification(
    request: HttpRequest, distributor_id: int, body: schemas.QualificationIn
) -> Distributor:
    """Outside of them the distributor earns nothing."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.set_qualification(distributor=found, by=caller.actor, **body.dict())


@router.post(f"{_ONE}/member", response=DistributorOut, summary="Link the buyer behind")
def link_member(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorBuyerIn
) -> Distributor:
    """By it own purchases are seen."""
    caller = caller_of(request, _WRITE)
    _check_members(caller, [body.member_id])
    found = _found(caller, distributor_id)
    return actions.link_member(distributor=found, by=caller.actor, **body.dict())


@router.post(f"{_ONE}/suspension", response=DistributorOut, summary="Suspend a distributor")
def suspend(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorReasonIn
) -> Distributor:
    """Earns nothing until further notice; relations and bindings stay."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.suspend(distributor=found, by=caller.actor, reason=body.reason)


@router.post(f"{_ONE}/reactivation", response=DistributorOut, summary="End a suspension")
def reactivate(
    request: HttpRequest, distributor_id: int, body: schemas.DistributorReasonIn
) -> Distributor:
    """May earn again."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    return actions.reactivate(distributor=found, by=caller.actor, reason=body.reason)


@router.post(f"{_ONE}/departure", response=DistributorOut, summary="A distributor leaves")
def leave(request: HttpRequest, distributor_id: int, body: schemas.DepartureIn) -> Distributor:
    """For good: what was earned stays, customers go to the successor, the team one level up."""
    caller = caller_of(request, _WRITE)
    return actions.leave(
        distributor=_found(caller, distributor_id),
        successor=_found(caller, body.successor_id) if body.successor_id is not None else None,
        by=caller.actor,
        reason=body.reason,
    )


@router.get(f"{_ONE}/grants", response=PageOf[schemas.GrantOut], summary="List grants")
def grants(request: HttpRequest, distributor_id: int, page: Query[PageQuery]) -> object:
    """Grants to other organisations, past and future ones too."""
    found = queries.grants_of(_found(caller_of(request, _READ), distributor_id))
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("id",))


@router.post(f"{_ONE}/grants", response={201: schemas.GrantOut}, summary="Grant an organisation")
def grant(
    request: HttpRequest, distributor_id: int, body: schemas.GrantIn
) -> Status[DistributorGrant]:
    """A grant there was to the same organisation is replaced."""
    caller = caller_of(request, _WRITE)
    granted = actions.grant(
        distributor=_found(caller, distributor_id),
        organisation=organisation_in(body.organisation_id, [caller.organisation_path]),
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        reason=body.reason,
        by=caller.actor,
    )
    return Status(HTTPStatus.CREATED, granted)


@router.delete(
    f"{_ONE}/grants/{{grant_id}}", response=schemas.GrantOut, summary="Take a grant back"
)
def revoke_grant(
    request: HttpRequest, distributor_id: int, grant_id: int, reason: str
) -> DistributorGrant:
    """It ends now; one that was yet to begin never holds."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, distributor_id)
    granted = queries.grants_of(found).filter(pk=grant_id).first()
    if granted is None:
        raise NotFound(kind="grant", ref=grant_id)
    return actions.revoke_grant(
        distributor=found, organisation=granted.organisation, by=caller.actor, reason=reason
    )


def _found(caller: ApiCaller, distributor_id: int) -> Distributor:
    """Raises NotFound outside of the caller's subtree."""
    return queries.distributor_in(distributor_id, [caller.organisation_path])


def _check_members(caller: ApiCaller, ids: Collection[int | None]) -> None:
    _by_id("member", members_within(caller.organisation_path), ids)


def _by_id(kind: str, rows: QuerySet[M], ids: Collection[int | None]) -> dict[int | None, M]:
    """Rows in reach by id, in one statement. Raises NotFound for the first id out of reach."""
    wanted = {id_ for id_ in ids if id_ is not None}
    found: dict[int | None, M] = {}
    if wanted:
        found = {row.pk: row for row in rows.filter(pk__in=wanted)}
    for id_ in sorted(wanted - found.keys()):
        raise NotFound(kind=kind, ref=id_)
    return found


def _registrations(
    caller: ApiCaller, bodies: Sequence[schemas.DistributorIn]
) -> list[actions.Registration]:
    """With everything named by id looked up in the caller's subtree. Raises NotFound."""
    paths = [caller.organisation_path]
    _check_members(caller, [body.member_id for body in bodies])
    homes = _by_id("organisation", organisations_in(paths), [b.organisation_id for b in bodies])
    people = _by_id("person", people_in(paths), [body.person_id for body in bodies])
    uplines = _by_id("distributor", queries.distributors_in(paths), [b.upline_id for b in bodies])
    return [
        actions.Registration(
            organisation=homes[body.organisation_id],
            person=people.get(body.person_id),
            upline=uplines.get(body.upline_id),
            code=body.code,
            name=body.name,
            kind=body.kind,
            grade=body.grade,
            member_id=body.member_id,
            qualified_from=body.qualified_from,
            qualified_until=body.qualified_until,
        )
        for body in bodies
    ]
