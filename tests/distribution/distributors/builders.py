"""Distributors to test with."""

from __future__ import annotations

from datetime import datetime

from yipan.distribution.distributors.actions import (
    Registration,
    register_distributor,
    set_upline,
)
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel.actor import SYSTEM


def make_distributor(
    organisation: Organisation,
    code: str = "",
    *,
    name: str = "梅",
    kind: str = DistributorKind.GUIDE,
    upline: Distributor | None = None,
    person: Person | None = None,
    member_id: int | None = None,
    grade: str = "",
    qualified_from: datetime | None = None,
    qualified_until: datetime | None = None,
) -> Distributor:
    """An active distributor at home in an organisation."""
    registration = Registration(
        organisation=organisation,
        code=code or f"D{Distributor.objects.count()}",
        name=name,
        kind=kind,
        upline=upline,
        person=person,
        member_id=member_id,
        grade=grade,
        qualified_from=qualified_from,
        qualified_until=qualified_until,
    )
    return register_distributor(registration, by=SYSTEM)


def hang(distributor: Distributor, upline: Distributor | None) -> Distributor:
    return set_upline(distributor=distributor, upline=upline, by=SYSTEM, reason="组队")


def again(distributor: Distributor) -> Distributor:
    """As it stands in the database now."""
    found: Distributor = Distributor.objects.get(pk=distributor.pk)
    return found
