"""What of a release is taken for claw-back that is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yipan.payouts.settlement.rules.policy import MILLION


class Claim(NamedTuple):
    """An entry that is being released."""

    entry_id: int
    line_id: int
    distributor_id: int
    organisation_id: int
    currency: str
    amount: int
    """Fen that move from pending to available: the accrual less its reversals; at least 0."""


Debtor = tuple[int, str]
"""A distributor and a currency."""


def offsets(
    claims: Sequence[Claim], owed: Mapping[Debtor, int], share_ppm: Mapping[int, int]
) -> dict[int, int]:
    """Entry id → fen taken for claw-back; entries of which nothing is taken are left out.

    In the order given, each release gives at most its organisation's share (in millionths, rounded
    down) and no more than is still owed.
    """
    left = dict(owed)
    taken: dict[int, int] = {}
    for claim in claims:
        debtor = (claim.distributor_id, claim.currency)
        owing = left.get(debtor, 0)
        if owing <= 0:
            continue
        amount = min(owing, claim.amount * share_ppm[claim.organisation_id] // MILLION)
        if amount > 0:
            taken[claim.entry_id] = amount
            left[debtor] = owing - amount
    return taken
