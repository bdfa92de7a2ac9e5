"""The organisation tree over the open API."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from yipan.group.organisations import actions, queries
from yipan.group.organisations.models import Organisation
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.pagination import PageOf, PageQuery, paginate

router = Router(tags=["organisations"])

LevelName = Literal["headquarters", "industry_group", "company", "store"]
_READ = "organisations.read"
_WRITE = "organisations.write"


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class OrganisationOut(Schema):
    """One organisation of the tree."""

    id: int
    code: str = Field(description="The group's own code.", examples=["S-021"])
    name: str = Field(examples=["南京东路店"])
    level: LevelName
    parent_id: int | None = Field(description="Null for headquarters.")
    path: str = Field(description="Ids from headquarters down to this one.", examples=["/1/5/9/"])
    company_id: int | None = Field(
        description="The company that bears its expense; null above the companies."
    )
    distribution_on: bool = Field(description="Its own switch.")
    distribution_effective: bool = Field(
        description="Whether it is on and open, here and at every ancestor."
    )
    is_active: bool = Field(description="False: closed.")
    city: str = Field(examples=["上海"])
    address: str = Field(examples=["南京东路 300 号"])
    created_at: datetime = Field(description="UTC.")


class OrganisationIn(In):
    """A new organisation."""

    parent_id: int = Field(description="What it stands under.")
    level: LevelName = Field(
        description=(
            "Strictly below the parent's; levels may be left out, but a store stands directly "
            "under a company."
        ),
        examples=["store"],
    )
    code: str = Field(max_length=40, examples=["S-021"])
    name: str = Field(max_length=120, examples=["南京东路店"])
    city: str = Field("", max_length=60, examples=["上海"])
    address: str = Field("", max_length=200, examples=["南京东路 300 号"])


class OrganisationChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=120)
    city: str | None = Field(None, max_length=60)
    address: str | None = Field(None, max_length=200)


class DistributionSwitchIn(In):
    """The switch of one organisation."""

    on: bool
    reason: str = Field("", max_length=500, examples=["盘点期间暂停"])


class OrganisationMoveIn(In):
    """Where an organisation is to be hung."""

    to_parent_id: int
    reason: str = Field(max_length=500, examples=["区域重组"])


class OrganisationReasonIn(In):
    """Why."""

    reason: str = Field(max_length=500, examples=["租约到期"])


class OrganisationMoveOut(Schema):
    """That an organisation was hung elsewhere."""

    id: int
    from_parent_id: int | None
    to_parent_id: int
    moved_at: datetime = Field(description="UTC.")
    moved_by: str = Field(examples=["api_client:17:ERP"])
    reason: str = Field(examples=["区域重组"])


class OrganisationFilters(Schema):
    """What to list."""

    text: str = Field("", description="Part of the name or the code.")
    code: str = Field("", description="The whole code.")
    level: LevelName | None = None
    parent_id: int | None = Field(None, description="Directly under this one.")
    is_active: bool | None = None
    distribution_effective: bool | None = None


@router.get("/organisations", response=PageOf[OrganisationOut], summary="List organisations")
def organisations(
    request: HttpRequest, page: Query[PageQuery], filters: Query[OrganisationFilters]
) -> object:
    """The caller's organisation and those below it, every one after its parent."""
    caller = caller_of(request, _READ)
    wanted = {**filters.dict(), "level": filters.level or ""}
    found = queries.organisations_in([caller.organisation_path], **wanted)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("path",))


@router.post(
    "/organisations",
    response={201: OrganisationOut},
    summary="Hang a new organisation into the tree",
)
def create(request: HttpRequest, body: OrganisationIn) -> Status[Organisation]:
    """Its own distribution switch is on."""
    caller = caller_of(request, _WRITE)
    values = body.dict()
    parent = _found(caller, values.pop("parent_id"))
    made = actions.create_organisation(parent=parent, by=caller.actor, **values)
    return Status(HTTPStatus.CREATED, made)


@router.get("/organisations/{organisation_id}", response=OrganisationOut, summary="Read one")
def read(request: HttpRequest, organisation_id: int) -> Organisation:
    """One organisation."""
    return _found(caller_of(request, _READ), organisation_id)


@router.patch("/organisations/{organisation_id}", response=OrganisationOut, summary="Describe one")
def describe(request: HttpRequest, organisation_id: int, body: OrganisationChange) -> Organisation:
    """Change its name or place."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, organisation_id)
    return actions.describe_organisation(organisation=found, by=caller.actor, **body.dict())


@router.post(
    "/organisations/{organisation_id}/distribution",
    response=OrganisationOut,
    summary="Switch distribution on or off",
)
def switch(request: HttpRequest, organisation_id: int, body: DistributionSwitchIn) -> Organisation:
    """The effect on all below is worked out at once; switching to what it is changes nothing."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, organisation_id)
    return actions.switch_distribution(
        organisation=found, on=body.on, by=caller.actor, reason=body.reason
    )


@router.post("/organisations/{organisation_id}/moves", response=OrganisationOut, summary="Move one")
def move(request: HttpRequest, organisation_id: int, body: OrganisationMoveIn) -> Organisation:
    """Hang it, with all below, under another parent; what happened so far stays where it was."""
    caller = caller_of(request, _WRITE)
    return actions.move_organisation(
        organisation=_found(caller, organisation_id),
        to_parent=_found(caller, body.to_parent_id),
        by=caller.actor,
        reason=body.reason,
    )


@router.get(
    "/organisations/{organisation_id}/moves",
    response=PageOf[OrganisationMoveOut],
    summary="Its moves",
)
def moves(request: HttpRequest, organisation_id: int, page: Query[PageQuery]) -> object:
    """When it was hung where, newest first."""
    found = queries.moves_of(_found(caller_of(request, _READ), organisation_id))
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-moved_at", "-id"))


@router.post("/organisations/{organisation_id}/closing", response=OrganisationOut, summary="Close")
def close(request: HttpRequest, organisation_id: int, body: OrganisationReasonIn) -> Organisation:
    """It distributes nothing and takes nothing new; what is open below is closed first."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, organisation_id)
    return actions.close_organisation(organisation=found, by=caller.actor, reason=body.reason)


@router.post(
    "/organisations/{organisation_id}/reopening", response=OrganisationOut, summary="Open again"
)
def reopen(request: HttpRequest, organisation_id: int, body: OrganisationReasonIn) -> Organisation:
    """Its parent is open."""
    caller = caller_of(request, _WRITE)
    found = _found(caller, organisation_id)
    return actions.reopen_organisation(organisation=found, by=caller.actor, reason=body.reason)


def _found(caller: ApiCaller, organisation_id: int) -> Organisation:
    """Raises NotFound outside of the caller's subtree."""
    return queries.organisation_in(organisation_id, [caller.organisation_path])
