"""Deciding an order again from the recorded facts, to show that nothing was changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yipan.distribution.attribution.evidence import candidates_in, standings_in
from yipan.distribution.attribution.models import Binding, Decision, Touch
from yipan.distribution.attribution.queries.decisions import decisions_with_evidence
from yipan.distribution.attribution.queries.facts import recorded_seq
from yipan.distribution.attribution.queries.policies import KIND
from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingFact,
    Candidate,
    DistributorStanding,
    LineFact,
    OrderFacts,
    Source,
    TouchFact,
    decide,
)
from yipan.kernel.errors import NotFound
from yipan.kernel.models import PolicyVersion
from yipan.trade.orders.models import Order


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided, and what the same facts say again."""

    order_id: int
    stored: tuple[Mapping[str, Any], ...]
    """Lines, winner, rule and losers of each decision, as they were written down."""
    again: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    """Facts that the decisions name and that are not there, such as `touch 17`."""

    @property
    def same(self) -> bool:
        """Whether the facts are whole and give the same decisions."""
        return not self.missing and self.stored == self.again


def replay(order_id: int) -> Replay:
    """Decide an order again and compare.

    Order, touches, bindings and the policy version are read from their tables; what was known of
    the distributors at the time is read from the evidence. Six statements at most. For an order
    that was never decided the decisions are missing. Raises NotFound for an order that is not
    there.
    """
    rows = list(decisions_with_evidence(order_id))
    order = Order.objects.filter(pk=order_id).prefetch_related("lines").first()
    if order is None:
        raise NotFound(kind="order", ref=order_id)
    if not rows:
        return Replay(order_id, (), (), ("decisions",))
    facts = OrderFacts(
        order.id,
        order.placed_at,
        tuple(LineFact(line.id, line.sku_id) for line in order.lines.all()),
        order.member_id,
    )
    named = [each for row in rows for each in candidates_in(row.evidence)]
    touches = _touches(named)
    bindings = _bindings(named)
    standings: dict[int, DistributorStanding] = {}
    for row in rows:
        standings |= standings_in(row.evidence)
    missing = _missing("touch", named, touches) + _missing("binding", named, bindings)
    found: list[Candidate] = [*touches.values(), *bindings.values()]
    for fact in found:
        if fact.distributor_id not in standings:  # the fact names somebody else than it did
            missing.append(f"distributor {fact.distributor_id}")
            standings[fact.distributor_id] = DistributorStanding(fact.distributor_id)
    again = decide(
        facts,
        touches.values(),
        next(iter(bindings.values()), None),
        standings,
        _policy(rows[0]),
    )
    return Replay(
        order_id,
        tuple(_as_stored(row) for row in rows),
        tuple(decision.to_data() for decision in again),
        tuple(missing),
    )


def _as_stored(row: Decision) -> Mapping[str, Any]:
    """The decision by its columns; the evidence adds when and why."""
    evidence = row.evidence
    winner = evidence["winner"]
    if winner is not None:
        columns = {
            "source": row.source,
            "distributor_id": row.distributor_id,
            "touch_id": row.touch_id,
            "binding_id": row.binding_id,
        }
        winner = {**winner, **{key: columns[key] for key in columns.keys() & winner.keys()}}
    elif row.distributor_id is not None:
        winner = {"distributor_id": row.distributor_id}
    return {
        "line_ids": list(row.line_ids),
        "winner": winner,
        "rule": evidence["rule"],
        "losers": evidence["losers"],
    }


def _touches(named: Sequence[Mapping[str, Any]]) -> dict[int, TouchFact]:
    ids = {each["touch_id"] for each in named if "touch_id" in each}
    return {
        row.id: TouchFact(
            id=row.id,
            source=Source(row.source),
            at=row.touched_at,
            recorded_seq=recorded_seq(row.recorded_at),
            distributor_id=row.distributor_id,
            link_id=row.link_id,
            sku_id=row.sku_id,
            channel=row.channel,
            order_id=row.order_id,
        )
        for row in Touch.objects.filter(id__in=ids)
    }


def _bindings(named: Sequence[Mapping[str, Any]]) -> dict[int, BindingFact]:
    ids = {each["binding_id"] for each in named if "binding_id" in each}
    return {
        row.id: BindingFact(
            row.id, row.distributor_id, row.bound_at, row.valid_until, row.protected_until
        )
        for row in Binding.objects.filter(id__in=ids, distributor_id__isnull=False)
        if row.distributor_id is not None
    }


def _missing(
    kind: str, named: Iterable[Mapping[str, Any]], found: Mapping[int, object]
) -> list[str]:
    ids = {each[f"{kind}_id"] for each in named if f"{kind}_id" in each}
    return [f"{kind} {id_}" for id_ in sorted(ids - found.keys())]


def _policy(row: Decision) -> AttributionPolicy:
    """The version that was used; of the built-in defaults, as they were then."""
    if row.policy_id is not None:
        version = PolicyVersion.objects.get(pk=row.policy_id, kind=KIND)
        return AttributionPolicy.from_data(version.data)
    return AttributionPolicy.from_data(row.evidence["policy"])
