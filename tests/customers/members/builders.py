"""Buyers to test with."""

from __future__ import annotations

from itertools import count

from yipan.customers.members.actions import create_member
from yipan.customers.members.models import Member
from yipan.group.organisations.models import Organisation
from yipan.kernel.actor import SYSTEM

_numbers = count(1)


def make_member(
    name: str = "王小明", phone: str | None = None, organisation: Organisation | None = None
) -> Member:
    """A member with a phone number of their own."""
    return create_member(
        name=name,
        phone=f"139{next(_numbers):08d}" if phone is None else phone,
        organisation_id=organisation.id if organisation else None,
        by=SYSTEM,
    )
