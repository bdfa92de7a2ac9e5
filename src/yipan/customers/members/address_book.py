"""A member's addresses. Everything is the member's own: that of another one is not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yipan.customers.members.addresses import (
    AddressDetails,
    MaskedAddress,
    checked_details,
    opened_details,
    sealed_details,
)
from yipan.customers.members.errors import TooManyAddresses
from yipan.customers.members.models import Address, Member
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work

__all__ = [
    "MOST_ADDRESSES",
    "AddressDetails",
    "SavedAddress",
    "address_of",
    "addresses_of",
    "make_default_address",
    "masked_addresses_of",
    "remove_address",
    "save_address",
]

MOST_ADDRESSES: Final = 20
_TABLE: Final = "members_address"
_COLUMN: Final = "details_sealed"


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address in the book."""

    id: int
    details: AddressDetails
    is_default: bool

    @property
    def masked(self) -> MaskedAddress:
        """What staff see of it."""
        return self.details.masked


def addresses_of(member_id: int) -> list[SavedAddress]:
    """The member's addresses, the default first, then the newest (index: address_of_member)."""
    rows = Address.objects.filter(member_id=member_id).order_by("-is_default", "-id")
    return [_opened(row) for row in rows]


def masked_addresses_of(member_id: int) -> list[MaskedAddress]:
    """What staff see of a member's addresses."""
    return [saved.masked for saved in addresses_of(member_id)]


def address_of(address_id: int, *, member_id: int) -> SavedAddress:
    """One address of the member. Raises NotFound."""
    row: Address | None = Address.objects.filter(pk=address_id, member_id=member_id).first()
    if row is None:
        raise NotFound(kind="address", ref=address_id)
    return _opened(row)


def save_address(
    *,
    member_id: int,
    details: AddressDetails,
    address_id: int | None = None,
    is_default: bool = False,
) -> SavedAddress:
    """Add an address to the member's book, or with `address_id` change one.

    The first one is the default by itself; a new default takes the place of the one before.
    Raises InvalidField (which names the part), TooManyAddresses, NotFound.
    """
    details = checked_details(details)
    with unit_of_work():
        _lock(member_id)
        ids = list(Address.objects.filter(member_id=member_id).values_list("id", flat=True))
        if address_id is None:
            if len(ids) >= MOST_ADDRESSES:
                raise TooManyAddresses(most=MOST_ADDRESSES)
            new_id = next_id()
            row = Address(id=new_id, member_id=member_id, created_at=clock.now())
        else:
            found: Address | None = Address.objects.filter(
                pk=address_id, member_id=member_id
            ).first()
            if found is None:
                raise NotFound(kind="address", ref=address_id)
            row = found
        row.details_sealed = sealed_details(details, table=_TABLE, column=_COLUMN, row_id=row.id)
        if is_default or not ids:
            _no_default(member_id)
            row.is_default = True
        row.save(force_insert=address_id is None)
    return SavedAddress(row.id, details, row.is_default)


def make_default_address(*, member_id: int, address_id: int) -> None:
    """Have checkout propose this address first. Raises NotFound."""
    with unit_of_work():
        _lock(member_id)
        _no_default(member_id)
        mine = Address.objects.filter(pk=address_id, member_id=member_id)
        if not mine.update(is_default=True):
            raise NotFound(kind="address", ref=address_id)


def remove_address(*, member_id: int, address_id: int) -> None:
    """Take an address out of the book; of those left the newest becomes the default.

    Raises NotFound.
    """
    with unit_of_work():
        _lock(member_id)
        removed, _ = Address.objects.filter(pk=address_id, member_id=member_id).delete()
        if not removed:
            raise NotFound(kind="address", ref=address_id)
        left = Address.objects.filter(member_id=member_id)
        newest = left.order_by("-is_default", "-id").first()
        if newest is not None and not newest.is_default:
            left.filter(pk=newest.pk).update(is_default=True)


def _lock(member_id: int) -> None:
    """One change of a book after another. Raises NotFound."""
    members = Member.objects.select_for_update(no_key=True).filter(pk=member_id)
    if not members.values_list("id", flat=True):
        raise NotFound(kind="member", ref=member_id)


def _no_default(member_id: int) -> None:
    Address.objects.filter(member_id=member_id, is_default=True).update(is_default=False)


def _opened(row: Address) -> SavedAddress:
    details = opened_details(row.details_sealed, table=_TABLE, column=_COLUMN, row_id=row.id)
    return SavedAddress(row.id, details, row.is_default)
