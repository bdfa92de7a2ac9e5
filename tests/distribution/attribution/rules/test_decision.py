"""Who is credited: the promises of attribution.md, against an independent reading of the page."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.distribution.attribution.rules.facts import (
    BUYER,
    DAY,
    MICROSECOND,
    NOW,
    bindings,
    orders,
    policies,
    standings,
    touch_lists,
)
from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingFact,
    Candidate,
    Decision,
    DistributorStanding,
    LineFact,
    LinkModel,
    OrderFacts,
    Reason,
    Scope,
    Source,
    TouchFact,
    decide,
    why_not_eligible,
)

LI, WANG = 1, 2
BOTH = {LI: DistributorStanding(LI), WANG: DistributorStanding(WANG)}
ORDER = OrderFacts(id=5, placed_at=NOW, lines=(LineFact(1, 100), LineFact(2, 200)), member_id=BUYER)


@dataclass(frozen=True)
class Case:
    """A whole set of facts."""

    order: OrderFacts
    touches: list[TouchFact]
    binding: BindingFact | None
    standings: dict[int, DistributorStanding]
    policy: AttributionPolicy

    def decided(self) -> tuple[Decision, ...]:
        return decide(self.order, self.touches, self.binding, self.standings, self.policy)

    def by_line(self) -> dict[int, Decision]:
        return {line_id: each for each in self.decided() for line_id in each.line_ids}

    def without(self, candidate: Candidate) -> "Case":
        if isinstance(candidate, BindingFact):
            return replace(self, binding=None)
        return replace(self, touches=[each for each in self.touches if each != candidate])


cases = st.builds(
    Case,
    order=orders,
    touches=touch_lists(),
    binding=st.none() | bindings,
    standings=standings,
    policy=policies,
)


def touch(distributor: int, source: str, ago: timedelta, seq: int = 1) -> TouchFact:
    return TouchFact(seq, Source(source), NOW - ago, seq, distributor)


# An oracle that shares nothing with the code but the types: it reads the page line by line and
# lets every pair of candidates fight it out.


def oracle_drop(case: Case, candidate: Candidate) -> str | None:
    policy, order = case.policy, case.order
    age = (order.placed_at - candidate.at) / MICROSECOND
    day = 24 * 3600 * 1_000_000
    standing = case.standings[candidate.distributor_id]
    start, end = standing.qualified_from, standing.qualified_until
    begun = start is not None and start <= order.placed_at
    ended = end is not None and end <= order.placed_at
    over = in_other = False
    if isinstance(candidate, BindingFact):
        over = candidate.valid_until is not None and candidate.valid_until <= NOW
    elif candidate.source == "coupon":
        in_other = candidate.order_id is not None and candidate.order_id != order.id
    objections = {
        "SOURCE_NOT_USED": list(policy.order).count(candidate.source) == 0,
        "AFTER_ORDER": age < 0,
        "BINDING_EXPIRED": over,
        "OTHER_ORDER": in_other,
        "OUTSIDE_WINDOW": candidate.source in ("code", "link") and age > policy.window_days * day,
        "DISTRIBUTOR_INACTIVE": not standing.active,
        "DISTRIBUTION_OFF": not standing.distribution_on,
        "NOT_QUALIFIED": standing.qualification_required and (not begun or ended),
        "SELF_PURCHASE": (
            not policy.self_purchase
            and order.member_id is not None
            and standing.own_member_id == order.member_id
        ),
    }
    return next((code for code, holds in objections.items() if holds), None)


def oracle_defeat(policy: AttributionPolicy, one: Candidate, other: Candidate) -> str | None:
    """Why `one` loses against `other`; None if it does not."""
    if one.source != other.source:
        behind = policy.order.index(one.source) > policy.order.index(other.source)
        return "LOWER_PRECEDENCE" if behind else None
    first_counts = one.source == "link" and policy.link_model == "first"
    if one.at < other.at:
        return None if first_counts else "NOT_LAST"
    if one.at > other.at:
        return "NOT_FIRST" if first_counts else None
    return "RECORDED_LATER" if one.recorded_seq > other.recorded_seq else None


def oracle(case: Case) -> dict[int, tuple[Candidate | None, set[tuple[Candidate, str]]]]:
    everything: list[Candidate] = [*case.touches]
    if case.binding is not None:
        everything.append(case.binding)
    answer: dict[int, tuple[Candidate | None, set[tuple[Candidate, str]]]] = {}
    for line in case.order.lines:
        lost: set[tuple[Candidate, str]] = set()
        fighters: list[Candidate] = []
        for candidate in everything:
            why = oracle_drop(case, candidate)
            elsewhere = candidate.sku_id is not None and candidate.sku_id != line.sku_id
            if why is None and case.policy.scope == "sku" and elsewhere:
                why = "OTHER_SKU"
            if why is None:
                fighters.append(candidate)
            else:
                lost.add((candidate, why))
        winners = [
            one
            for one in fighters
            if all(oracle_defeat(case.policy, one, other) is None for other in fighters)
        ]
        assert len(winners) == min(1, len(fighters))
        for one in fighters:
            if one not in winners:
                why = oracle_defeat(case.policy, one, winners[0])
                assert why is not None
                lost.add((one, why))
        answer[line.id] = (winners[0] if winners else None, lost)
    return answer


@given(case=cases)
@settings(max_examples=600)
def test_every_line_is_credited_as_the_page_says(case: Case) -> None:
    decided = {
        line_id: (each.winner, {(loser.candidate, str(loser.reason)) for loser in each.losers})
        for line_id, each in case.by_line().items()
    }

    assert decided == oracle(case)


@given(case=cases, data=st.data())
def test_the_order_in_which_facts_arrive_does_not_matter(case: Case, data: st.DataObject) -> None:
    shuffled = replace(
        case,
        touches=data.draw(st.permutations(case.touches)),
        order=replace(case.order, lines=tuple(data.draw(st.permutations(list(case.order.lines))))),
        standings=dict(reversed(case.standings.items())),
    )

    assert shuffled.decided() == case.decided()


@given(case=cases)
def test_replaying_the_facts_gives_the_same_decision_to_the_byte(case: Case) -> None:
    first, second = (json.dumps([each.to_data() for each in case.decided()]) for _ in range(2))

    assert first == second


@given(case=cases)
@settings(max_examples=300)
def test_taking_away_a_loser_changes_nothing_but_its_own_mention(case: Case) -> None:
    for line_id, before in case.by_line().items():
        for loser in before.losers:
            after = case.without(loser.candidate).by_line()[line_id]

            assert after.winner == before.winner
            assert after.rule == before.rule
            assert after.losers == tuple(each for each in before.losers if each is not loser)


@given(case=cases)
def test_the_decisions_share_out_the_lines_and_name_every_fact_once(case: Case) -> None:
    decisions = case.decided()
    facts = len(case.touches) + (case.binding is not None)

    assert sorted(line_id for each in decisions for line_id in each.line_ids) == [
        line.id for line in case.order.lines
    ]
    assert all(len(each.losers) + (each.winner is not None) == facts for each in decisions)
    assert len({(each.winner, each.losers) for each in decisions}) == len(decisions)
    if case.policy.scope == Scope.ORDER:
        assert len(decisions) == 1


@given(case=cases)
def test_a_decision_names_its_winner_in_one_way_only(case: Case) -> None:
    for each in case.decided():
        if each.winner is None:
            assert (each.distributor_id, each.source, each.touch_id, each.binding_id) == (None,) * 4
            assert each.rule is None
        else:
            assert each.distributor_id == each.winner.distributor_id
            assert (each.touch_id is None) == (each.source == Source.BINDING)
            assert (each.binding_id is None) == (each.source != Source.BINDING)
            assert each.rule is not None
            assert each.rule.startswith(f"{each.source}.")


@pytest.mark.parametrize("source", ["code", "link"])
@pytest.mark.parametrize("days", [1, 15, 90])
def test_exactly_the_window_counts_and_a_microsecond_more_does_not(source: str, days: int) -> None:
    policy = AttributionPolicy(window_days=days)
    at_the_edge = touch(LI, source, days * DAY)
    too_old = touch(LI, source, days * DAY + MICROSECOND)

    [counts] = decide(ORDER, [at_the_edge], None, BOTH, policy)
    [does_not] = decide(ORDER, [too_old], None, BOTH, policy)

    assert counts.distributor_id == LI
    assert does_not.distributor_id is None
    assert [loser.reason for loser in does_not.losers] == [Reason.OUTSIDE_WINDOW]


def test_a_coupon_counts_for_its_own_order_however_old_it_is() -> None:
    used_here = replace(touch(LI, "coupon", 80 * DAY), order_id=ORDER.id)
    used_before = replace(touch(WANG, "coupon", DAY, seq=2), order_id=ORDER.id + 1)

    [decision] = decide(ORDER, [used_here, used_before], None, BOTH, AttributionPolicy())

    assert decision.distributor_id == LI
    assert [loser.reason for loser in decision.losers] == [Reason.OTHER_ORDER]


def test_a_code_typed_for_an_earlier_order_still_counts_within_the_window() -> None:
    typed_before = replace(touch(LI, "code", 3 * DAY), order_id=ORDER.id + 1)

    [decision] = decide(ORDER, [typed_before], None, BOTH, AttributionPolicy())

    assert decision.distributor_id == LI


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (DistributorStanding(LI), None),
        (DistributorStanding(LI, active=False), Reason.DISTRIBUTOR_INACTIVE),
        (DistributorStanding(LI, distribution_on=False), Reason.DISTRIBUTION_OFF),
        (DistributorStanding(LI, qualification_required=True), Reason.NOT_QUALIFIED),
        (
            DistributorStanding(LI, qualification_required=True, qualified_from=NOW),
            None,
        ),
        (
            DistributorStanding(LI, qualification_required=True, qualified_from=NOW + MICROSECOND),
            Reason.NOT_QUALIFIED,
        ),
        (
            DistributorStanding(
                LI,
                qualification_required=True,
                qualified_from=NOW - DAY,
                qualified_until=NOW + MICROSECOND,
            ),
            None,
        ),
        (
            DistributorStanding(
                LI, qualification_required=True, qualified_from=NOW - DAY, qualified_until=NOW
            ),
            Reason.NOT_QUALIFIED,
        ),
        (DistributorStanding(LI, qualified_until=NOW - DAY), None),
        (DistributorStanding(LI, own_member_id=BUYER), Reason.SELF_PURCHASE),
        (DistributorStanding(LI, own_member_id=BUYER + 1), None),
    ],
)
def test_who_may_be_credited(standing: DistributorStanding, reason: Reason | None) -> None:
    answer = why_not_eligible(standing, at=NOW, buyer_member_id=BUYER, policy=AttributionPolicy())

    assert answer is reason


def test_an_unknown_buyer_is_not_the_unknown_self_of_a_distributor() -> None:
    """Neither the buyer's member nor the distributor's is known: that does not make them one."""
    answer = why_not_eligible(
        DistributorStanding(LI), at=NOW, buyer_member_id=None, policy=AttributionPolicy()
    )

    assert answer is None


def test_each_sku_has_its_own_contest_and_equal_outcomes_share_a_decision() -> None:
    order = replace(
        ORDER, lines=(LineFact(4, 300), LineFact(1, 100), LineFact(2, 300), LineFact(3, 400))
    )
    link = replace(touch(LI, "link", DAY), sku_id=100)
    binding = BindingFact(7, WANG, NOW - DAY)

    decisions = decide(order, [link], binding, BOTH, AttributionPolicy(scope=Scope.SKU))

    assert [(each.line_ids, each.distributor_id) for each in decisions] == [
        ((1,), LI),
        ((2, 3, 4), WANG),
    ]


def test_a_decision_as_data_holds_its_evidence() -> None:
    link = TouchFact(11, Source.LINK, NOW - DAY, 1, LI, link_id=31, sku_id=100, channel="wechat")
    binding = BindingFact(7, WANG, NOW - DAY)

    [decision] = decide(ORDER, [link], binding, BOTH, AttributionPolicy())

    assert decision.to_data() == {
        "line_ids": [1, 2],
        "winner": {
            "source": "link",
            "touch_id": 11,
            "distributor_id": LI,
            "at": "2026-03-15T04:00:00+00:00",
            "link_id": 31,
            "sku_id": 100,
            "channel": "wechat",
        },
        "rule": "link.last",
        "losers": [
            {
                "source": "binding",
                "binding_id": 7,
                "distributor_id": WANG,
                "at": "2026-03-15T04:00:00+00:00",
                "reason": "LOWER_PRECEDENCE",
            }
        ],
    }


def test_sources_read_as_plain_text_from_a_row_decide_the_same() -> None:
    """A row gives `"coupon"`, not `Source.COUPON`."""
    written = [touch(LI, "coupon", 40 * DAY, 1), touch(WANG, "link", DAY, 2)]
    read = [replace(each, source=cast("Source", each.source.value)) for each in written]
    policy = AttributionPolicy(link_model=LinkModel.FIRST)

    [decision] = decide(ORDER, read, None, BOTH, policy)
    [expected] = decide(ORDER, written, None, BOTH, policy)

    assert decision.to_data() == expected.to_data()
    assert decision.distributor_id == LI


def test_an_order_without_lines_has_no_decision() -> None:
    assert decide(replace(ORDER, lines=()), [], None, {}, AttributionPolicy()) == ()


def test_a_distributor_without_a_standing_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        decide(ORDER, [touch(3, "link", DAY)], None, BOTH, AttributionPolicy())
