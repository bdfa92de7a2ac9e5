"""What is known of a distributor: home, grade, kind, name, qualification, the buyer behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yipan.distribution.distributors.actions.register import check_members
from yipan.distribution.distributors.actions.turn import LONGEST_NAME, LONGEST_REASON, in_turn
from yipan.distribution.distributors.errors import KindUnknown, PersonDistributesAlready
from yipan.distribution.distributors.history import write_down
from yipan.distribution.distributors.models import (
    Distributor,
    DistributorKind,
    DistributorStatus,
)
from yipan.distribution.distributors.rules import check_span, in_utc
from yipan.group.organisations.errors import OrganisationClosed
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel import text
from yipan.kernel.actor import Actor
from yipan.kernel.locks import take_turn
from yipan.kernel.uow import unit_of_work


def move_home(*, distributor: Distributor, to: Organisation, by: Actor, reason: str) -> Distributor:
    """Give a distributor another home organisation, for what is sold from now on.

    Raises OrganisationClosed, DistributorHasLeft, InvalidField (reason).
    """
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    if not to.is_active:
        raise OrganisationClosed(organisation=to.name)
    return _changed(distributor, "move_home", {"organisation_id": to.id}, by=by, reason=why)


def change_grade(
    *, distributor: Distributor, grade: str, by: Actor, reason: str = ""
) -> Distributor:
    """Give a distributor another grade, or none. Raises DistributorHasLeft, InvalidField."""
    value = text.checked(grade, field="grade", most=40, required=False)
    return _changed(distributor, "change_grade", {"grade": value}, by=by, reason=reason)


def change_kind(*, distributor: Distributor, kind: str, by: Actor, reason: str) -> Distributor:
    """Make a distributor one of another kind: employee, guide, partner or dealer.

    The kind decides how payments from now on are taxed.
    Raises KindUnknown, DistributorHasLeft, InvalidField (reason).
    """
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    if kind not in DistributorKind.values:
        raise KindUnknown(kind=kind)
    return _changed(distributor, "change_kind", {"kind": kind}, by=by, reason=why)


def rename_distributor(*, distributor: Distributor, name: str, by: Actor) -> Distributor:
    """Write a name another way. Raises DistributorHasLeft, InvalidField."""
    value = text.checked(name, field="name", most=LONGEST_NAME)
    return _changed(distributor, "rename", {"name": value}, by=by)


def set_qualification(
    *,
    distributor: Distributor,
    qualified_from: datetime | None,
    qualified_until: datetime | None,
    by: Actor,
    reason: str = "",
) -> Distributor:
    """Say from when to when a distributor is qualified: from ≤ moment < until (UTC).

    None is no bound on that side. Raises SpanEmpty, DistributorHasLeft.
    """
    check_span(qualified_from, qualified_until, field="qualified_until")
    values = {
        "qualified_from": in_utc(qualified_from),
        "qualified_until": in_utc(qualified_until),
    }
    return _changed(distributor, "set_qualification", values, by=by, reason=reason)


def link_member(
    *, distributor: Distributor, member_id: int | None, by: Actor, reason: str = ""
) -> Distributor:
    """Say which member the distributor is as a buyer, by which own purchases are seen.

    Raises DistributorHasLeft, NotFound (member).
    """
    check_members([] if member_id is None else [member_id])
    return _changed(distributor, "link_member", {"member_id": member_id}, by=by, reason=reason)


def link_person(
    *, distributor: Distributor, person: Person | None, by: Actor, reason: str = ""
) -> Distributor:
    """Say whose account signs in as the distributor; None: nobody's.

    Raises DistributorHasLeft, PersonDistributesAlready.
    """
    with unit_of_work():
        take_turn("distributors")
        others = Distributor.objects.exclude(status=DistributorStatus.LEFT)
        taken = others.exclude(pk=distributor.pk).filter(person=person).first() if person else None
        if taken is not None:
            raise PersonDistributesAlready(value=taken.code)
        values = {"person_id": person.pk if person else None}
        return _changed(distributor, "link_person", values, by=by, reason=reason)


def _changed(
    distributor: Distributor,
    what: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    reason: str = "",
) -> Distributor:
    with unit_of_work():
        found = in_turn(distributor)
        before = {name: getattr(found, name) for name in values}
        if before == values:
            return found
        for name, value in values.items():
            setattr(found, name, value)
        found.save(update_fields=list(values))
        write_down(found, what, before=before, after=values, by=by, reason=reason)
    return found
