"""Who is credited with a sale: pure rules on facts (attribution.md)."""

from yipan.distribution.attribution.rules.binding import (
    BindingChange,
    BindingChangeKind,
    BindingTrigger,
    next_binding,
)
from yipan.distribution.attribution.rules.decision import (
    Decision,
    Loser,
    Standings,
    decide,
    why_not_eligible,
)
from yipan.distribution.attribution.rules.facts import (
    BindingFact,
    Candidate,
    DistributorStanding,
    LineFact,
    OrderFacts,
    Reason,
    Source,
    TouchFact,
)
from yipan.distribution.attribution.rules.policy import (
    MAX_TERM_DAYS,
    MAX_WINDOW_DAYS,
    AttributionPolicy,
    BindOn,
    LinkModel,
    Scope,
    problems_in,
)
from yipan.distribution.attribution.rules.reach import may_distribute
from yipan.distribution.attribution.rules.refusal import PolicyProblem, PolicyRefused
from yipan.distribution.attribution.rules.timeline import (
    BindingStep,
    Case,
    NewBinding,
    Outcome,
    follow,
    play,
)

__all__ = [
    "MAX_TERM_DAYS",
    "MAX_WINDOW_DAYS",
    "AttributionPolicy",
    "BindOn",
    "BindingChange",
    "BindingChangeKind",
    "BindingFact",
    "BindingStep",
    "BindingTrigger",
    "Candidate",
    "Case",
    "Decision",
    "DistributorStanding",
    "LineFact",
    "LinkModel",
    "Loser",
    "NewBinding",
    "OrderFacts",
    "Outcome",
    "PolicyProblem",
    "PolicyRefused",
    "Reason",
    "Scope",
    "Source",
    "Standings",
    "TouchFact",
    "decide",
    "follow",
    "may_distribute",
    "next_binding",
    "play",
    "problems_in",
    "why_not_eligible",
]
