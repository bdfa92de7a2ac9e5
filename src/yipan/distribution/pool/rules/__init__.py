"""The commission engine: what a rule may say, and what a line earns under it, to the fen.

Pure arithmetic on values (no clock, no query, no settings). docs/algorithms/commission.md tells it
for people; its examples run as tests.
"""

from yipan.distribution.pool.rules.calculation import CompiledRule, compile_rule
from yipan.distribution.pool.rules.definition import (
    HIGHEST_UPLINE_LIMIT,
    MOST_TIERS,
    Measure,
    Method,
    Mode,
    PriceKind,
    RuleTerms,
    Tier,
)
from yipan.distribution.pool.rules.explanation import sentence
from yipan.distribution.pool.rules.figures import (
    Explanation,
    LineFigures,
    Progress,
    Reason,
    Result,
    Share,
)
from yipan.distribution.pool.rules.refusal import Problem, RuleRefused
from yipan.distribution.pool.rules.reversal import reversal_due
from yipan.distribution.pool.rules.validation import accept, validate

__all__ = [
    "HIGHEST_UPLINE_LIMIT",
    "MOST_TIERS",
    "CompiledRule",
    "Explanation",
    "LineFigures",
    "Measure",
    "Method",
    "Mode",
    "PriceKind",
    "Problem",
    "Progress",
    "Reason",
    "Result",
    "RuleRefused",
    "RuleTerms",
    "Share",
    "Tier",
    "accept",
    "compile_rule",
    "reversal_due",
    "sentence",
    "validate",
]
