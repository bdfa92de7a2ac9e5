"""Taking distributors on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yipan.customers.members.models import Member
from yipan.distribution.distributors.actions.turn import LONGEST_CODE, LONGEST_NAME
from yipan.distribution.distributors.errors import (
    DistributorCodeTaken,
    DistributorNotActive,
    KindUnknown,
    PersonDistributesAlready,
)
from yipan.distribution.distributors.events import DistributorRegistered
from yipan.distribution.distributors.history import write_down
from yipan.distribution.distributors.models import (
    Distributor,
    DistributorKind,
    DistributorStatus,
)
from yipan.distribution.distributors.queries import lines_above, standings
from yipan.distribution.distributors.rules import (
    check_chain,
    check_span,
    in_utc,
    normalised_code,
)
from yipan.group.organisations.errors import OrganisationClosed
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel import clock, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.locks import take_turn
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_COLUMNS: Final = (
    "id", "tenant_id", "organisation_id", "person_id", "member_id", "code", "name",
    "portrait", "kind", "grade", "upline_id", "status", "qualified_from", "qualified_until",
    "joined_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One distributor to take on."""

    organisation: Organisation
    """The home."""
    code: str
    name: str
    kind: str
    """One of DistributorKind."""
    person: Person | None = None
    """The account of an employee or guide."""
    member_id: int | None = None
    """The distributor as a buyer."""
    grade: str = ""
    upline: Distributor | None = None
    qualified_from: datetime | None = None
    """None: from the start."""
    qualified_until: datetime | None = None
    """First moment at which the qualification has run out; None: never."""


def register_distributor(registration: Registration, *, by: Actor) -> Distributor:
    """Take one distributor on; see `register_distributors`."""
    return register_distributors([registration], by=by)[0]


def register_distributors(registrations: Sequence[Registration], *, by: Actor) -> list[Distributor]:
    """Take distributors on, all or none, in the same number of statements for any number.

    They are active at once. Codes are stored in capitals and are never given twice, not even after
    their distributor has left. Uplines stand already; a chain has at most three levels.

    Raises DistributorCodeTaken, KindUnknown, PersonDistributesAlready, DistributorNotActive
    (upline), ChainTooLong, SpanEmpty, OrganisationClosed, NotFound (member, upline), InvalidField.
    """
    made = _made(registrations)
    if not made:
        return []
    with unit_of_work():
        take_turn("distributors")
        _check_codes_free(made)
        _check_people_free(made)
        check_members([one.member_id for one in made if one.member_id is not None])
        _check_uplines(made)
        sql.insert(
            Distributor, _COLUMNS, [tuple(getattr(one, name) for name in _COLUMNS) for one in made]
        )
        for one in made:
            write_down(one, "register", before={}, after=_told(one), by=by)
        announce(*(_event(one) for one in made))
    return made


def _made(registrations: Sequence[Registration]) -> list[Distributor]:
    now, tenant_id = clock.now(), current_tenant_id()
    return [
        _checked(registration, id_, tenant_id, now)
        for id_, registration in zip(next_ids(len(registrations)), registrations, strict=True)
    ]


def _checked(registration: Registration, id_: int, tenant_id: int, now: datetime) -> Distributor:
    if registration.kind not in DistributorKind.values:
        raise KindUnknown(kind=registration.kind)
    if not registration.organisation.is_active:
        raise OrganisationClosed(organisation=registration.organisation.name)
    check_span(registration.qualified_from, registration.qualified_until, field="qualified_until")
    return Distributor(
        id=id_,
        tenant_id=tenant_id,
        organisation=registration.organisation,
        person=registration.person,
        member_id=registration.member_id,
        code=normalised_code(text.checked_code(registration.code, most=LONGEST_CODE)),
        name=text.checked(registration.name, field="name", most=LONGEST_NAME),
        kind=DistributorKind(registration.kind).value,
        grade=text.checked(registration.grade, field="grade", most=40, required=False),
        upline=registration.upline,
        status=DistributorStatus.ACTIVE.value,
        qualified_from=in_utc(registration.qualified_from),
        qualified_until=in_utc(registration.qualified_until),
        joined_at=now,
    )


def _check_codes_free(made: Sequence[Distributor]) -> None:
    taken = set(
        Distributor.objects.filter(code__in=[one.code for one in made]).values_list(
            "code", flat=True
        )
    )
    for one in made:
        if one.code in taken:
            raise DistributorCodeTaken(value=one.code)
        taken.add(one.code)


def _check_people_free(made: Sequence[Distributor]) -> None:
    people = [one.person_id for one in made if one.person_id is not None]
    if not people:
        return
    present = Distributor.objects.exclude(status=DistributorStatus.LEFT)
    taken = dict(present.filter(person_id__in=people).values_list("person_id", "code"))
    for one in made:
        if one.person_id is None:
            continue
        if one.person_id in taken:
            raise PersonDistributesAlready(value=taken[one.person_id])
        taken[one.person_id] = one.code


def check_members(ids: Sequence[int]) -> None:
    """Whether these members exist, in one statement. Raises NotFound."""
    if not ids:
        return
    found = set(Member.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for id_ in ids:
        if id_ not in found:
            raise NotFound(kind="member", ref=id_)


def _check_uplines(made: Sequence[Distributor]) -> None:
    wanted = {one.upline_id for one in made if one.upline_id is not None}
    if not wanted:
        return
    found = standings(sorted(wanted), clock.now())
    lines = lines_above(sorted(wanted))
    for one in made:
        if one.upline_id is None:
            continue
        upline = found.get(one.upline_id)
        if upline is None:
            raise NotFound(kind="distributor", ref=one.upline_id)
        if upline.status != DistributorStatus.ACTIVE:
            raise DistributorNotActive(field="upline_id", value=upline.code, state=upline.status)
        check_chain(
            distributor_id=one.id, code=one.code, line_above=lines[upline.id], levels_below=1
        )


def _told(one: Distributor) -> dict[str, object]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "grade": one.grade,
        "organisation_id": one.organisation_id,
        "person_id": one.person_id,
        "member_id": one.member_id,
        "upline_id": one.upline_id,
        "qualified_from": one.qualified_from,
        "qualified_until": one.qualified_until,
    }


def _event(one: Distributor) -> DistributorRegistered:
    return DistributorRegistered(
        distributor_id=one.id,
        code=one.code,
        kind=one.kind,
        organisation_id=one.organisation_id,
        at=one.joined_at,
    )
