"""The examples of docs/algorithms/money.md are true."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.payouts.settlement.builders import (
    Group,
    earn,
    make_distributor,
    plant_group,
    purse,
    refund,
)
from tests.payouts.withdrawals.builders import CLERK, NAME, card_with
from yipan.distribution.commissions.models import Entry
from yipan.distribution.distributors.models import Distributor
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.events import announce
from yipan.kernel.models import Tenant
from yipan.kernel.uow import unit_of_work
from yipan.ledger import verification
from yipan.ledger.models import Journal, Posting
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.payouts.settlement.queries import policy_for
from yipan.payouts.settlement.rules import due_at_payment
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    submit_approved,
    verify_card,
    verify_name,
)
from yipan.trade.orders.events import LinesCompleted

PAGE = Path(__file__).parents[2] / "docs/algorithms/money.md"
EXAMPLES = re.findall(r"```money\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
START = datetime(2026, 3, 2, 4, tzinfo=UTC)


@dataclass
class Play:
    """One example as it is played."""

    group: Group
    guide: Distributor
    day: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    nets: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def do(self, command: str) -> None:
        """Do what a line says."""
        for pattern, method in COMMANDS.items():
            match = re.fullmatch(pattern, command)
            if match:
                with clock.at(START + timedelta(days=self.day)):
                    method(self, *match.groups())
                return
        pytest.fail(f"nobody knows how to do {command!r}")

    def set_day(self, day: str) -> None:
        self.day = int(day)

    def set_policy(self, name: str, value: str) -> None:
        root = self.group.headquarters.id
        set_settlement_policy(organisation_id=root, data={name: value}, by=SYSTEM)

    def earn(self, name: str, amount: str, net: str) -> None:
        lineage = (self.group.store.id, self.group.company.id, self.group.headquarters.id)
        policy = policy_for(lineage, clock.now())
        due_at = due_at_payment(clock.now(), policy)
        entry = earn(self.guide, int(amount), due_at=due_at, hold_days=policy.hold_days)
        self.entries[name], self.nets[name] = entry, int(net)
        self.names |= {str(entry.id): name, str(entry.line_id): name}

    def refund(self, name: str, so_far: str) -> None:
        refund(self.entries[name], so_far=int(so_far), net_amount=self.nets[name])

    def complete(self, name: str) -> None:
        entry = self.entries[name]
        lines = (entry.line_id,)
        with unit_of_work():
            announce(LinesCompleted(entry.order_id, entry.organisation_id, lines, clock.now()))

    def release(self) -> None:
        release_due()

    def withdraw(self, name: str, amount: str, last_four: str | None) -> None:
        verify_name(distributor=self.guide, name=NAME, by=CLERK)
        number = card_with(last_four or "8888")
        card = add_card(distributor=self.guide, holder=NAME, number=number, bank="", by=CLERK)
        verify_card(card=card, by=CLERK)
        asked = request_withdrawal(distributor=self.guide, card=card, amount=int(amount), by=CLERK)
        self.names[str(asked.id)] = name

    def submit(self) -> None:
        submit_approved()

    def booked(self) -> list[str]:
        """The journals since the last look, as the page writes them."""
        fresh = Journal.objects.exclude(id__in=self.seen)
        told = []
        for journal in fresh:
            self.seen.add(journal.id)
            key = ":".join(self.names.get(part, part) for part in journal.key.split(":"))
            postings = Posting.objects.filter(journal=journal).select_related("account")
            amounts = sorted(f"{each.account.kind} {each.amount:+d}" for each in postings)
            told.append(f"{key} {', '.join(amounts)}")
        return sorted(told)

    def places(self) -> dict[str, int]:
        """Where the money is, without what is 0."""
        return {place: amount for place, amount in purse(self.guide).items() if amount}


COMMANDS: dict[str, Callable[..., None]] = {
    r"day (\d+)": Play.set_day,
    r"policy (\w+) (\S+)": Play.set_policy,
    r"earn (\w+) (\d+) on a line of (\d+)": Play.earn,
    r"refund (\w+) up to (\d+)": Play.refund,
    r"complete (\w+)": Play.complete,
    r"release": Play.release,
    r"withdraw (\w+) (\d+)(?: to the card (\d{4}))?": Play.withdraw,
    r"submit": Play.submit,
}


def steps_of(example: str) -> list[tuple[str, list[str]]]:
    """Each command with the indented lines below it."""
    steps: list[tuple[str, list[str]]] = []
    for line in example.splitlines():
        if line.startswith("  "):
            steps[-1][1].append(" ".join(line.split()))
        elif line.strip():
            steps.append((line.strip(), []))
    return steps


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_page_says_what_happens(tenant: Tenant, example: str) -> None:
    with clock.at(START):
        group = plant_group()
        play = Play(group, make_distributor(group.store))
    for command, promised in steps_of(example):
        play.do(command)
        journals = [line for line in promised if not line.startswith("=")]
        assert play.booked() == journals, command
        for line in promised:
            if line.startswith("= "):
                places = (place.rsplit(" ", 1) for place in line[2:].split(", "))
                assert play.places() == {name: int(fen) for name, fen in places}, command
    assert list(verification.problems()) == []


def test_the_page_shows_every_kind_of_journal() -> None:
    shown = set(re.findall(r"^  (\w+):", "\n".join(EXAMPLES), re.MULTILINE))
    assert shown == {"accrual", "reversal", "release", "offset", "withdrawal"}
    assert len(EXAMPLES) >= 6
