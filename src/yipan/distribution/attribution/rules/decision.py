"""Who is credited with an order: a pure function of facts (attribution.md, Resolution).

The same facts give the same decision in whatever order they come, and a candidate that did not win
can be taken away without changing who did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yipan.distribution.attribution.rules.facts import (
    BindingFact,
    Candidate,
    DistributorStanding,
    OrderFacts,
    Reason,
    Source,
    TouchFact,
)
from yipan.distribution.attribution.rules.policy import AttributionPolicy, LinkModel, Scope

Standings = Mapping[int, DistributorStanding]
"""By distributor id; must hold every distributor of the facts."""


@dataclass(frozen=True, slots=True)
class Loser:
    """A candidate that was not credited, and why."""

    candidate: Candidate
    reason: Reason

    def to_data(self) -> dict[str, object]:
        """JSON-able: the candidate's evidence and the reason's code."""
        return {**self.candidate.to_data(), "reason": str(self.reason)}


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is credited with some lines of an order, by what, and why nobody else is."""

    line_ids: tuple[int, ...]
    """Ascending."""
    winner: Candidate | None
    rule: str | None
    """What made it the winner: `code.last`, `coupon.last`, `link.last`, `link.first`,
    `binding.live`; None without a winner."""
    losers: tuple[Loser, ...]
    """By precedence of source, then by time."""

    @property
    def distributor_id(self) -> int | None:
        return None if self.winner is None else self.winner.distributor_id

    @property
    def source(self) -> Source | None:
        return None if self.winner is None else self.winner.source

    @property
    def touch_id(self) -> int | None:
        return self.winner.id if isinstance(self.winner, TouchFact) else None

    @property
    def binding_id(self) -> int | None:
        return self.winner.id if isinstance(self.winner, BindingFact) else None

    def to_data(self) -> dict[str, object]:
        """JSON-able: lines, winner with evidence, rule, losers with reasons."""
        return {
            "line_ids": list(self.line_ids),
            "winner": None if self.winner is None else self.winner.to_data(),
            "rule": self.rule,
            "losers": [loser.to_data() for loser in self.losers],
        }


def decide(
    order: OrderFacts,
    touches: Iterable[TouchFact],
    binding: BindingFact | None,
    standings: Standings,
    policy: AttributionPolicy,
) -> tuple[Decision, ...]:
    """Who is credited with the lines of an order.

    `touches` and `binding` are those of the buyer (by member, else by visitor); `standings` are as
    of the moment the order was placed. With scope `order` there is one decision for all lines;
    with scope `sku` each line has its own contest and lines with the same outcome share a
    decision. Every line is in exactly one decision; decisions come by their lowest line id.

    Raises KeyError for a candidate whose distributor has no standing.
    """
    candidates: list[Candidate] = [*touches, *([] if binding is None else [binding])]
    left: list[Candidate] = []
    dropped: list[Loser] = []
    for candidate in candidates:
        reason = _why_not_valid(candidate, order, policy) or why_not_eligible(
            standings[candidate.distributor_id],
            at=order.placed_at,
            buyer_member_id=order.member_id,
            policy=policy,
        )
        if reason is None:
            left.append(candidate)
        else:
            dropped.append(Loser(candidate, reason))
    if policy.scope == Scope.ORDER:
        line_ids = tuple(sorted(line.id for line in order.lines))
        return (_contest(line_ids, left, dropped, policy),) if line_ids else ()
    return _contests_by_sku(order, left, dropped, policy)


def why_not_eligible(
    standing: DistributorStanding,
    *,
    at: datetime,
    buyer_member_id: int | None,
    policy: AttributionPolicy,
) -> Reason | None:
    """Why a distributor cannot be credited with this buyer at this moment; None if they can."""
    if not standing.active:
        return Reason.DISTRIBUTOR_INACTIVE
    if not standing.distribution_on:
        return Reason.DISTRIBUTION_OFF
    if not standing.is_qualified(at):
        return Reason.NOT_QUALIFIED
    is_buyer = standing.own_member_id is not None and standing.own_member_id == buyer_member_id
    if is_buyer and not policy.self_purchase:
        return Reason.SELF_PURCHASE
    return None


def _why_not_valid(
    candidate: Candidate, order: OrderFacts, policy: AttributionPolicy
) -> Reason | None:
    """Why a fact does not count at the moment the order is placed, whoever its distributor is."""
    if candidate.source not in policy.order:
        return Reason.SOURCE_NOT_USED
    if candidate.at > order.placed_at:
        return Reason.AFTER_ORDER
    if isinstance(candidate, BindingFact):
        return None if candidate.is_live(order.placed_at) else Reason.BINDING_EXPIRED
    if candidate.source == Source.COUPON:
        return None if candidate.order_id in (None, order.id) else Reason.OTHER_ORDER
    if candidate.at < order.placed_at - timedelta(days=policy.window_days):
        return Reason.OUTSIDE_WINDOW
    return None


def _contests_by_sku(
    order: OrderFacts,
    left: Sequence[Candidate],
    dropped: Sequence[Loser],
    policy: AttributionPolicy,
) -> tuple[Decision, ...]:
    """One contest per SKU; lines whose outcome is the same, losers included, share a decision."""
    lines_of: dict[int, list[int]] = {}
    for line in order.lines:
        lines_of.setdefault(line.sku_id, []).append(line.id)
    merged: dict[Decision, list[int]] = {}
    for sku_id, line_ids in lines_of.items():
        shared = [each for each in left if each.sku_id in (None, sku_id)]
        others = [
            Loser(each, Reason.OTHER_SKU) for each in left if each.sku_id not in (None, sku_id)
        ]
        outcome = _contest((), shared, [*dropped, *others], policy)
        merged.setdefault(outcome, []).extend(line_ids)
    decisions = [
        Decision(tuple(sorted(line_ids)), outcome.winner, outcome.rule, outcome.losers)
        for outcome, line_ids in merged.items()
    ]
    return tuple(sorted(decisions, key=lambda decision: decision.line_ids))


def _contest(
    line_ids: tuple[int, ...],
    left: Sequence[Candidate],
    dropped: Sequence[Loser],
    policy: AttributionPolicy,
) -> Decision:
    """The first source with a candidate left wins; inside it the policy's model decides."""
    precedence = {source: place for place, source in enumerate(policy.order)}
    if not left:
        return Decision(line_ids, None, None, _in_order(dropped, precedence))
    first_source = min(left, key=lambda each: precedence[each.source]).source
    rivals = [each for each in left if each.source == first_source]
    takes_first = first_source == Source.LINK and policy.link_model == LinkModel.FIRST
    moment = min(each.at for each in rivals) if takes_first else max(each.at for each in rivals)
    winner = min(
        (each for each in rivals if each.at == moment),
        key=lambda each: (each.recorded_seq, each.id),
    )
    losers = [
        Loser(each, _why_beaten(each, winner, takes_first=takes_first))
        for each in left
        if each is not winner
    ]
    model = "live" if first_source == Source.BINDING else "first" if takes_first else "last"
    return Decision(
        line_ids, winner, f"{first_source}.{model}", _in_order([*dropped, *losers], precedence)
    )


def _why_beaten(candidate: Candidate, winner: Candidate, *, takes_first: bool) -> Reason:
    if candidate.source != winner.source:
        return Reason.LOWER_PRECEDENCE
    if candidate.at == winner.at:
        return Reason.RECORDED_LATER
    return Reason.NOT_FIRST if takes_first else Reason.NOT_LAST


def _in_order(losers: Sequence[Loser], precedence: Mapping[Source, int]) -> tuple[Loser, ...]:
    """By precedence (unused sources last, by name), then time, then order of recording."""

    def place(loser: Loser) -> tuple[int, str, datetime, int, int]:
        candidate = loser.candidate
        source = candidate.source
        used = precedence.get(source, len(precedence))
        return used, source, candidate.at, candidate.recorded_seq, candidate.id

    return tuple(sorted(losers, key=place))
