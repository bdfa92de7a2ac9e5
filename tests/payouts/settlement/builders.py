"""A small group, distributors, and commission that they earned, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from tests.distribution.pool.builders import TEN_PERCENT
from yipan.distribution.commissions import actions as commissions
from yipan.distribution.commissions.accounts import (
    AVAILABLE,
    CLAWBACK,
    EXPENSE,
    IN_WITHDRAWAL,
    PENDING,
)
from yipan.distribution.commissions.keys import accrual_key
from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind, EntryState
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.distribution.pool.rules import LineFigures, PriceKind, RuleTerms, compile_rule
from yipan.group.organisations.models import Level, Organisation
from yipan.group.people.models import Person
from yipan.kernel import clock
from yipan.kernel.config_cache import configuration_changed
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.ledger.queries import balances
from yipan.trade.orders.events import LineRefunded, LineSnapshot

PLACES = (PENDING, AVAILABLE, IN_WITHDRAWAL, CLAWBACK)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Group:
    """Headquarters, one legal company, one store of it."""

    headquarters: Organisation
    company: Organisation
    store: Organisation


def plant_group() -> Group:
    """The smallest tree that can sell."""
    headquarters = _plant(None, Level.HEADQUARTERS)
    company = _plant(headquarters, Level.COMPANY)
    store = _plant(company, Level.STORE)
    configuration_changed()
    return Group(headquarters, company, store)


def _plant(parent: Organisation | None, level: Level) -> Organisation:
    id_ = next_id()
    company_id = id_ if level is Level.COMPANY else parent.company_id if parent else None
    planted: Organisation = Organisation.objects.create(
        id=id_,
        parent=parent,
        level=level,
        code=f"{level}-{next(_numbers)}",
        name=f"{level}",
        path=f"{parent.path if parent else '/'}{id_}/",
        company_id=company_id,
        created_at=clock.now(),
    )
    return planted


def make_distributor(
    store: Organisation, *, kind: str = DistributorKind.GUIDE, person: Person | None = None
) -> Distributor:
    """A guide of the store."""
    number = next(_numbers)
    made: Distributor = Distributor.objects.create(
        organisation=store,
        person=person,
        code=f"G-{number}",
        name=f"导购{number}",
        kind=kind,
        joined_at=clock.now(),
    )
    return made


def earn(
    distributor: Distributor,
    amount: int,
    *,
    due_at: datetime | None = None,
    hold_days: int = 7,
    line_id: int | None = None,
) -> Entry:
    """Commission of 10 % of a line at the distributor's home, due an hour ago, booked."""
    now = clock.now()
    store = distributor.organisation
    line_id = line_id or next_id()
    entry: Entry = Entry.objects.create(
        kind=EntryKind.ACCRUAL,
        line_id=line_id,
        order_id=next_id(),
        role=BeneficiaryRole.SELLER,
        sequence=0,
        distributor_id=distributor.id,
        organisation_id=store.id,
        company_id=store.company_id,
        sku_id=1,
        offer_id=1,
        rule_version_id=1,
        amount=amount,
        currency="CNY",
        paid_at=now,
        recorded_at=now,
        explanation=_explained(amount),
    )
    EntryState.objects.create(
        id=entry.id,
        line_id=line_id,
        distributor_id=distributor.id,
        organisation_id=store.id,
        currency="CNY",
        remaining=amount,
        due_at=due_at or now - timedelta(hours=1),
        hold_days=hold_days,
    )
    postings = (
        PostingDraft(EXPENSE.name, entry.company_id, amount),
        PostingDraft(PENDING.name, distributor.id, -amount),
    )
    post([JournalDraft(accrual_key(line_id, entry.role), "accrual", now, postings)])
    return entry


def _explained(amount: int) -> Mapping[str, object]:
    rule = compile_rule(RuleTerms.from_data(TEN_PERCENT), version=1)
    result = rule.compute(LineFigures(1, amount * 10, PriceKind.LIST), None, [])
    assert result.seller.amount == amount
    return result.explanation


def refund(entry: Entry, *, so_far: int, net_amount: int | None = None) -> None:
    """Give back the entry's line: `so_far` fen in all refunds together, of ten times the entry."""
    net = net_amount or entry.amount * 10
    line = LineSnapshot(entry.line_id, 1, 1, "SKU", 1, "/1/", 1, net, "list", net)
    with unit_of_work():
        commissions.reverse(
            refunds=[
                LineRefunded(
                    refund_id=next_id(),
                    number=f"R-{next(_numbers)}",
                    order_id=entry.order_id,
                    organisation_id=entry.organisation_id,
                    channel="pos",
                    campaign="",
                    member_id=None,
                    currency="CNY",
                    line=line,
                    quantity=0,
                    amount=so_far,
                    refunded_amount=so_far,
                    paid_at=entry.paid_at,
                    refunded_at=clock.now(),
                )
            ]
        )


def purse(distributor: Distributor) -> Mapping[str, int]:
    """The four balances of a distributor, fen by short name: pending, available, …"""
    names = [kind.name for kind in PLACES]
    found = balances([distributor.id], names)[distributor.id]
    return {name.removeprefix("commission_"): found[name] for name in names}


def put_available(distributor: Distributor, amount: int) -> None:
    """Available commission out of nowhere."""
    postings = (
        PostingDraft(EXPENSE.name, distributor.organisation.company_id or 0, amount),
        PostingDraft(AVAILABLE.name, distributor.id, -amount),
    )
    post([JournalDraft(f"gift:{next(_numbers)}", "gift", clock.now(), postings)])
