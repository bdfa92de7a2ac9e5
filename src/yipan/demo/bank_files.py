"""One industry group pays by bank file: files out, answers in, and what does not agree."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from yipan.demo.earning import BY_FILE
from yipan.demo.founding import Group
from yipan.demo.payouts import Purse, approve_what_needs_it, card_of, is_paying
from yipan.demo.plan import Plan
from yipan.distribution.commissions.accounts import AVAILABLE
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Role
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.money import yuan
from yipan.ledger.queries import balances
from yipan.payouts.withdrawals.actions import (
    Shown,
    apply_return,
    close_break,
    load_return,
    make_bank_file,
    request_withdrawal,
    take_break,
)
from yipan.payouts.withdrawals.models import BankBreak, BankFile, Finding, Withdrawal

_FIRST: Final = 15
_EVERY: Final = 10
_TEND_AFTER: Final = 4
"""Days after which somebody sees to what the bank said otherwise."""
_LEAST: Final = 2_000
"""Fen: nobody of them asks for less."""
_AT_ONCE: Final = 6
_SHORT: Final = 1_000
"""Fen that the bank has paid less than it was told to, once."""
_UNTIL_LAST: Final = 2
"""Days from the file whose answer waits to the last day."""
_REFUSALS: Final = ("收款户名与账号不符", "收款账户状态异常", "账户已销户")
_HEAD: Final = ("业务流水号", "金额(元)", "处理状态", "失败原因")


@dataclass(slots=True)
class Bank:
    """What was carried to the bank, and what it has not answered yet."""

    plan: Plan
    group: Group
    purse: Purse
    sellers: Sequence[Distributor]
    """Who is paid by file."""
    sent: BankFile | None = None
    asked: dict[int, int] = field(default_factory=dict)
    """Distributor → how often they asked, so that everybody's turn comes."""

    @property
    def rounds(self) -> list[int]:
        """The days on which a file goes out, but for those at the very end."""
        return list(range(_FIRST, self.plan.days - _UNTIL_LAST - 2, _EVERY))

    @property
    def clerk(self) -> Actor:
        """Who carries the files."""
        return self.group.staff[Role.FINANCE]


def open_bank(plan: Plan, group: Group, purse: Purse) -> Bank:
    """With the sellers of the one industry group."""
    home = list(group.industries.values())[BY_FILE].path
    told = {each.id for each in purse.told}
    sellers = [
        each
        for each in group.sellers
        if each.organisation.path.startswith(home) and each.id not in told
    ]
    return Bank(plan, group, purse, sellers)


def day_at_the_bank(bank: Bank, number: int) -> None:
    """What finance does with the bank at the end of a day."""
    if not is_paying():
        return
    rounds, last = bank.rounds, bank.plan.days - 1
    if number - 1 in rounds:
        _answer(bank, rounds.index(number - 1), len(rounds))
    if number - _TEND_AFTER in rounds:
        _tend(bank, rounds.index(number - _TEND_AFTER), len(rounds))
    if number in rounds or number == last - _UNTIL_LAST:
        bank.sent = _send(bank)
    elif number == last:
        _leave_open(bank)


def _send(bank: Bank) -> BankFile | None:
    """Let some ask, and hand to the bank what is approved."""
    approve_what_needs_it(bank.purse, list(_wishes(bank)))
    return _handed_over(bank)


def _leave_open(bank: Bank) -> None:
    """For the last day: an answer to look at, a file on its way, and payouts that wait for one."""
    if bank.sent is not None:
        _load(bank, bank.sent, _rows(bank.sent, refuse=True))
    _send(bank)
    approve_what_needs_it(bank.purse, list(_wishes(bank))[1:])


def _wishes(bank: Bank) -> list[Withdrawal]:
    """Those who asked least often ask for a third or a half of what they have."""
    found = balances([each.id for each in bank.sellers], [AVAILABLE.name], "CNY")
    able = [each for each in bank.sellers if found[each.id][AVAILABLE.name] >= 3 * _LEAST]
    able.sort(key=lambda each: (bank.asked.get(each.id, 0), -found[each.id][AVAILABLE.name]))
    wishes = []
    for each in able[:_AT_ONCE]:
        part = bank.purse.dice.choice((2, 3))
        wishes.append(
            request_withdrawal(
                distributor=each,
                card=card_of(bank.purse, each),
                amount=min(found[each.id][AVAILABLE.name] // part // 100 * 100, 2_000_000),
                by=Actor(ActorKind.DISTRIBUTOR, each.id, each.name),
            )
        )
        bank.asked[each.id] = bank.asked.get(each.id, 0) + 1
    return wishes


def _handed_over(bank: Bank) -> BankFile | None:
    payer = bank.group.headquarters.id
    waiting = Withdrawal.objects.filter(state="approved", provider="bank_file", payer_id=payer)
    nets = dict(waiting.values_list("id", "net"))
    if not nets:
        return None
    return make_bank_file(
        payer_id=payer,
        withdrawal_ids=list(nets),
        layout="gbk",
        shown=Shown(len(nets), sum(nets.values())),
        by=bank.clerk,
    )


def _answer(bank: Bank, index: int, rounds: int) -> None:
    """The bank's answer to what went out the day before, loaded and applied."""
    if bank.sent is None:
        return
    is_last = index == rounds - 1
    rows = _rows(bank.sent, refuse=index % 2 == 0 or is_last, short=is_last and rounds > 1)
    if index in {0, rounds - 2}:
        rows.append((f"W{bank.sent.made_at:%Y%m%d}00000000{index:08d}", "58.00", "成功", ""))
    loaded = _load(bank, bank.sent, rows)
    apply_return(return_id=loaded, by=bank.clerk)


def _rows(
    file: BankFile, *, refuse: bool = False, short: bool = False
) -> list[tuple[str, str, str, str]]:
    """A line for each payout: all paid, but for the last one, and too little for the first."""
    payouts = list(file.withdrawals.order_by("id"))
    rows = []
    for number, payout in enumerate(payouts):
        amount = payout.net - (_SHORT if short and number == 0 else 0)
        refused = refuse and number == len(payouts) - 1 > 0
        why = _REFUSALS[payout.net // 100 % len(_REFUSALS)] if refused else ""
        rows.append((payout.reference, _plain(amount), "失败" if refused else "成功", why))
    return rows


def _plain(fen: int) -> str:
    return yuan(fen).replace("¥", "").replace(",", "")


def _load(bank: Bank, file: BankFile, rows: Sequence[tuple[str, ...]]) -> int:
    out = StringIO()
    csv.writer(out).writerows([_HEAD, *rows])
    loaded = load_return(
        payer_id=file.payer_id,
        file_name=f"代发结果_{file.number}.csv",
        content=out.getvalue().encode("gbk"),
        by=bank.clerk,
    )
    return loaded.id


def _tend(bank: Bank, index: int, rounds: int) -> None:
    """The first difference is cleared up; another one gets a new owner; the rest grow older."""
    found = BankBreak.objects.filter(kind=Finding.UNKNOWN, closed_at__isnull=True).first()
    if found is None:
        return
    if index == 0:
        told = "银行确认为他行误挂流水,已书面冲回,与我方账务无关。"
        close_break(break_id=found.id, resolution=told, by=bank.clerk)
    elif index == rounds - 2:
        take_break(break_id=found.id, by=bank.group.staff[Role.ADMINISTRATOR])
