"""Reading the English sentence of an entry back and working it out again, with fractions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from django.utils.translation import override

from yipan.distribution.commissions.models import Entry, EntryKind
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.kernel.money import half_up

_AMOUNT: Final = re.compile(r"¥([\d,]+(?:\.\d+)?)")
_TERM: Final = re.compile(r"([\d.]+)(%?)")


def _fen(text: str) -> Fraction:
    return Fraction(text.replace(",", "")) * 100


def _worked_out(basis: str) -> Fraction:
    """`¥100.00 × 5% + ¥9.00 ÷ 2 × (1 unit × 2%)` in fen."""
    plain = re.sub(r"[¥,]| per unit| units?", "", basis)
    plain = plain.replace("(", "( ").replace(")", " )")
    tokens = plain.split()
    value, position = _sum(tokens, 0)
    assert position == len(tokens), basis
    return value * 100


def _sum(tokens: list[str], position: int) -> tuple[Fraction, int]:
    value, position = _product(tokens, position)
    while position < len(tokens) and tokens[position] == "+":
        more, position = _product(tokens, position + 1)
        value += more
    return value, position


def _product(tokens: list[str], position: int) -> tuple[Fraction, int]:
    value, position = _factor(tokens, position)
    while position < len(tokens) and tokens[position] in "×÷":
        sign = tokens[position]
        more, position = _factor(tokens, position + 1)
        value = value * more if sign == "×" else value / more
    return value, position


def _factor(tokens: list[str], position: int) -> tuple[Fraction, int]:
    if tokens[position] == "(":
        value, position = _sum(tokens, position + 1)
        return value, position + 1
    found = _TERM.fullmatch(tokens[position])
    assert found, tokens[position]
    number = Fraction(found[1])
    return (number / 100 if found[2] else number), position + 1


def recomputed(entry: Entry) -> int:
    """What the sentence of an entry comes to in fen, worked out from the numbers in it alone."""
    with override("en"):
        told = entry_sentence(entry, "en")
    if entry.kind == EntryKind.REVERSAL:
        refunded, paid, commission, amount = map(_fen, _AMOUNT.findall(told))
        so_far = commission * refunded / paid
        before = Entry.objects.filter(
            line_id=entry.line_id, role=entry.role, sequence__range=(1, entry.sequence - 1)
        )
        taken = -sum(each.amount for each in before)
        back: int = half_up(so_far.numerator, so_far.denominator) - taken
        assert back == amount, told
        return -back
    if told.startswith("No commission") or "nothing," in told:
        return 0
    basis, _equals, outcome = told.rpartition(" = ")
    value = _worked_out(basis.rpartition(": ")[2])
    first = _AMOUNT.search(outcome)
    assert first, told
    assert outcome.startswith("≈") or _fen(first[1]) == value, told
    for words in ("capped at", "cut to"):
        cut = re.search(rf"{words} ¥([\d,.]*\d)", outcome)
        if cut:
            assert _fen(cut[1]) <= value, told
            value = _fen(cut[1])
    result: int = half_up(value.numerator, value.denominator)
    rounded = re.search(r"rounded to ¥([\d,.]*\d)", outcome)
    assert rounded is None or _fen(rounded[1]) == result, told
    return result
