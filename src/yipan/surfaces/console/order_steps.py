"""An order's way in one line: touched, placed, credited, paid, earned, released, paid out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yipan.distribution.commissions.models import EntryState
from yipan.group.people.columns import when
from yipan.kernel.money import yuan
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.trade.orders.models import Order


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way; `state` is `done`, `current`, `todo` or `failed`."""

    state: str
    title: str
    note: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What of an order its reader may know; None: not for them."""

    touches: int | None
    """How many led the buyer here or might have."""
    credited: Sequence[str] | None
    """Names of who is credited."""
    states: Sequence[EntryState] | None
    """Of its accruals."""
    withdrawals: Sequence[Withdrawal] | None
    """Payouts of the beneficiaries since the release."""


def steps_of(order: Order, seen: Seen) -> list[Step]:
    """The stops that the reader may know of, in order."""
    return [*_credit(order, seen), *_payment(order), *_money(order, seen)]


def _credit(order: Order, seen: Seen) -> Iterator[Step]:
    if seen.touches is not None:
        told = ngettext("{count} candidate", "{count} candidates", seen.touches)
        state = "done" if seen.touches else "todo"
        yield Step(state, _("Touched"), told.format(count=seen.touches))
    yield Step("done", _("Order placed"), order.channel, when(order.placed_at))
    if seen.credited is not None:
        names = ", ".join(dict.fromkeys(seen.credited)) or _("nobody")
        yield Step("done" if seen.credited else "todo", _("Credited"), names)


def _payment(order: Order) -> Iterator[Step]:
    if order.cancelled_at:
        yield Step("failed", _("Cancelled"), time=when(order.cancelled_at))
    elif order.paid_at:
        yield Step("done", _("Order paid"), yuan(order.net_amount), when(order.paid_at))
    else:
        yield Step("current", _("To be paid"), yuan(order.net_amount))


def _money(order: Order, seen: Seen) -> Iterator[Step]:
    if seen.states is None or order.cancelled_at:
        return
    left = sum(state.remaining for state in seen.states)
    if not seen.states:
        yield Step("todo", _("Commission earned"), _("none") if order.paid_at else "")
        return
    yield Step("done", _("Commission earned"), yuan(left))
    yield _release(seen.states)
    if seen.withdrawals is not None:
        yield _payout(seen.withdrawals)


def _release(states: Sequence[EntryState]) -> Step:
    waiting = [state for state in states if state.released_at is None]
    if not waiting:
        released = _last([state.released_at for state in states])
        return Step("done", _("Commission released"), time=when(released))
    if any(state.held for state in waiting):
        return Step("failed", _("Held"), _("a refund request is open"))
    due = _last([state.due_at for state in waiting])
    return Step("current", _("Due"), time=when(due))


def _payout(withdrawals: Sequence[Withdrawal]) -> Step:
    paid = [each for each in withdrawals if each.state == WithdrawalState.SUCCEEDED]
    if paid:
        ended = _last([each.ended_at for each in paid])
        return Step("done", _("Commission paid out"), time=when(ended))
    return Step("current" if withdrawals else "todo", _("Commission paid out"))


def _last(moments: Sequence[datetime | None]) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None
