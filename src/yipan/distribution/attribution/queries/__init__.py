"""Reads of attribution."""

from yipan.distribution.attribution.queries.bindings import (
    bindings_of_member,
    live_bindings,
    live_fact,
    reachable_distributors,
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
    "decisions_of",
    "decisions_with_evidence",
    "last_bindings",
    "live_bindings",
    "live_fact",
    "policy_versions",
    "reachable_distributors",
    "replay",
]
