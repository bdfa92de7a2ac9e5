"""Refunds take back what was given, no more, and in the end all of it (commission.md §6)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.distribution.pool.rules import reversal_due


@st.composite
def refunds(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A commission, and refunds of at least a fen that add up to what was paid."""
    paid = draw(st.integers(1, 10**7))
    commission = draw(st.integers(0, paid))
    cuts = draw(st.lists(st.integers(1, paid), max_size=8).map(lambda cuts: sorted(set(cuts))))
    edges = [0, *(cut for cut in cuts if cut < paid), paid]
    return commission, [end - start for start, end in itertools.pairwise(edges)]


@given(refunds())
def test_a_full_refund_leaves_exactly_nothing_whatever_the_steps(
    case: tuple[int, list[int]],
) -> None:
    commission, steps = case
    paid, refunded, reversed_so_far = sum(steps), 0, 0
    for step in steps:
        refunded += step
        due = reversal_due(commission, paid, refunded, reversed_so_far)
        assert due >= 0
        reversed_so_far += due
        assert reversed_so_far <= commission
        assert abs(reversed_so_far * paid - commission * refunded) * 2 <= paid
    assert commission - reversed_so_far == 0


@pytest.mark.parametrize(
    ("commission", "paid", "refunded", "reversed_so_far", "due"),
    [
        (1_050, 26_970, 8_990, 0, 350),
        (1_050, 26_970, 26_970, 350, 700),
        (1, 2, 1, 0, 1),  # half a fen goes back whole at the first half
        (1, 2, 2, 1, 0),
        (0, 500, 500, 0, 0),
        (100, 300, 0, 0, 0),
        (3, 1_000, 100, 0, 0),
    ],
)
def test_a_reversal_is_the_share_of_the_refunds_less_what_was_reversed(
    commission: int, paid: int, refunded: int, reversed_so_far: int, due: int
) -> None:
    assert reversal_due(commission, paid, refunded, reversed_so_far) == due


@pytest.mark.parametrize(
    ("commission", "paid", "refunded", "reversed_so_far"),
    [(10, 100, 101, 0), (10, 100, -1, 0), (0, 0, 0, 0), (10, 100, 50, 11), (10, 100, 50, -1)],
)
def test_figures_that_cannot_be_are_refused(
    commission: int, paid: int, refunded: int, reversed_so_far: int
) -> None:
    with pytest.raises(ValueError, match="fen"):
        reversal_due(commission, paid, refunded, reversed_so_far)
