"""Phones are encrypted at rest and found by a keyed index."""

from __future__ import annotations

from typing import Final

from yipan.group.people.models import Person
from yipan.kernel.crypto import blind_index, decrypt, encrypt
from yipan.kernel.tenancy import current_tenant_id

_TABLE: Final = "people_person"
_COLUMN: Final = "phone_sealed"


def set_phone(person: Person, phone: str) -> None:
    """Put a normalised phone into the row, or take it out (empty); the caller saves."""
    person.phone_index = phone_index(phone) if phone else ""
    person.phone_sealed = (
        encrypt(phone, table=_TABLE, column=_COLUMN, row_id=person.pk) if phone else ""
    )


def phone_of(person: Person) -> str:
    """The phone in the clear, normalised; empty where there is none. Raises Undecipherable."""
    if not person.phone_sealed:
        return ""
    return decrypt(person.phone_sealed, table=_TABLE, column=_COLUMN, row_id=person.pk)


def phone_index(phone: str) -> str:
    """By what a normalised phone is found in the tenant in context."""
    return blind_index(phone, purpose="person.phone", tenant_id=current_tenant_id())
