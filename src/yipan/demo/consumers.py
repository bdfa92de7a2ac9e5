"""Buyers who sign in to the mall: with a telephone number, an address and some past orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yipan.customers.members.actions import add_identity, create_member
from yipan.customers.members.address_book import AddressDetails, save_address
from yipan.demo.founding import SCHEME, Group, Store
from yipan.demo.people import BUYERS, CONSUMER, Name, SignIn, number_of, person_name
from yipan.demo.places import HOMES, Place
from yipan.demo.plan import Plan
from yipan.kernel.actor import SYSTEM

_OFTEN: Final = 3
"""How often one of them buys, beside somebody who is known by a card only."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A buyer with an account."""

    member_id: int
    name: str
    phone: str
    address_id: int
    store: Store
    """Where they usually buy."""


def know_consumers(plan: Plan, group: Group) -> list[Consumer]:
    """Write them down, the one of the tour first; one for each of HOMES."""
    dice = plan.chance("consumers")
    stores = group.stores
    consumers = [
        _consumer(number, person_name(dice), home, stores[number // 3 % len(stores)])
        for number, home in enumerate(HOMES)
    ]
    first = consumers[0]
    shop = first.store.organisation.name
    group.sign_ins.append(SignIn(CONSUMER, first.name, CONSUMER, shop, first.phone))
    return consumers


def _consumer(number: int, name: Name, home: Place, store: Store) -> Consumer:
    phone = number_of(BUYERS + number)
    place_id = store.organisation.id
    member = create_member(name=name.text, phone=phone, organisation_id=place_id, by=SYSTEM)
    card = f"V{number + 1:07d}"
    add_identity(member_id=member.id, scheme=SCHEME, value=card, by=SYSTEM)
    # The one of the tour buys in the mall only: a seller's code that a till noted days ago would go
    # before the link that is shared and opened on the tour.
    if number:
        store.buyers += [card] * _OFTEN
    saved = save_address(
        member_id=member.id,
        details=AddressDetails(
            recipient=name.text,
            phone=phone,
            province=_province(home),
            city=f"{home.city}市",
            district=home.district,
            street=home.street,
        ),
    )
    return Consumer(member.id, name.text, phone, saved.id, store)


def _province(home: Place) -> str:
    """A city that is a province is written as a city."""
    return f"{home.province}市" if home.province == home.city else f"{home.province}省"
