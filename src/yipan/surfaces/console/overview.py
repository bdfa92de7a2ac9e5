"""The first page as cards: every number is a way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yipan.distribution.commissions.accounts import AVAILABLE
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.columns import list_of
from yipan.kernel.money import yuan
from yipan.ledger.models import Account
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.queries import OPEN_STATES
from yipan.surfaces.console.dashboard import Board, Day, Earned, Payouts, Purses, Releases, Trade
from yipan.trade.orders.models import Order

_OPEN: Final[Mapping[str, Any]] = {"state__in": ",".join(OPEN_STATES)}


@dataclass(frozen=True, slots=True)
class Card:
    """One number."""

    label: str
    figure: str
    link: str
    """Empty: leads nowhere."""
    hint: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Cards that belong together."""

    name: str
    title: str
    cards: list[Card]
    days: list[Day] | None = None
    days_link: str = ""
    """The list that a day of the chart narrows."""


def parts_of(board: Board) -> list[Part]:
    """What of the board there is to show, in order."""
    parts = []
    if board.sales:
        day = board.today
        month: dict[str, Any] = {"placed_at__year": day.year, "placed_at__month": day.month}
        today = {**month, "placed_at__day": day.day}
        cards = [
            _trade(_("Net sales today"), board.sales.today, today),
            _trade(_("Net sales this month"), board.sales.month, month),
        ]
        if board.earned_today and board.earned_month:
            cards += [
                _earned(_("Commission today"), board.earned_today, board.today),
                _earned(_("Commission this month"), board.earned_month, board.month),
            ]
        parts.append(Part("trade", _("Trade"), cards, board.sales.days, list_of(Order)))
    if board.purses:
        cards = _purses(board.purses, board.payouts)
        parts.append(Part("purses", _("Where commission is"), cards))
    work = _releases(board.releases) + _payouts(board.payouts)
    if work:
        parts.append(Part("work", _("Settlement and withdrawals"), work))
    return parts


def _filtered(model: type[Model], **conditions: Any) -> str:
    address = list_of(model)
    return f"{address}?{urlencode(conditions)}" if address and conditions else address


def _trade(label: str, trade: Trade, span: Mapping[str, Any]) -> Card:
    hint = ngettext("{count} order", "{count} orders", trade.orders).format(
        count=f"{trade.orders:,}"
    )
    return Card(label, yuan(trade.net), _filtered(Order, **span), hint)


def _earned(label: str, earned: Earned, since: datetime) -> Card:
    hint = _("{amount} reversed").format(amount=yuan(earned.reversed))
    return Card(
        label, yuan(earned.accrued), _filtered(Entry, paid_from=since.date().isoformat()), hint
    )


def _purses(purses: Purses, payouts: Payouts | None) -> list[Card]:
    owed = _("{amount} owed back after refunds").format(amount=yuan(purses.owed))
    cards = [
        Card(_("Pending"), yuan(purses.pending), _filtered(EntryState)),
        Card(
            _("Available"),
            yuan(purses.available),
            _filtered(Account, kind=AVAILABLE.name) or _filtered(Distributor),
            owed if purses.owed else "",
        ),
        Card(_("In withdrawal"), yuan(purses.in_withdrawal), _filtered(Withdrawal, **_OPEN)),
    ]
    if payouts:
        succeeded = {"state": WithdrawalState.SUCCEEDED.value}
        cards.append(Card(_("Paid"), yuan(payouts.paid), _filtered(Withdrawal, **succeeded)))
    return cards


def _releases(releases: Releases | None) -> list[Card]:
    if releases is None:
        return []
    return [
        Card(
            _("Late releases"),
            f"{releases.late:,}",
            _filtered(EntryState, standing="due"),
            yuan(releases.late_amount),
            warns=releases.late > 0,
        ),
        Card(
            _("Held by refund requests"),
            f"{releases.held:,}",
            _filtered(EntryState, standing="held"),
            yuan(releases.held_amount),
        ),
    ]


def _payouts(payouts: Payouts | None) -> list[Card]:
    if payouts is None:
        return []
    waiting = {"state": WithdrawalState.REQUESTED.value}
    return [
        Card(
            _("Open withdrawals"),
            f"{payouts.open:,}",
            _filtered(Withdrawal, **_OPEN),
            yuan(payouts.open_amount),
        ),
        Card(
            _("Withdrawals to approve"),
            f"{payouts.to_approve:,}",
            _filtered(Withdrawal, **waiting),
            warns=payouts.to_approve > 0,
        ),
    ]
