"""Deciding who is credited with captured orders, and binding those who paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yipan.distribution.attribution.actions.rows import append_bindings, append_touches
from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.evidence import Unowned, evidence_of
from yipan.distribution.attribution.models import Decision as DecisionRow
from yipan.distribution.attribution.queries.decisions import (
    Credit,
    decisions_and_last_bindings,
    noted,
)
from yipan.distribution.attribution.queries.facts import (
    BuyerFacts,
    Facts,
    Question,
    facts_for,
    recorded_seq,
)
from yipan.distribution.attribution.queries.policies import PolicyInForce, attribution_policy
from yipan.distribution.attribution.rules import (
    BindingStep,
    BindingTrigger,
    BindOn,
    Case,
    Decision,
    DistributorStanding,
    LineFact,
    NewBinding,
    OrderFacts,
    Outcome,
    Source,
    TouchFact,
    follow,
    play,
)
from yipan.distribution.distributors.rules import normalised_code
from yipan.group.organisations.queries import Tree, tree
from yipan.kernel import clock, uow
from yipan.kernel.events import announce, to_json
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.sql import array_text
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.events import OrderSnapshot

_DECISION: Final = (
    "id", "tenant_id", "order_id", "sequence", "organisation_id", "line_ids", "distributor_id",
    "source", "touch_id", "binding_id", "policy_id", "policy_version", "evidence", "decided_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """An order with its policy and what its buyer named."""

    order: OrderSnapshot
    policy: PolicyInForce
    code: str
    coupon: str

    def question(self) -> Question:
        order = self.order
        since = order.placed_at - timedelta(days=self.policy.settings.window_days)
        return Question(
            order.member_id, order.visitor, self.code, self.coupon, order.placed_at, since
        )


def decide_captured(*, orders: Sequence[OrderSnapshot]) -> None:
    """Decide who is credited with each order, write it down, and bind buyers who paid at once.

    One statement to read the facts of up to 500 orders; everything written goes with the end of
    the unit of work. The outcome is that of one order after the other in the order of their times.
    """
    organisations = tree()
    asked = _with_policies(orders, organisations)
    facts = facts_for([each.question() for each in asked])
    # Facts hear of these distributors in the same unit of work: their homes need no second look.
    homes = {each.id: each.organisation_id for each in facts.distributors.values()}
    uow.notes().setdefault("distributors.homes", {}).update(homes)
    standings = _Standings(facts, organisations)
    now = clock.now()
    touches = _touches_made(asked, facts.of_question)
    made = _as_facts(touches, recorded_seq(now))
    cases = [
        _case(each, found, tuple(made.get(each.order.id, ())))
        for each, found in zip(asked, facts.of_question, strict=True)
    ]
    outcomes = play(cases, facts.last_bindings, standings.at, _fresh_ids())
    _append_touches(touches, now)
    _append_decisions(asked, facts.of_question, outcomes, standings, now)
    append_bindings([new for outcome in outcomes for new in outcome.bindings], now=now)
    _bound_when_decided().update(order.id for order in orders if order.paid_at is not None)
    announce(*[touch for touch, _ in touches])


def _bound_when_decided() -> set[int]:
    """Note: the orders that this unit of work captured as paid."""
    bound: set[int] = uow.notes().setdefault("attribution.bound_when_decided", set())
    return bound


def _with_policies(orders: Sequence[OrderSnapshot], organisations: Tree) -> list[_Asked]:
    return [
        _Asked(
            order,
            attribution_policy(
                lineage=organisations.node(order.organisation_id).lineage, at=order.placed_at
            ),
            normalised_code(order.distributor_code),
            order.coupon_code.strip().upper(),
        )
        for order in orders
    ]


def _fresh_ids() -> Iterator[int]:
    while True:
        yield next_id()


def _touches_made(
    asked: Sequence[_Asked], facts: Sequence[BuyerFacts]
) -> list[tuple[TouchRecorded, str]]:
    """The code typed and the coupon used in each order, where they belong to somebody."""
    wanted = [
        (each.order, source, distributor_id, code)
        for each, found in zip(asked, facts, strict=True)
        for source, distributor_id, code in (
            (Source.CODE, found.typed, each.code),
            (Source.COUPON, found.used, each.coupon),
        )
        if distributor_id is not None
    ]
    touches = []
    for id_, (order, source, distributor_id, code) in zip(
        next_ids(len(wanted)), wanted, strict=True
    ):
        touch = TouchRecorded(
            touch_id=id_,
            source=source.value,
            at=order.placed_at,
            visitor=order.visitor,
            member_id=order.member_id,
            distributor_id=distributor_id,
            link_id=None,
            sku_id=None,
            organisation_id=order.organisation_id,
            order_id=order.id,
            channel=order.channel,
            campaign=order.campaign,
        )
        touches.append((touch, code))
    return touches


def _as_facts(touches: Sequence[tuple[TouchRecorded, str]], seq: int) -> dict[int, list[TouchFact]]:
    """By order."""
    found: dict[int, list[TouchFact]] = {}
    for touch, _ in touches:
        fact = TouchFact(
            id=touch.touch_id,
            source=Source(touch.source),
            at=touch.at,
            recorded_seq=seq,
            distributor_id=touch.distributor_id,
            channel=touch.channel,
            order_id=touch.order_id,
        )
        found.setdefault(touch.order_id or 0, []).append(fact)
    return found


def _case(asked: _Asked, found: BuyerFacts, made: tuple[TouchFact, ...]) -> Case:
    order = asked.order
    return Case(
        order=OrderFacts(
            order.id,
            order.placed_at,
            tuple(LineFact(line.id, line.sku_id) for line in order.lines),
            order.member_id,
        ),
        visitor=order.visitor,
        policy=asked.policy.settings,
        paid_at=order.paid_at,
        touches=tuple(found.touches),
        made=made,
        binding=found.binding,
    )


class _Standings:
    """What is known of the distributors, each worked out once per moment that matters."""

    def __init__(self, facts: Facts, organisations: Tree) -> None:
        self._facts = facts
        self._organisations = organisations
        self._always: dict[int, DistributorStanding] = {}

    def at(self, distributor_id: int, moment: datetime) -> DistributorStanding:
        if distributor_id in self._always:
            return self._always[distributor_id]
        known = self._facts.distributors[distributor_id]
        standing = known.standing(moment, self._organisations)
        if known.left_at is None:  # otherwise it depends on the moment
            self._always[distributor_id] = standing
        return standing


def _append_touches(touches: Sequence[tuple[TouchRecorded, str]], now: datetime) -> None:
    append_touches([touch for touch, _ in touches], codes=[code for _, code in touches], now=now)


def _append_decisions(
    asked: Sequence[_Asked],
    facts: Sequence[BuyerFacts],
    outcomes: Sequence[Outcome],
    standings: _Standings,
    now: datetime,
) -> None:
    """Write the decisions down, and note them for who asks in the same unit of work."""
    notes, tenant_id = noted(), current_tenant_id()
    ids = iter(next_ids(sum(len(outcome.decisions) for outcome in outcomes)))
    for each, found, outcome in zip(asked, facts, outcomes, strict=True):
        named = Unowned(
            code=each.code if found.typed is None else "",
            coupon=each.coupon if found.used is None else "",
        )
        credits_ = []
        for sequence, (decision, id_) in enumerate(
            zip(outcome.decisions, ids, strict=False), start=1
        ):
            evidence = evidence_of(
                decision,
                policy=each.policy.settings.to_data(),
                standings=_known_of(decision, standings, each.order.placed_at),
                unowned=named,
            )
            row = (
                id_, tenant_id, each.order.id, sequence, each.order.organisation_id,
                array_text(decision.line_ids), decision.distributor_id, decision.source or "",
                decision.touch_id, decision.binding_id, each.policy.version.id,
                each.policy.version.version, to_json(evidence), now,
            )  # fmt: skip
            uow.append(DecisionRow, _DECISION, row)
            credits_.append(_credit(id_, decision))
        notes[each.order.id] = tuple(credits_)


def _known_of(
    decision: Decision, standings: _Standings, at: datetime
) -> Mapping[int, DistributorStanding]:
    candidates = [loser.candidate for loser in decision.losers]
    if decision.winner is not None:
        candidates.append(decision.winner)
    return {each.distributor_id: standings.at(each.distributor_id, at) for each in candidates}


def _credit(id_: int, decision: Decision) -> Credit:
    return Credit(
        decision.line_ids,
        decision.distributor_id,
        str(decision.source or ""),
        decision.touch_id,
        decision.binding_id,
        id_,
    )


def bind_paid(*, orders: Sequence[OrderSnapshot]) -> None:
    """Bind the buyers of orders that were captured earlier and are paid now.

    An order that was captured as paid bound its buyer when it was decided. One statement, which
    also reads the decisions for those who ask next.
    """
    bound = _bound_when_decided()
    later = [order for order in orders if order.id not in bound]
    if not later:
        return
    found, last = decisions_and_last_bindings([(order.id, order.member_id) for order in later])
    known = noted()
    known.update(found)
    append_bindings(_purchases(later, known, last), now=clock.now())


def _purchases(
    orders: Sequence[OrderSnapshot],
    credits_: Mapping[int, tuple[Credit, ...]],
    last: dict[int, BindingStep],
) -> list[NewBinding]:
    organisations, ids = tree(), _fresh_ids()
    bindings = []
    paid = [(order.paid_at, order) for order in orders if order.paid_at is not None]
    for paid_at, order in sorted(paid, key=lambda pair: (pair[0], pair[1].id)):
        if order.member_id is None:
            continue
        lineage = organisations.node(order.organisation_id).lineage
        policy = attribution_policy(lineage=lineage, at=order.placed_at).settings
        if policy.bind_on != BindOn.FIRST_PURCHASE:
            continue
        for credit in credits_.get(order.id, ()):
            new = follow(
                policy,
                last.get(order.member_id),
                BindingTrigger.PURCHASE,
                member_id=order.member_id,
                winner=credit.distributor_id,
                at=paid_at,
                new_ids=ids,
                touch_id=credit.touch_id,
                order_id=order.id,
            )
            if new is not None:
                last[order.member_id] = new.step
                bindings.append(new)
    return bindings
