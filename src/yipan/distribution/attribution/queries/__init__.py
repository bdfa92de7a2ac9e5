"""Reads of attribution."""

from yipan.distribution.attribution.queries.bindings import (
    bindings_of_member,
    coupons,
    live_bindings,
    live_fact,
    member_is_in_reach,
    reachable_distributors,
    with_distributor,
)
from yipan.distribution.attribution.queries.decisions import (
    Credit,
    decisions_of,
    decisions_with_evidence,
)
from yipan.distribution.attribution.queries.facts import last_bindings
from yipan.distribution.attribution.queries.policies import (
    PolicyInForce,
    attribution_policy,
    policy_versions,
)
from yipan.distribution.attribution.queries.replay import Replay, replay

__all__ = [
    "Credit",
    "PolicyInForce",
    "Replay",
    "attribution_policy",
    "bindings_of_member",
    "coupons",
    "decisions_of",
    "decisions_with_evidence",
    "last_bindings",
    "live_bindings",
    "live_fact",
    "member_is_in_reach",
    "policy_versions",
    "reachable_distributors",
    "replay",
    "with_distributor",
]
