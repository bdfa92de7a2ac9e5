"""What a stored decision says of its reasons, and how it is read back for a replay.

{"rule": "link.last" | null,
 "winner": {source, touch_id | binding_id, distributor_id, at, …} | null,
 "losers": [{… like a winner, "reason": "NOT_LAST"}, …],
 "policy": {every setting},
 "distributors": {"<id>": what was known of each candidate's distributor},
 "unowned_code": "X17", "unowned_coupon": "C-9"}        only where they belong to nobody
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yipan.distribution.attribution.rules import Decision, DistributorStanding


@dataclass(frozen=True, slots=True)
class Unowned:
    """What the buyer named and belongs to nobody; empty: nothing of the kind."""

    code: str = ""
    coupon: str = ""


def evidence_of(
    decision: Decision,
    *,
    policy: Mapping[str, object],
    standings: Mapping[int, DistributorStanding],
    unowned: Unowned,
) -> dict[str, object]:
    """JSON-able evidence of one decision. `standings` are those of its candidates at least."""
    data = decision.to_data()
    candidates = [loser.candidate for loser in decision.losers]
    if decision.winner is not None:
        candidates.append(decision.winner)
    ids = sorted({each.distributor_id for each in candidates})
    evidence: dict[str, object] = {
        "rule": data["rule"],
        "winner": data["winner"],
        "losers": data["losers"],
        "policy": policy,
        "distributors": {str(id_): _standing_data(standings[id_]) for id_ in ids},
    }
    if unowned.code:
        evidence["unowned_code"] = unowned.code
    if unowned.coupon:
        evidence["unowned_coupon"] = unowned.coupon
    return evidence


def standings_in(evidence: Mapping[str, Any]) -> dict[int, DistributorStanding]:
    """What was known of the distributors when the decision was made."""
    return {
        int(id_): DistributorStanding(
            distributor_id=int(id_),
            active=data["active"],
            distribution_on=data["distribution_on"],
            qualification_required=data["qualification_required"],
            qualified_from=_moment(data["qualified_from"]),
            qualified_until=_moment(data["qualified_until"]),
            own_member_id=data["own_member_id"],
        )
        for id_, data in evidence["distributors"].items()
    }


def candidates_in(evidence: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Winner and losers as they were written down."""
    winner = evidence["winner"]
    return [*evidence["losers"], *([] if winner is None else [winner])]


def _standing_data(standing: DistributorStanding) -> dict[str, object]:
    return {
        "active": standing.active,
        "distribution_on": standing.distribution_on,
        "qualification_required": standing.qualification_required,
        "qualified_from": standing.qualified_from and standing.qualified_from.isoformat(),
        "qualified_until": standing.qualified_until and standing.qualified_until.isoformat(),
        "own_member_id": standing.own_member_id,
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
