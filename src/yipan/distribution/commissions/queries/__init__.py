"""Reads of commissions."""

from yipan.distribution.commissions.queries.entries import (
    Balances,
    accruals_of_lines,
    balances_of,
    distributor_in_reach,
    entries,
    entry,
)

__all__ = [
    "Balances",
    "accruals_of_lines",
    "balances_of",
    "distributor_in_reach",
    "entries",
    "entry",
]
