"""Reads of commissions."""

from yipan.distribution.commissions.queries.earnings import (
    DayTakings,
    EarnedEntry,
    EarnedState,
    Sums,
    Takings,
    days_of,
    earned,
    earned_entry,
    history_of,
    months_of,
    span_of_month,
    sums_of,
)
from yipan.distribution.commissions.queries.entries import (
    Balances,
    accruals_of_lines,
    balances_of,
    distributor_in_reach,
    entries,
    entry,
)
from yipan.distribution.commissions.queries.estimates import SkuEstimate, estimates_for

__all__ = [
    "Balances",
    "DayTakings",
    "EarnedEntry",
    "EarnedState",
    "SkuEstimate",
    "Sums",
    "Takings",
    "accruals_of_lines",
    "balances_of",
    "days_of",
    "distributor_in_reach",
    "earned",
    "earned_entry",
    "entries",
    "entry",
    "estimates_for",
    "history_of",
    "months_of",
    "span_of_month",
    "sums_of",
]
