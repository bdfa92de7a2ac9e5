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
from yipan.distribution.attribution.queries.customers import (
    Bound,
    Look,
    bound_count,
    bound_to,
    looks_of,
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
    "Bound",
    "Credit",
    "Look",
    "PolicyInForce",
    "Replay",
    "attribution_policy",
    "bindings_of_member",
    "bound_count",
    "bound_to",
    "coupons",
    "decisions_of",
    "decisions_with_evidence",
    "last_bindings",
    "live_bindings",
    "live_fact",
    "looks_of",
    "member_is_in_reach",
    "policy_versions",
    "reachable_distributors",
    "replay",
    "with_distributor",
]
