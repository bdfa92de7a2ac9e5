"""Cards, names and money to withdraw, for tests."""

from __future__ import annotations

from dataclasses import dataclass

from tests.payouts.settlement.builders import (
    Group,
    make_distributor,
    plant_group,
    put_available,
)
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Person
from yipan.kernel import clock
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import BankCard, Withdrawal
from yipan.payouts.withdrawals.rules.cards import passes_luhn

NAME = "王小明"
CLERK = Actor(ActorKind.PERSON, 71, "clerk")
BOSS = Actor(ActorKind.PERSON, 72, "boss")


def card_with(last_four: str) -> str:
    """A card number with these last four digits and a right check digit."""
    numbers = (f"62220212345678{filler}{last_four}" for filler in range(10))
    return next(number for number in numbers if passes_luhn(number))


def make_person(name: str) -> Person:
    """Somebody with an account."""
    made: Person = Person.objects.create(
        id=next_id(),
        tenant_id=current_tenant_id(),
        username=f"u{next_id()}",
        name=name,
        created_at=clock.now(),
    )
    return made


@dataclass(frozen=True, slots=True)
class Payout:
    """A guide with available commission and a verified card."""

    group: Group
    guide: Distributor
    card: BankCard
    me: Actor
    """The guide's own account."""

    def ask(self, amount: int, by: Actor | None = None) -> Withdrawal:
        return request_withdrawal(
            distributor=self.guide, card=self.card, amount=amount, by=by or self.me
        )


def ready_to_withdraw(amount: int, *, last_four: str = "8888", at: Group | None = None) -> Payout:
    """A guide with `amount` fen available, and a card that the sandbox treats by its last four."""
    group = at or plant_group()
    person = make_person(NAME)
    guide = make_distributor(group.store, person=person)
    put_available(guide, amount)
    verify_name(distributor=guide, name=NAME, by=CLERK)
    card = add_card(
        distributor=guide, holder=NAME, number=card_with(last_four), bank="工商银行", by=CLERK
    )
    verify_card(card=card, by=CLERK)
    return Payout(group, guide, card, Actor(ActorKind.PERSON, person.id, NAME))
