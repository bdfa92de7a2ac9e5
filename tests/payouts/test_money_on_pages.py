"""Random days of finance, done on the console's pages: no fen is anywhere but where all say."""

from __future__ import annotations

import csv
import io
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
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
from tests.distribution.commissions.retold import recomputed
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.payouts.withdrawals.builders import CLERK, NAME, card_with
from tests.trade.orders.builders import PAID, RULES, Shop, open_shop
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.commissions.queries import balances_of
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.errors import InsufficientBalance
from yipan.ledger.queries import balances
from yipan.payouts.settlement.actions import set_settlement_policy
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    set_withdrawal_policy,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import (
    BankBreak,
    BankReturn,
    Withdrawal,
    WithdrawalState,
)
from yipan.payouts.withdrawals.queries import OPEN_STATES
from yipan.trade.orders.actions import refund_lines
from yipan.trade.orders.models import OrderLine
from yipan.trade.orders.requests import RefundOrder

DECIDE = "/console/withdrawals/withdrawal/decide/"
RELEASE = "/console/commissions/entrystate/release/"
MAKE = "/console/withdrawals/bankfile/make/"
RETURN = "/console/withdrawals/bankreturn/"
INDEX = st.integers(0, 10**6)
_numbers = count(1)


class FinanceOnPages(RuleBasedStateMachine):
    """Sells, refunds, releases, asks, decides, and carries files to the bank and back."""

    @initialize()
    def begin(self) -> None:
        self.now = PAID
        tenant = make_tenant(f"pages-{next(_numbers)}")
        self.context: AbstractContextManager[None] = tenant_context(tenant.id)
        self.context.__enter__()
        with clock.at(self.now):
            self.shop: Shop = open_shop(stock=100_000)
            root = self.shop.tree.headquarters
            no_waiting = {"hold_days": 0, "auto_complete_days": 0}
            set_settlement_policy(organisation_id=root.id, data=no_waiting, by=SYSTEM)
            limits = {
                "minimum": 1, "per_day": 1000, "approval_above": 300, "provider": "bank_file",
            }  # fmt: skip
            set_withdrawal_policy(organisation_id=root.id, data=limits, by=SYSTEM)
            self.sellers = [self.shop.guide, self.shop.leader]
            self.cards = [self.card_of(seller) for seller in self.sellers]
            self.finance = Console.of(make_person("finance", root, Role.FINANCE))
            self.approver = Console.of(make_person("approver", root, Role.APPROVER))

    def card_of(self, seller: Distributor) -> Any:
        verify_name(distributor=seller, name=NAME, by=CLERK)
        number = card_with("8888")
        card = add_card(distributor=seller, holder=NAME, number=number, bank="", by=CLERK)
        return verify_card(card=card, by=CLERK)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    def later(self) -> datetime:
        self.now += timedelta(seconds=7)
        return self.now

    @rule(
        name=st.sampled_from(list(RULES)),
        units=st.integers(1, 7),
        price=st.integers(1, 30_000),
    )
    def sell(self, name: str, units: int, price: int) -> None:
        with clock.at(self.later()):
            self.shop.sell(self.shop.line(name, units, price), placed_at=self.now, paid_at=self.now)

    @rule(index=INDEX, percent=st.integers(1, 100))
    def refund(self, index: int, percent: int) -> None:
        lines = list(OrderLine.objects.order_by("id"))
        if not lines:
            return
        line = lines[index % len(lines)]
        amount = (line.net_amount - line.refunded_amount) * percent // 100
        if amount:
            with clock.at(self.later()):
                number = f"R{next(_numbers)}"
                asked = RefundOrder(line.id, number, 0, amount, self.now)
                (answer,) = refund_lines(refunds=[asked], by=SYSTEM)
            assert answer.error is None

    @rule()
    def release(self) -> None:
        with clock.at(self.later()):
            shown = self.finance.client.get(RELEASE).context
            self.finance.client.post(RELEASE, {"until": shown["until"]})
        assert not EntryState.objects.filter(released_at=None, due_at__lte=self.now).exists()

    @rule(who=st.integers(0, 1), percent=st.integers(1, 120))
    def ask(self, who: int, percent: int) -> None:
        available = self.purse(self.sellers[who])["available"]
        amount = max(1, available * percent // 100)
        with clock.at(self.later()):
            try:
                request_withdrawal(
                    distributor=self.sellers[who], card=self.cards[who], amount=amount, by=CLERK
                )
            except InsufficientBalance:
                assert amount > available
            else:
                assert amount <= available

    @precondition(lambda self: Withdrawal.objects.filter(state="requested").exists())
    @rule(index=INDEX, decision=st.sampled_from(["approve", "reject"]))
    def decide(self, index: int, decision: str) -> None:
        asked = list(Withdrawal.objects.filter(state="requested").order_by("id"))
        chosen = asked[: index % len(asked) + 1]
        ids = [each.id for each in chosen]
        with clock.at(self.later()):
            shown = self.approver.client.get(DECIDE, {"do": decision, "id": ids}).context["shown"]
            body = {
                "do": decision, "id": ids, "count": shown.count, "amount": shown.amount,
                "reason": "看过",
            }  # fmt: skip
            self.approver.client.post(DECIDE, body)
        states = {Withdrawal.objects.get(id=id_).state for id_ in ids}
        assert states == {"approved" if decision == "approve" else "rejected"}

    @precondition(lambda self: Withdrawal.objects.filter(state="approved").exists())
    @rule()
    def carry_to_the_bank(self) -> None:
        with clock.at(self.later()):
            shown = self.finance.client.get(MAKE).context
            body = {
                "payer": shown["batch"]["payer_id"], "ids": ",".join(map(str, shown["ids"])),
                "count": shown["count"], "total": shown["total"], "layout": "gbk",
            }  # fmt: skip
            self.finance.client.post(MAKE, body)
        assert not Withdrawal.objects.filter(state="approved").exists()

    @precondition(
        lambda self: Withdrawal.objects.filter(state__in=["submitted", "unknown"]).exists()
    )
    @rule(outcomes=st.lists(st.sampled_from(["成功", "失败", "短款"]), min_size=1, max_size=5))
    def the_bank_answers(self, outcomes: list[str]) -> None:
        """With what it paid, what it did not, and now and then with a fen too little."""
        awaited = Withdrawal.objects.filter(state__in=["submitted", "unknown"]).order_by("id")
        out = io.StringIO()
        written = csv.writer(out)
        written.writerow(["业务流水号", "金额(分)", "状态", "原因", str(next(_numbers))])
        for payout, outcome in zip(awaited, outcomes, strict=False):
            net = payout.net - (outcome == "短款")
            state = "失败" if outcome == "失败" else "成功"
            written.writerow([payout.reference, net, state, "户名不符", ""])
        breaks = BankBreak.objects.count()
        payer = str(self.shop.tree.headquarters.id)
        with clock.at(self.later()):
            content = out.getvalue().encode()
            file = SimpleUploadedFile("return.csv", content)
            self.finance.client.post(f"{RETURN}load/", {"payer": payer, "file": file})
            loaded = BankReturn.objects.get(state="preview")
            self.finance.client.post(f"{RETURN}{loaded.id}/apply/")
            again = SimpleUploadedFile("again.csv", content)
            self.finance.client.post(f"{RETURN}load/", {"payer": payer, "file": again})
        assert not BankReturn.objects.filter(state="preview").exists()
        told = list(zip(awaited, outcomes, strict=False))
        short = sum(outcome == "短款" for _payout, outcome in told)
        assert BankBreak.objects.count() == breaks + short

    def purse(self, seller: Distributor) -> Any:
        return balances_of([seller.id])[seller.id]

    @invariant()
    def every_fen_is_where_entries_balances_and_ledger_say(self) -> None:
        if not hasattr(self, "approver"):
            return
        assert list(verification.problems()) == []
        earned = 0
        for seller in self.sellers:
            purse, entries = self.purse(seller), Entry.objects.filter(distributor_id=seller.id)
            assert min(purse.values()) >= 0
            asked = Withdrawal.objects.filter(distributor=seller)
            paid = sum(each.gross for each in asked if each.state == WithdrawalState.SUCCEEDED)
            open_ones = sum(each.gross for each in asked if each.state in OPEN_STATES)
            assert purse["in_withdrawal"] == open_ones
            amount = sum(entries.values_list("amount", flat=True))
            held = purse["pending"] + purse["available"] + purse["in_withdrawal"]
            assert amount == held + paid - purse["clawback_owed"]
            states = EntryState.objects.filter(distributor_id=seller.id, released_at=None)
            assert purse["pending"] == sum(states.values_list("remaining", flat=True))
            earned += amount
        company, payer = self.shop.tree["R1"].id, self.shop.tree.headquarters.id
        kinds = ["commission_expense"]
        assert balances([company], kinds)[company]["commission_expense"] == earned
        paid_out = Withdrawal.objects.filter(state=WithdrawalState.SUCCEEDED)
        bank = -balances([payer], ["bank"])[payer]["bank"]
        assert bank == sum(paid_out.values_list("net", flat=True))

    @invariant()
    def every_sentence_comes_to_its_amount(self) -> None:
        if hasattr(self, "approver"):
            for entry in Entry.objects.order_by("-id")[:6]:
                assert recomputed(entry) == entry.amount

    @invariant()
    def the_pages_say_the_same(self) -> None:
        if not hasattr(self, "approver"):
            return
        with clock.at(self.now):
            accounts = self.finance.get("ledger/account/").context["totals"]
            entries = self.finance.get("commissions/entry/").context["totals"]
            waiting = self.finance.get("commissions/entrystate/").context["sums"]
            asked = self.finance.get("withdrawals/withdrawal/?state__in=requested,approved,"
                                     "submitted,unknown").context["sums"]  # fmt: skip
            paid = self.finance.get("withdrawals/withdrawal/?state=succeeded").context["sums"]
        held = {kind: amount for kind, _currency, _count, amount in accounts}
        assert held.get("commission_pending", 0) == waiting["all_sum"]
        assert held.get("commission_in_withdrawal", 0) == asked["gross"]
        owed = held.pop("clawback_receivable", 0)
        assert entries.amount == sum(held.values()) + paid["gross"] - owed


def test_a_day_of_finance_leaves_every_fen_where_all_pages_say(db: None) -> None:
    run_state_machine_as_test(
        FinanceOnPages,
        settings=settings(
            max_examples=6,
            stateful_step_count=16,
            deadline=None,
            # Every step is many statements: to make a failure shorter takes longer than to read it.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_usual_way_of_a_commission_is_one_of_these_days(db: None) -> None:
    day = FinanceOnPages()
    day.begin()

    def check() -> None:
        day.every_fen_is_where_entries_balances_and_ledger_say()
        day.every_sentence_comes_to_its_amount()
        day.the_pages_say_the_same()

    for name in RULES:
        day.sell(name, 7, 30_000)
    day.release()
    day.ask(0, 50)
    day.ask(1, 100)
    day.decide(0, "approve")
    day.decide(0, "reject")
    day.carry_to_the_bank()
    day.the_bank_answers(["短款"])
    assert Withdrawal.objects.get(state="unknown").gross > 300
    check()
    day.the_bank_answers(["成功"])
    day.refund(1, 100)
    check()
    states = sorted(Withdrawal.objects.values_list("state", flat=True))
    assert states == ["rejected", "succeeded"]
    assert day.purse(day.shop.guide)["clawback_owed"] == 0
    day.ask(0, 100)
    day.decide(0, "approve")
    day.carry_to_the_bank()
    day.the_bank_answers(["成功"])
    day.refund(0, 100)
    assert day.purse(day.shop.guide)["clawback_owed"] > 0
    check()
    day.teardown()
