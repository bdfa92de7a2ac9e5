"""Which rules may be saved (commission.md §2). All problems are found, not just the first."""

from __future__ import annotations

from yipan.distribution.pool.rules.definition import (
    HIGHEST_UPLINE_LIMIT,
    Measure,
    Method,
    Mode,
    RuleTerms,
    read_terms,
)
from yipan.distribution.pool.rules.reading import Reader
from yipan.distribution.pool.rules.refusal import RuleRefused


def validate(terms: RuleTerms, *, upline_limit: int = 1) -> None:
    """Refuse terms that may not be saved.

    `upline_limit` is how many uplines the deployment lets earn (0 to 2; above 2 counts as 2).
    Raises RuleRefused with every problem, each naming its field.
    """
    # Read afresh, so that a value of a wrong type is refused here as it is in a document.
    data = {
        "mode": terms.mode,
        "amount_per_unit": terms.amount_per_unit,
        "measure": terms.measure,
        "method": terms.method,
        "tiers": terms.tiers,
        "member_price_earns": terms.member_price_earns,
        "promo_price_earns": terms.promo_price_earns,
        "floor_price": terms.floor_price,
        "cap_per_unit": terms.cap_per_unit,
        "upline_rates": terms.upline_rates,
    }
    accept(data, upline_limit=upline_limit)


def accept(data: object, *, upline_limit: int = 1) -> RuleTerms:
    """The terms of a document that may be saved; `validate` and `RuleTerms.from_data` in one.

    Raises RuleRefused with every problem of form and meaning.
    """
    reader = Reader()
    terms = read_terms(data, reader)
    if not reader.failed(""):
        _check_mode(terms, reader)
        _check_tiers(terms, reader)
        _check_rates(terms, min(upline_limit, HIGHEST_UPLINE_LIMIT), reader)
    if reader.problems:
        raise RuleRefused(reader.problems)
    return terms


def _check_mode(terms: RuleTerms, reader: Reader) -> None:
    """Each mode needs its own fields and bears none of the other's."""
    if reader.failed("mode"):
        return
    needed: dict[str, object] = {"measure": terms.measure, "method": terms.method}
    foreign: dict[str, object] = {"amount_per_unit": terms.amount_per_unit}
    if terms.mode is Mode.FIXED:
        needed, foreign = foreign, needed
        if terms.tiers:
            reader.refuse("tiers", "fixed_with_tiers")
    elif not terms.tiers and not reader.failed("tiers"):
        reader.refuse("tiers", "tiered_rate_without_tiers")
    for field, value in needed.items():
        if value is None and not reader.failed(field):
            reader.refuse(field, "missing")
    for field, value in foreign.items():
        if value is not None:
            reader.refuse(field, "not_of_this_mode", mode=terms.mode.value)


def _check_tiers(terms: RuleTerms, reader: Reader) -> None:
    # A slice of a unit price means nothing: the price of one unit is not sold piece by piece.
    if terms.method is Method.MARGINAL and terms.measure is Measure.UNIT_PRICE:
        reader.refuse("method", "marginal_unit_price")
    last_start: int | None = None
    for index, tier in enumerate(terms.tiers):
        if reader.failed(f"tiers[{index}]") or reader.failed(f"tiers[{index}].from"):
            last_start = None
            continue
        if index == 0 and tier.start != 0:
            reader.refuse("tiers[0].from", "first_tier_not_zero")
        if last_start is not None and tier.start <= last_start:
            reader.refuse(f"tiers[{index}].from", "tiers_not_ascending")
        last_start = tier.start


def _check_rates(terms: RuleTerms, upline_limit: int, reader: Reader) -> None:
    if len(terms.upline_rates) > upline_limit:
        reader.refuse("upline_rates", "too_many_upline_rates", limit=upline_limit)
    highest = max((tier.rate for tier in terms.tiers), default=0)
    if highest + sum(terms.upline_rates) > 1:
        reader.refuse("upline_rates", "rates_above_one")
