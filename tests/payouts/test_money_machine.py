"""Random lives of commissions against a model of a few lines."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import count
from math import floor

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import make_tenant
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
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.errors import InsufficientBalance
from yipan.ledger.queries import balances
from yipan.payouts.settlement.actions import hold_lines, release_due, set_settlement_policy
from yipan.payouts.withdrawals.actions import (
    add_card,
    cancel_withdrawal,
    query_awaited,
    request_withdrawal,
    set_withdrawal_policy,
    submit_approved,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import BankCard, Withdrawal

PAYS, REFUSES, PAYS_SILENTLY, REFUSES_LATE = "8888", "0001", "0002", "0005"
ENDS = {PAYS: True, REFUSES: False, PAYS_SILENTLY: True, REFUSES_LATE: False}
AT_ONCE = (PAYS, REFUSES)
_numbers = count(1)
INDEX = st.integers(0, 10**6)


@dataclass
class Purse:
    """Where a distributor's money should be."""

    pending: int = 0
    available: int = 0
    in_withdrawal: int = 0
    clawback_receivable: int = 0
    paid: int = 0


@dataclass
class Earned:
    """An entry as the model sees it."""

    entry: Entry
    who: int
    net: int
    due: bool
    refunded: int = 0
    reversed: int = 0
    released: bool = False
    held: bool = False

    @property
    def left(self) -> int:
        return self.entry.amount - self.reversed


@dataclass
class Asked:
    """A withdrawal as the model sees it."""

    withdrawal: Withdrawal
    who: int
    amount: int
    card: str
    state: str = "approved"


@dataclass
class World:
    """What there is before anything happens."""

    tenant: Tenant
    group: Group
    guides: list[Distributor]
    cards: list[dict[str, BankCard]] = field(default_factory=list)


class MoneyMachine(RuleBasedStateMachine):
    """Earns, refunds, releases and withdraws in any order."""

    @initialize(quarters=st.sampled_from([4, 1, 0]))
    def begin(self, quarters: int) -> None:
        self.now = datetime(2026, 3, 2, 4, tzinfo=UTC)
        self.share = Fraction(quarters, 4)
        self.entries: list[Earned] = []
        self.asked: list[Asked] = []
        self.purses = [Purse(), Purse()]
        tenant = make_tenant(f"machine-{next(_numbers)}")
        self.context: AbstractContextManager[None] = tenant_context(tenant.id)
        self.context.__enter__()
        with clock.at(self.now):
            group = plant_group()
            self.world = World(tenant, group, [make_distributor(group.store) for _ in range(2)])
            root = group.headquarters.id
            share = {"clawback_share": {4: "1", 1: "0.25", 0: "0"}[quarters]}
            set_settlement_policy(organisation_id=root, data=share, by=SYSTEM)
            limits = {"minimum": 1, "per_day": 1000}
            set_withdrawal_policy(organisation_id=root, data=limits, by=SYSTEM)
            for guide in self.world.guides:
                verify_name(distributor=guide, name=NAME, by=CLERK)
                self.world.cards.append({four: self.card(guide, four) for four in ENDS})

    def card(self, guide: Distributor, last_four: str) -> BankCard:
        number = card_with(last_four)
        card = add_card(distributor=guide, holder=NAME, number=number, bank="", by=CLERK)
        return verify_card(card=card, by=CLERK)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    @rule(
        who=st.integers(0, 1),
        net=st.integers(10, 5000),
        tenths=st.integers(1, 9),
        due=st.booleans(),
    )
    def earn(self, who: int, net: int, tenths: int, due: bool) -> None:
        self.now += timedelta(seconds=1)
        amount = net * tenths // 10
        with clock.at(self.now):
            due_at = self.now if due else self.now + timedelta(days=900)
            entry = earn(self.world.guides[who], amount, due_at=due_at)
        self.entries.append(Earned(entry, who, net, due))
        self.purses[who].pending += amount

    @precondition(lambda self: self.entries)
    @rule(index=INDEX, percent=st.integers(1, 100))
    def refund(self, index: int, percent: int) -> None:
        earned = self.entries[index % len(self.entries)]
        more = max(1, (earned.net - earned.refunded) * percent // 100)
        if earned.refunded + more > earned.net:
            return
        earned.refunded += more
        with clock.at(self.now):
            refund(earned.entry, so_far=earned.refunded, net_amount=earned.net)
        share = Fraction(earned.entry.amount * earned.refunded, earned.net)
        back = floor(share + Fraction(1, 2)) - earned.reversed
        earned.reversed += back
        place = self.purses[earned.who]
        if not earned.released:
            place.pending -= back
        else:
            reached = min(back, place.available)
            place.available -= reached
            place.clawback_receivable += back - reached

    @precondition(lambda self: self.entries)
    @rule(index=INDEX, held=st.booleans())
    def dispute(self, index: int, held: bool) -> None:
        earned = self.entries[index % len(self.entries)]
        hold_lines(line_ids=[earned.entry.line_id], held=held)
        if not earned.released:
            earned.held = held

    @rule(limit=st.integers(1, 4))
    def release(self, limit: int) -> None:
        with clock.at(self.now):
            batch = release_due(limit=limit)
        ready = [each for each in self.entries if each.due and not each.held and not each.released]
        assert (batch.entries if batch else 0) == min(limit, len(ready))
        for each in ready[:limit]:
            each.released = True
            place = self.purses[each.who]
            taken = min(place.clawback_receivable, floor(each.left * self.share))
            place.pending -= each.left
            place.available += each.left - taken
            place.clawback_receivable -= taken

    @rule(who=st.integers(0, 1), percent=st.integers(1, 110), card=st.sampled_from(list(ENDS)))
    def ask(self, who: int, percent: int, card: str) -> None:
        place = self.purses[who]
        amount = max(1, place.available * percent // 100)
        with clock.at(self.now):
            request = partial(
                request_withdrawal,
                distributor=self.world.guides[who],
                card=self.world.cards[who][card],
                amount=amount,
                by=CLERK,
            )
            if amount > place.available:
                with pytest.raises(InsufficientBalance):
                    request()
                return
            asked = request()
        self.asked.append(Asked(asked, who, amount, card))
        place.available -= amount
        place.in_withdrawal += amount

    @rule(who=st.integers(0, 1), net=st.integers(10, 5000), percent=st.integers(1, 100))
    def take_the_money_and_give_the_goods_back(self, who: int, net: int, percent: int) -> None:
        """What random steps seldom come to: claw-back."""
        self.earn(who, net, 5, due=True)
        while any(each.due and not each.held and not each.released for each in self.entries):
            self.release(4)
        self.ask(who, 100, PAYS)
        self.submit()
        self.refund(len(self.entries) - 1, percent)

    @precondition(lambda self: any(each.state == "approved" for each in self.asked))
    @rule(index=INDEX)
    def cancel(self, index: int) -> None:
        undecided = [each for each in self.asked if each.state == "approved"]
        asked = undecided[index % len(undecided)]
        with clock.at(self.now):
            cancel_withdrawal(withdrawal_id=asked.withdrawal.id, by=CLERK)
        self.end(asked, paid=False)

    @rule()
    def submit(self) -> None:
        with clock.at(self.now):
            submit_approved()
        for asked in self.asked:
            if asked.state == "approved":
                asked.state = "submitted"
                if asked.card in AT_ONCE:
                    self.end(asked, paid=ENDS[asked.card])

    @rule()
    def find_out(self) -> None:
        self.now += timedelta(hours=1)
        with clock.at(self.now):
            query_awaited()
        for asked in self.asked:
            if asked.state == "submitted":
                self.end(asked, paid=ENDS[asked.card])

    def end(self, asked: Asked, *, paid: bool) -> None:
        asked.state = "ended"
        place = self.purses[asked.who]
        place.in_withdrawal -= asked.amount
        if paid:
            place.paid += asked.amount
        else:
            place.available += asked.amount

    @invariant()
    def money_is_where_the_model_says(self) -> None:
        if not hasattr(self, "world"):
            return
        for guide, place in zip(self.world.guides, self.purses, strict=True):
            found = purse(guide)
            assert {name: getattr(place, name) for name in found} == found
            assert min(found.values()) >= 0

    @invariant()
    def the_ledger_is_whole(self) -> None:
        if not hasattr(self, "world"):
            return
        assert list(verification.problems()) == []
        company, payer = self.world.group.company.id, self.world.group.headquarters.id
        expense = balances([company], ["commission_expense"])[company]["commission_expense"]
        assert expense == sum(each.left for each in self.entries)
        paid = -balances([payer], ["bank"])[payer]["bank"]
        assert paid == sum(place.paid for place in self.purses)
        held = sum(place.pending + place.available + place.in_withdrawal for place in self.purses)
        owed = sum(place.clawback_receivable for place in self.purses)
        assert expense == held + paid - owed


def test_any_sequence_leaves_the_money_where_it_belongs(db: None) -> None:
    run_state_machine_as_test(
        MoneyMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            # Every step is many statements: to make a failure shorter takes longer than to read it.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
