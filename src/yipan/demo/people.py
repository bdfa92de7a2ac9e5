"""Names, telephone numbers, and the accounts of those who look at the demo."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, NamedTuple

from yipan.demo import words
from yipan.demo.plan import Plan
from yipan.group.organisations.models import Organisation
from yipan.group.people.actions import create_person
from yipan.group.people.models import Person, Role
from yipan.kernel.actor import SYSTEM

_NUMBERS: Final = 13_800_000_000
"""No subscriber has a number that begins so; it is what test systems everywhere use."""
TOLD: Final = 1_001
"""The first of those with a password."""
OTHERS: Final = 2_001
BUYERS: Final = 9_001
PARTNER: Final = "partner"
CONSUMER: Final = "consumer"


class Name(NamedTuple):
    """A made-up name, and whose portrait goes with it."""

    text: str
    woman: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may look at the demo as whom."""

    username: str
    name: str
    role: str
    """One of Role, or `partner`, or `consumer`: a buyer, who signs in to the mall."""
    organisation: str
    phone: str


@dataclass(slots=True)
class Numbers:
    """Telephone numbers, handed out one by one as long as there are any."""

    following: int
    until: int

    def take(self) -> str:
        if self.following >= self.until:
            return ""
        self.following += 1
        return number_of(self.following - 1)


def number_of(last_four: int) -> str:
    """A telephone number that is valid and nobody's."""
    return f"{_NUMBERS + last_four}"


def person_name(dice: random.Random) -> Name:
    """A made-up name."""
    woman = dice.randrange(100) < 62
    given = dice.choice(words.WOMEN if woman else words.MEN)
    return Name(dice.choice(words.SURNAMES) + given, woman)


def told_person(
    plan: Plan,
    username: str,
    name: Name,
    *,
    phone: str,
    place: Organisation | None = None,
    role: Role | None = None,
) -> Person:
    """An account with the password that is told, and a role if it is somebody of the house."""
    return create_person(
        username=username,
        name=name.text,
        password=plan.password,
        phone=phone,
        organisation=place,
        role=role.value if role else "",
        by=SYSTEM,
    )
