"""Every business event that insight keeps, as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.queries import Credit, decisions_of
from yipan.distribution.commissions.events import (
    CommissionAccrued,
    CommissionReversed,
    EntryMade,
)
from yipan.group.organisations.queries import tree
from yipan.insight.facts.actions import append_facts, append_releases
from yipan.insight.facts.models import FactKind
from yipan.insight.facts.queries import homes_of
from yipan.insight.facts.rows import NOWHERE, FactRow, Places, places
from yipan.kernel.events import on
from yipan.kernel.zones import day_of
from yipan.payouts.settlement.events import EntriesReleased
from yipan.payouts.withdrawals.events import WithdrawalSucceeded
from yipan.trade.orders.events import LineRefunded, LineSnapshot, OrderPaid, OrderSnapshot


class _Dimensions:
    """Places and days of one call of a handler, each worked out once."""

    def __init__(self) -> None:
        self._tree = tree()
        self._places: dict[int | None, Places] = {None: NOWHERE}
        self._days: dict[datetime, date] = {}

    def places(self, organisation_id: int | None) -> Places:
        """An organisation with those above it."""
        if organisation_id not in self._places:
            node = self._tree.by_id.get(organisation_id) if organisation_id is not None else None
            self._places[organisation_id] = places(node, self._tree) if node else NOWHERE
        return self._places[organisation_id]

    def day(self, moment: datetime) -> date:
        """The business day of a moment."""
        if moment not in self._days:
            self._days[moment] = day_of(moment)
        return self._days[moment]


@on(TouchRecorded)
def touches(events: Sequence[TouchRecorded]) -> None:
    """A link was opened, a code used."""
    its = _Dimensions()
    homes = homes_of({event.distributor_id for event in events})
    rows = [
        FactRow(
            kind=FactKind.TOUCH.value,
            at=event.at,
            day=its.day(event.at),
            places=its.places(event.organisation_id),
            distributor_id=event.distributor_id,
            home_organisation_id=homes.get(event.distributor_id),
            sku_id=event.sku_id,
            channel=event.channel,
            campaign=event.campaign,
            member_id=event.member_id,
            touches=1,
        )
        for event in events
    ]
    append_facts(rows=rows)


@on(OrderPaid)
def sales(events: Sequence[OrderPaid]) -> None:
    """Lines were paid: one fact each, with the distributor credited, if there is one."""
    its = _Dimensions()
    decisions = decisions_of([event.order.id for event in events])
    homes = homes_of(_credited(decisions))
    rows = []
    for event in events:
        credited = {
            line_id: credit.distributor_id
            for credit in decisions.get(event.order.id, ())
            for line_id in credit.line_ids
        }
        for line in event.order.lines:
            seller = credited.get(line.id)
            rows.append(
                _line_fact(
                    its, FactKind.SALE.value, event.order, line, _paid_at(event.order)
                )._replace(
                    distributor_id=seller,
                    home_organisation_id=homes.get(seller) if seller else None,
                    units=line.quantity,
                    list_amount=line.list_price * line.quantity,
                    net_amount=line.net_amount,
                )
            )
    append_facts(rows=rows)


@on(LineRefunded)
def refunds(events: Sequence[LineRefunded]) -> None:
    """Lines were refunded: negative units and amounts."""
    its = _Dimensions()
    decisions = decisions_of(sorted({event.order_id for event in events}))
    homes = homes_of(_credited(decisions))
    rows = []
    for event in events:
        seller = next(
            (
                credit.distributor_id
                for credit in decisions.get(event.order_id, ())
                if event.line.id in credit.line_ids
            ),
            None,
        )
        rows.append(
            _refund_fact(its, FactKind.REFUND.value, event)._replace(
                distributor_id=seller,
                home_organisation_id=homes.get(seller) if seller else None,
                units=-event.quantity,
                list_amount=-event.line.list_price * event.quantity,
                net_amount=-event.amount,
            )
        )
    append_facts(rows=rows)


@on(CommissionAccrued)
def accruals(events: Sequence[CommissionAccrued]) -> None:
    """Commission was earned."""
    its = _Dimensions()
    rows = [
        _of_entry(
            _line_fact(its, FactKind.ACCRUAL.value, event.order, entry.line, event.paid_at), entry
        )
        for event in events
        for entry in event.entries
    ]
    append_facts(rows=rows)


@on(CommissionReversed)
def reversals(events: Sequence[CommissionReversed]) -> None:
    """Commission was taken back."""
    its = _Dimensions()
    rows = [
        _of_entry(_refund_fact(its, FactKind.REVERSAL.value, event.refund), entry)
        for event in events
        for entry in event.entries
    ]
    append_facts(rows=rows)


@on(EntriesReleased)
def releases(events: Sequence[EntriesReleased]) -> None:
    """Commission became available."""
    for event in events:
        amounts = {entry.entry_id: entry.amount for entry in event.entries if entry.amount}
        append_releases(amounts=amounts, at=event.released_at)


@on(WithdrawalSucceeded)
def withdrawals(events: Sequence[WithdrawalSucceeded]) -> None:
    """Commission was paid out."""
    its = _Dimensions()
    rows = [
        FactRow(
            kind=FactKind.WITHDRAWAL.value,
            at=event.at,
            day=its.day(event.at),
            places=its.places(event.withdrawal.organisation_id),
            distributor_id=event.withdrawal.distributor_id,
            home_organisation_id=event.withdrawal.organisation_id,
            commission=event.withdrawal.gross,
            tax=event.withdrawal.tax,
        )
        for event in events
    ]
    append_facts(rows=rows)


def _credited(decisions: Mapping[int, Sequence[Credit]]) -> set[int]:
    return {
        credit.distributor_id
        for credits_ in decisions.values()
        for credit in credits_
        if credit.distributor_id is not None
    }


def _paid_at(order: OrderSnapshot) -> datetime:
    if order.paid_at is None:
        message = f"order {order.id} is not paid"
        raise ValueError(message)
    return order.paid_at


def _line_fact(
    its: _Dimensions, kind: str, order: OrderSnapshot, line: LineSnapshot, at: datetime
) -> FactRow:
    return FactRow(
        kind=kind,
        at=at,
        day=its.day(at),
        places=its.places(order.organisation_id),
        sku_id=line.sku_id,
        product_id=line.product_id,
        category_path=line.category_path,
        channel=order.channel,
        price_kind=line.price_kind,
        campaign=order.campaign,
        member_id=order.member_id,
        order_id=order.id,
        line_id=line.id,
    )


def _refund_fact(its: _Dimensions, kind: str, event: LineRefunded) -> FactRow:
    return FactRow(
        kind=kind,
        at=event.refunded_at,
        day=its.day(event.refunded_at),
        places=its.places(event.organisation_id),
        sku_id=event.line.sku_id,
        product_id=event.line.product_id,
        category_path=event.line.category_path,
        channel=event.channel,
        price_kind=event.line.price_kind,
        campaign=event.campaign,
        member_id=event.member_id,
        order_id=event.order_id,
        line_id=event.line.id,
    )


def _of_entry(row: FactRow, entry: EntryMade) -> FactRow:
    return row._replace(
        distributor_id=entry.distributor_id,
        home_organisation_id=entry.home_organisation_id,
        role=entry.role,
        entry_id=entry.id,
        commission=entry.amount,
    )
