"""How a commission is computed (commission.md §3, §4, §7), fast and exact.

A rule is compiled once; computing a line is then integer arithmetic only, about three
microseconds with its explanation (bench/commission_engine.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yipan.distribution.pool.rules.definition import (
    HIGHEST_UPLINE_LIMIT,
    PriceKind,
    RuleTerms,
    rate_text,
)
from yipan.distribution.pool.rules.figures import (
    Cap,
    Explanation,
    LineFigures,
    Progress,
    Reason,
    Result,
    RulePart,
    Share,
    UplinePart,
)
from yipan.distribution.pool.rules.slices import MILLION, millionths, ratio, raw_amount
from yipan.distribution.pool.rules.validation import validate
from yipan.kernel.money import half_up

EXPLANATION_FORMAT: Final = 1

_NO_PROGRESS: Final = Progress()
_AT_NET_AMOUNT: Final = (Reason.CAPPED_AT_NET_AMOUNT,)


class CompiledRule:
    """One version of a rule, ready to compute lines. Immutable, safe to share and to cache."""

    __slots__ = (
        "_cap",
        "_floor",
        "_gates",
        "_member_earns",
        "_part",
        "_promo_earns",
        "_raw",
        "_uplines",
        "needs_progress",
        "terms",
        "version",
    )

    def __init__(self, terms: RuleTerms, version: int | str | None) -> None:
        self.terms = terms
        self.version = version
        self.needs_progress = terms.measure is not None and terms.measure.is_period
        self._raw = raw_amount(terms)
        self._floor = terms.floor_price
        self._cap = terms.cap_per_unit
        self._member_earns = terms.member_price_earns
        self._promo_earns = terms.promo_price_earns
        self._uplines = [(millionths(rate), rate_text(rate)) for rate in terms.upline_rates]
        self._gates: list[str] = [Reason.NOTHING_PAID.value, Reason.PRICE_KIND_EXCLUDED.value]
        if terms.floor_price is not None:
            self._gates.append(Reason.BELOW_FLOOR_PRICE.value)
        self._part: RulePart = {
            "version": version,
            "mode": terms.mode.value,
            "amount_per_unit": terms.amount_per_unit,
            "measure": None if terms.measure is None else terms.measure.value,
            "method": None if terms.method is None else terms.method.value,
            "floor_price": terms.floor_price,
            "cap_per_unit": terms.cap_per_unit,
        }

    def compute(
        self,
        line: LineFigures,
        progress: Progress | None = None,
        uplines: Sequence[bool] = (),
    ) -> Result:
        """What one line earns its seller and the seller's uplines, and why.

        `progress` is required by rules over a period (`needs_progress`) and ignored by others.
        `uplines` says of each upline there is, nearest first, whether they may earn (active and
        qualified); one that does not exist is left out.

        Raises ValueError where a figure cannot be one of an order line.
        """
        quantity, net, kind = _checked_line(line)
        before = _checked_progress(progress) if self.needs_progress else _NO_PROGRESS
        explanation: Explanation = {
            "format": EXPLANATION_FORMAT,
            "rule": self._part.copy(),
            "line": {"quantity": quantity, "net_amount": net, "price_kind": kind.value},
            "progress": None,
            "gates": {"passed": self._gates[:], "closed": None},
            "steps": [],
            "seller": None,
            "uplines": [],
        }
        if self.needs_progress:
            explanation["progress"] = {"units": before.units, "amount": before.amount}
        closed = self._closed_gate(quantity, net, kind)
        if closed is not None:
            return self._stopped(closed, explanation)
        seller = self._seller(quantity, net, before, explanation)
        shares = self._upline_shares(net, net - seller.amount, uplines, explanation)
        return Result(seller, shares, explanation)

    def _closed_gate(self, quantity: int, net: int, kind: PriceKind) -> Reason | None:
        """The first gate that closes (commission.md §3.1)."""
        if net == 0:
            return Reason.NOTHING_PAID
        if (kind is PriceKind.MEMBER and not self._member_earns) or (
            kind is PriceKind.PROMO and not self._promo_earns
        ):
            return Reason.PRICE_KIND_EXCLUDED
        if self._floor is not None and net < self._floor * quantity:
            return Reason.BELOW_FLOOR_PRICE
        return None

    def _stopped(self, reason: Reason, explanation: Explanation) -> Result:
        """Nothing for anybody, for the reason of the gate that closed."""
        code = reason.value
        explanation["gates"] = {"passed": self._gates[: self._gates.index(code)], "closed": code}
        nothing = Share(0, reason, ())
        return Result(nothing, (nothing,) * len(self._uplines), explanation)

    def _seller(
        self, quantity: int, net: int, progress: Progress, explanation: Explanation
    ) -> Share:
        amount, denominator, steps = self._raw(quantity, net, progress)
        raw = exact = steps[0]["raw"] if len(steps) == 1 else ratio(amount, denominator)
        caps: list[Cap] = []
        notes: tuple[Reason, ...] = ()
        if self._cap is not None and amount > self._cap * quantity * denominator:
            limit = self._cap * quantity
            amount, denominator, exact = limit, 1, str(limit)
            caps.append({"code": "CAPPED_PER_UNIT", "limit": limit})
            notes = (Reason.CAPPED_PER_UNIT,)
        if amount > net * denominator:
            amount, denominator, exact = net, 1, str(net)
            caps.append({"code": "CAPPED_AT_NET_AMOUNT", "limit": net})
            notes += _AT_NET_AMOUNT
        fen = half_up(amount, denominator)
        reason = None
        if fen == 0:
            reason = Reason.ZERO_RATE if amount == 0 else Reason.ROUNDED_TO_ZERO
        explanation["steps"] = steps
        explanation["seller"] = {
            "raw": raw,
            "caps": caps,
            "before_rounding": exact,
            "amount": fen,
            "reason": None if reason is None else reason.value,
        }
        return Share(fen, reason, notes)

    def _upline_shares(
        self, net: int, left: int, uplines: Sequence[bool], explanation: Explanation
    ) -> tuple[Share, ...]:
        """The uplines' shares of the `left` fen.

        Serving the nearest first from what is left is the same as cutting the farthest first.
        """
        parts = explanation["uplines"]
        shares = []
        there = len(uplines)
        for index, (rate, rate_words) in enumerate(self._uplines):
            if index >= there or not uplines[index]:
                absent = Reason.UPLINE_MISSING if index >= there else Reason.UPLINE_NOT_QUALIFIED
                shares.append(Share(0, absent, ()))
                parts.append(_absent_part(index + 1, rate_words, absent))
                continue
            rounded = amount = half_up(net * rate, MILLION)
            reason = None
            notes: tuple[Reason, ...] = ()
            caps: list[Cap] = []
            if amount == 0:
                reason = Reason.ZERO_RATE if rate == 0 else Reason.ROUNDED_TO_ZERO
            elif amount > left:
                caps.append({"code": "CAPPED_AT_NET_AMOUNT", "limit": left})
                amount, notes = left, _AT_NET_AMOUNT
                reason = Reason.CAPPED_AT_NET_AMOUNT if left == 0 else None
            left -= amount
            shares.append(Share(amount, reason, notes))
            parts.append(
                {
                    "level": index + 1,
                    "rate": rate_words,
                    "before_rounding": ratio(net * rate, MILLION),
                    "rounded": rounded,
                    "caps": caps,
                    "amount": amount,
                    "reason": None if reason is None else reason.value,
                }
            )
        return tuple(shares)


def compile_rule(terms: RuleTerms, *, version: int | str | None = None) -> CompiledRule:
    """Make a rule ready to compute. `version` names the rule version in the explanations.

    Raises RuleRefused for terms that could never have been saved.
    """
    validate(terms, upline_limit=HIGHEST_UPLINE_LIMIT)
    return CompiledRule(terms, version)


def _checked_line(line: LineFigures) -> LineFigures:
    quantity, net, kind = line
    # Exactly int: an integer of another library may overflow, a float must never come in.
    if type(quantity) is not int or type(net) is not int or quantity < 1 or net < 0:
        message = f"not the figures of an order line: {quantity!r} units, {net!r} fen"
        raise ValueError(message)
    if type(kind) is not PriceKind:
        return LineFigures(quantity, net, PriceKind(kind))
    return line


def _checked_progress(progress: Progress | None) -> Progress:
    if progress is None:
        message = "this rule is measured over the period: progress is needed"
        raise ValueError(message)
    units, amount = progress
    if type(units) is not int or type(amount) is not int or units < 0 or amount < 0:
        message = f"not a progress: {units!r} units, {amount!r} fen"
        raise ValueError(message)
    return progress


def _absent_part(level: int, rate: str, reason: Reason) -> UplinePart:
    return {
        "level": level,
        "rate": rate,
        "before_rounding": None,
        "rounded": None,
        "caps": [],
        "amount": 0,
        "reason": reason.value,
    }
