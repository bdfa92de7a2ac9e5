"""What a refund takes back from a commission entry (commission.md §6)."""

from __future__ import annotations

from yipan.kernel.money import half_up


def reversal_due(commission: int, paid: int, refunded: int, reversed_so_far: int) -> int:
    """Fen to take back now, so that a full refund leaves exactly nothing.

    `commission` is what the entry gave, `paid` what the line was paid, `refunded` the total of
    all its refunds including this one, `reversed_so_far` the total of the reversals already made
    for the entry. All in fen, all positive or 0. The answer is never negative where the earlier
    reversals came from here; it may be 0, and then no reversal is made.

    Raises ValueError where more is refunded than was paid: the caller refuses such a refund.
    """
    if not 0 <= refunded <= paid or paid == 0:
        message = f"refunds of {refunded} fen cannot belong to a line paid {paid} fen"
        raise ValueError(message)
    if not 0 <= reversed_so_far <= commission:
        message = f"{reversed_so_far} fen cannot have been reversed of {commission} fen"
        raise ValueError(message)
    return half_up(commission * refunded, paid) - reversed_so_far
