"""The chain of an order, read back: candidates → decision → lines → commission → books → payout.

A constant number of statements, however many lines and entries there are. What the reader has no
permission for at the order's organisation is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from yipan.customers.members.models import Member
from yipan.distribution.attribution.evidence import candidates_in
from yipan.distribution.attribution.models import Decision
from yipan.distribution.attribution.queries import decisions_with_evidence
from yipan.distribution.commissions.keys import accrual_key, reversal_key
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.commissions.queries import Balances, balances_of
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import tree
from yipan.group.people.scope import Scope
from yipan.kernel.modules import is_enabled
from yipan.ledger.models import Account, Journal
from yipan.payouts.withdrawals.models import Withdrawal
from yipan.surfaces.console.order_steps import Seen, Step, steps_of
from yipan.trade.orders.models import Order, OrderLine
from yipan.trade.payments.models import Payment

_LATEST = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might have been credited."""

    source: str
    at: datetime
    distributor: Distributor | None
    channel: str
    reason: str
    """Code of why not; empty for the winner."""
    kind: str
    """The model whose page tells of it: a touch or a binding."""
    id: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A decision with all that it weighed."""

    decision: Decision
    distributor: Distributor | None
    line_nos: list[int]
    rule: str
    candidates: list[Candidate]
    unowned: str
    """A code or coupon that the buyer named and that belongs to nobody."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A journal with its sides: account, owner's name, fen (debit positive)."""

    journal: Journal
    sides: list[tuple[Account, str, int]]


@dataclass(slots=True)
class Earning:
    """An entry, why it is what it is, where it stands and how it was booked."""

    entry: Entry
    distributor: Distributor | None
    why: str
    state: EntryState | None
    bookings: list[Booking] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sold:
    """A line with what it earns."""

    line: OrderLine
    earnings: list[Earning]


@dataclass(frozen=True, slots=True)
class Purse:
    """What became of a beneficiary's commission: balances now, payouts since the first release."""

    distributor: Distributor
    balances: Balances
    withdrawals: list[Withdrawal]


@dataclass(frozen=True, slots=True)
class Chain:
    """All of it; None: not for this reader, or its module is off."""

    steps: list[Step]
    buyer: Member | None
    payment: Payment | None
    credits: list[Credit] | None
    sold: list[Sold]
    shows_earnings: bool
    shows_bookings: bool
    purses: list[Purse] | None


def chain_of(order: Order, scope: Scope) -> Chain:
    """The chain as this reader may see it."""
    path = tree().node(order.organisation_id).path

    def may(permission: str) -> bool:
        return scope.allows(permission, path)

    lines = list(
        order.lines.select_related("sku").prefetch_related("refunds", "refund_requests")
        .order_by("line_no")
    )  # fmt: skip
    decisions = list(decisions_with_evidence(order.id)) if may("attribution.read") else []
    entries = _entries(order) if may("commissions.read") else []
    distributors = _distributors(decisions, entries)
    earnings = _earnings(entries, distributors)
    if may("ledger.read"):
        _book(earnings)
    by_line: dict[int, list[Earning]] = {}
    for earning in earnings:
        by_line.setdefault(earning.entry.line_id, []).append(earning)
    purses = _purses(earnings) if may("withdrawals.read") else None
    credited = _credits(decisions, lines, distributors) if may("attribution.read") else None
    return Chain(
        steps=steps_of(
            order,
            Seen(
                touches=None if credited is None else sum(len(c.candidates) for c in credited),
                credited=None if credited is None else _names(credited),
                states=[e.state for e in earnings if e.state] if may("commissions.read") else None,
                withdrawals=None if purses is None else [w for p in purses for w in p.withdrawals],
            ),
        ),
        buyer=_buyer(order) if may("members.read") else None,
        payment=_payment(order) if may("payments.read") else None,
        credits=credited,
        sold=[Sold(line, by_line.get(line.id, [])) for line in lines],
        shows_earnings=may("commissions.read"),
        shows_bookings=may("ledger.read"),
        purses=purses,
    )


def _names(credited: Sequence[Credit]) -> list[str]:
    return [credit.distributor.name for credit in credited if credit.distributor]


def _buyer(order: Order) -> Member | None:
    if order.member_id is None or not is_enabled("members"):
        return None
    found: Member | None = Member.objects.filter(id=order.member_id).first()
    return found


def _payment(order: Order) -> Payment | None:
    if not is_enabled("payments"):
        return None
    found: Payment | None = Payment.objects.filter(order_id=order.id).first()
    return found


def _entries(order: Order) -> list[Entry]:
    found = Entry.objects.filter(order_id=order.id)
    return list(found.order_by("line_id", "role", "sequence"))


def _distributors(
    decisions: Iterable[Decision], entries: Iterable[Entry]
) -> Mapping[int, Distributor]:
    ids = {entry.distributor_id for entry in entries}
    for decision in decisions:
        ids |= {each["distributor_id"] for each in candidates_in(decision.evidence)}
    return Distributor.objects.in_bulk(ids) if ids else {}


def _credits(
    decisions: Sequence[Decision],
    lines: Sequence[OrderLine],
    distributors: Mapping[int, Distributor],
) -> list[Credit]:
    numbers = {line.id: line.line_no for line in lines}
    return [
        Credit(
            decision=decision,
            distributor=distributors.get(decision.distributor_id or 0),
            line_nos=[numbers[id_] for id_ in decision.line_ids if id_ in numbers],
            rule=decision.evidence.get("rule") or "",
            candidates=_candidates(decision.evidence, distributors),
            unowned=decision.evidence.get("unowned_code")
            or decision.evidence.get("unowned_coupon")
            or "",
        )
        for decision in decisions
    ]


def _candidates(
    evidence: Mapping[str, Any], distributors: Mapping[int, Distributor]
) -> list[Candidate]:
    """The winner first, then the others, the latest first."""
    found = [
        Candidate(
            source=each["source"],
            at=datetime.fromisoformat(each["at"]),
            distributor=distributors.get(each["distributor_id"]),
            channel=each.get("channel") or "",
            reason=each.get("reason", ""),
            kind="attribution.Touch" if each.get("touch_id") else "attribution.Binding",
            id=each.get("touch_id") or each.get("binding_id") or 0,
        )
        for each in candidates_in(evidence)
    ]
    found.sort(key=lambda each: each.at, reverse=True)
    found.sort(key=lambda each: bool(each.reason))
    return found


def _earnings(entries: Sequence[Entry], distributors: Mapping[int, Distributor]) -> list[Earning]:
    states = EntryState.objects.in_bulk([entry.id for entry in entries]) if entries else {}
    language = get_language() or "zh-hans"
    found = []
    for entry in entries:
        distributor, why = distributors.get(entry.distributor_id), entry_sentence(entry, language)
        found.append(Earning(entry, distributor, why, states.get(entry.id)))
    return found


def _book(earnings: Sequence[Earning]) -> None:
    """Put each journal beside its entry: three statements (index: journal_once)."""
    of_key: dict[str, Earning] = {}
    for earning in earnings:
        for key in _keys(earning.entry):
            of_key[key] = earning
    if not of_key:
        return
    wanted = Journal.objects.filter(key__in=list(of_key)).prefetch_related("postings__account")
    journals = list(wanted.order_by("occurred_at", "id"))
    owners = {p.account.owner_id for journal in journals for p in journal.postings.all()}
    known = {e.entry.distributor_id: e.distributor for e in earnings if e.distributor}
    nodes = tree().by_id
    names = {
        owner: known[owner].name if owner in known else nodes[owner].name
        for owner in owners
        if owner in known or owner in nodes
    }
    for journal in journals:
        sides = [
            (posting.account, names.get(posting.account.owner_id, ""), posting.amount)
            for posting in sorted(journal.postings.all(), key=lambda each: -each.amount)
        ]
        of_key[journal.key].bookings.append(Booking(journal, sides))


def _keys(entry: Entry) -> list[str]:
    if entry.sequence:
        return [reversal_key(entry.line_id, entry.role, entry.sequence)]
    return [
        accrual_key(entry.line_id, entry.role),
        f"release:{entry.id}",
        f"offset:{entry.id}",
    ]


def _purses(earnings: Sequence[Earning]) -> list[Purse] | None:
    """Two statements; None where nothing can be paid out."""
    if not is_enabled("withdrawals"):
        return None
    owners = {e.distributor.id: e.distributor for e in earnings if e.distributor}
    if not owners:
        return []
    released: dict[int, datetime] = {}
    for earning in earnings:
        at = earning.state.released_at if earning.state else None
        if at is not None:
            owner = earning.entry.distributor_id
            released[owner] = min(at, released.get(owner, at))
    balances = balances_of(list(owners))
    withdrawals = _withdrawals_since(released)
    return [
        Purse(owner, balances[id_], [w for w in withdrawals if w.distributor_id == id_])
        for id_, owner in sorted(owners.items())
    ]


def _withdrawals_since(released: Mapping[int, datetime]) -> list[Withdrawal]:
    """Of each distributor from a moment on (index: withdrawal_of_distributor)."""
    if not released:
        return []
    wanted = Q()
    for owner, at in released.items():
        wanted |= Q(distributor_id=owner, requested_at__gte=at)
    found = Withdrawal.objects.filter(wanted)
    return list(found.order_by("requested_at")[: _LATEST * len(released)])
