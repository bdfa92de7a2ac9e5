"""Release of what is due, and withdrawals to made-up bank cards."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from yipan.demo import words
from yipan.demo.earning import APPROVAL_ABOVE, BY_FILE
from yipan.demo.founding import Group
from yipan.demo.plan import Plan
from yipan.distribution.commissions.accounts import AVAILABLE
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Role
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.modules import is_enabled
from yipan.ledger.queries import balances
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.withdrawals.actions import (
    add_card,
    approve_withdrawal,
    cancel_withdrawal,
    query_awaited,
    reject_withdrawal,
    request_withdrawal,
    submit_approved,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import BankCard, Withdrawal
from yipan.payouts.withdrawals.rules.cards import passes_luhn

EVERY_DAYS: Final = 10
_LEAST: Final = 10_000
"""Fen: nobody bothers to withdraw less."""
_FEWEST: Final = 16
_SHARE: Final = 12
"""One in so many distributors withdraws on a day, or a few more."""
_REFUSED: Final = "0001"
_UNKNOWN: Final = "0002"
_LATE: Final = "0004"
"""Last four digits that the sandbox bank takes as an order, see its provider."""


@dataclass(slots=True)
class Purse:
    """The distributors and the cards they have so far."""

    plan: Plan
    group: Group
    distributors: Sequence[Distributor]
    """All but those with a sign-in and those who are paid by file."""
    told: Sequence[Distributor]
    """Those with one: they never empty their purse, so that a visitor finds something in it."""
    dice: random.Random
    cards: dict[int, BankCard] = field(default_factory=dict)
    failing: set[int] = field(default_factory=set)
    """Distributors whose card is not paid to at once; they ask once only."""


def is_paying() -> bool:
    """Whether anybody can withdraw at all."""
    return is_enabled("withdrawals")


def open_purses(plan: Plan, group: Group) -> Purse:
    """For all distributors there are, but for those who are paid by file (bank_files.py)."""
    told = list(group.told_sellers().values())
    ids = {distributor.id for distributor in told}
    by_file = list(group.industries.values())[BY_FILE].path
    others = [
        each
        for each in Distributor.objects.exclude(id__in=ids)
        .select_related("organisation")
        .order_by("code")
        if not each.organisation.path.startswith(by_file)
    ]
    return Purse(plan, group, others, told, plan.chance("withdrawals"))


def release() -> None:
    """Release everything that is due by now."""
    if not is_enabled("settlement"):
        return
    while release_due():
        pass


def withdraw(purse: Purse) -> int:
    """Let those with the fullest purses ask, decide on their wishes, and pay them out."""
    wishes = [*_told_wishes(purse), *_wishes(purse, endings=[*[""] * 9, _REFUSED])]
    for withdrawal in wishes:
        _decide(purse, withdrawal)
    while submit_approved():
        pass
    while query_awaited():
        pass
    return len(wishes)


def withdraw_last(purse: Purse) -> int:
    """As `withdraw`, but leave one or more in every state on the way."""
    asked = list(
        _told_wishes(purse, least=APPROVAL_ABOVE + 10_000)
    )  # left to the visitor who signs in as approver
    wishes = list(_wishes(purse, endings=(_REFUSED, _UNKNOWN, _LATE), newcomers=True))
    third = max(1, len(wishes) // 3)
    approve_what_needs_it(purse, wishes[:third])
    while submit_approved():
        pass
    approve_what_needs_it(purse, wishes[third : 2 * third])
    return len(wishes) + len(asked)


def approve_what_needs_it(purse: Purse, wishes: Sequence[Withdrawal]) -> None:
    """As the second person."""
    for withdrawal in wishes:
        if withdrawal.needs_approval:
            approve_withdrawal(withdrawal_id=withdrawal.id, by=purse.group.staff[Role.APPROVER])


def _told_wishes(purse: Purse, *, least: int = _LEAST) -> Iterator[Withdrawal]:
    """Wishes of those with a sign-in, for a part of what they have; all get a card.

    `least` is what they ask for at least, in fen, and then only out of a good deal more.
    """
    if not is_enabled("withdrawals"):
        return
    found = balances([distributor.id for distributor in purse.told], [AVAILABLE.name], "CNY")
    for distributor in purse.told:
        card = card_of(purse, distributor)
        available = found[distributor.id][AVAILABLE.name]
        amount = max(available // 4 // 100 * 100, least)
        if available >= amount * 3 // 2:
            actor = Actor(ActorKind.DISTRIBUTOR, distributor.id, distributor.name)
            yield request_withdrawal(distributor=distributor, card=card, amount=amount, by=actor)


def _wishes(
    purse: Purse, *, endings: Sequence[str], newcomers: bool = False
) -> Iterator[Withdrawal]:
    """Wishes of those with the fullest purses; new cards end in one of `endings`, in turn.

    `newcomers`: those without a card come first.
    """
    if not is_enabled("withdrawals"):
        return
    for number, (distributor, available) in enumerate(_full(purse, newcomers=newcomers)):
        card = purse.cards.get(distributor.id)
        if card is None:
            ending = endings[number % len(endings)]
            card = _card(purse, distributor, ending)
            if ending:
                purse.failing.add(distributor.id)
        part = purse.dice.choice((1, 1, 2, 3))
        amount = min(available // part // 100 * 100, 2_000_000)
        actor = Actor(ActorKind.DISTRIBUTOR, distributor.id, distributor.name)
        yield request_withdrawal(distributor=distributor, card=card, amount=amount, by=actor)


def _full(purse: Purse, *, newcomers: bool) -> list[tuple[Distributor, int]]:
    owners = {
        distributor.id: distributor
        for distributor in purse.distributors
        if distributor.id not in purse.failing
    }
    found = balances(list(owners), [AVAILABLE.name], "CNY")
    full = [
        (owners[id_], kinds[AVAILABLE.name])
        for id_, kinds in found.items()
        if kinds[AVAILABLE.name] >= _LEAST
    ]
    full.sort(key=lambda one: (newcomers and one[0].id in purse.cards, -one[1], one[0].code))
    return full[: max(_FEWEST, len(purse.distributors) // _SHARE)]


def card_of(purse: Purse, distributor: Distributor) -> BankCard:
    """The card of a distributor, a new one that can be paid to where they have none."""
    return purse.cards.get(distributor.id) or _card(purse, distributor, "")


def _card(purse: Purse, distributor: Distributor, ending: str) -> BankCard:
    by = purse.group.staff[Role.FINANCE]
    verify_name(distributor=distributor, name=distributor.name, by=by)
    card = add_card(
        distributor=distributor,
        holder=distributor.name,
        number=_number(purse.dice, ending),
        bank=purse.dice.choice(words.BANKS),
        by=Actor(ActorKind.DISTRIBUTOR, distributor.id, distributor.name),
    )
    purse.cards[distributor.id] = verify_card(card=card, by=by)
    return purse.cards[distributor.id]


def _number(dice: random.Random, ending: str) -> str:
    """A card number that looks like one and is nobody's: no bank has numbers that begin so."""
    ending = ending or f"{dice.randint(1000, 9999)}"
    for check in range(10):
        number = f"9900{dice.randrange(10**7):07d}{check}{ending}"
        for digit in range(10):
            fitting = f"{number[:4]}{digit}{number[5:]}"
            if passes_luhn(fitting):
                return fitting
    raise AssertionError(ending)


def _decide(purse: Purse, withdrawal: Withdrawal) -> None:
    dice = purse.dice.randrange(20)
    if dice == 0:
        owner = withdrawal.distributor
        cancel_withdrawal(
            withdrawal_id=withdrawal.id,
            by=Actor(ActorKind.DISTRIBUTOR, owner.id, owner.name),
            reason="金额填错了",
        )
    elif withdrawal.needs_approval and dice in {1, 2}:
        reject_withdrawal(
            withdrawal_id=withdrawal.id,
            by=purse.group.staff[Role.APPROVER],
            reason="请先补齐身份资料",
        )
    elif withdrawal.needs_approval:
        approve_withdrawal(withdrawal_id=withdrawal.id, by=purse.group.staff[Role.APPROVER])
