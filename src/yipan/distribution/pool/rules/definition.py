"""What a commission rule says (commission.md §2): its terms, and their form as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Final

from yipan.distribution.pool.rules.reading import Reader
from yipan.distribution.pool.rules.refusal import RuleRefused

MOST_TIERS: Final = 50
HIGHEST_UPLINE_LIMIT: Final = 2
"""Seller plus uplines are never more than three levels, whatever a deployment sets."""


class PriceKind(StrEnum):
    """The price a line was sold at."""

    LIST = "list"
    MEMBER = "member"
    PROMO = "promo"


class Mode(StrEnum):
    """Where the seller's amount comes from."""

    FIXED = "fixed"  # so many fen per unit
    TIERED_RATE = "tiered_rate"  # a share of the net amount that depends on a measure


class Measure(StrEnum):
    """The value that is looked up in the tiers."""

    LINE_AMOUNT = "line_amount"
    UNIT_PRICE = "unit_price"
    LINE_QUANTITY = "line_quantity"
    PERIOD_UNITS = "period_units"
    PERIOD_AMOUNT = "period_amount"

    @property
    def is_period(self) -> bool:
        """Whether the distributor's progress in the month is needed."""
        return self in {Measure.PERIOD_UNITS, Measure.PERIOD_AMOUNT}


class Method(StrEnum):
    """How the tiers apply."""

    WHOLE = "whole"  # the reached tier's rate for the whole line
    MARGINAL = "marginal"  # each slice at the rate of its own tier


@dataclass(frozen=True, slots=True)
class Tier:
    """From `start` on (fen or units, as the measure has it) `rate` applies."""

    start: int  # `from` in documents
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """The terms of one version of a commission rule. Amounts in fen, rates from 0 to 1.

    `validate` says whether the terms may be saved; making the object checks nothing.
    """

    mode: Mode
    amount_per_unit: int | None = None  # only `fixed`
    measure: Measure | None = None  # only `tiered_rate`, as the next two
    method: Method | None = None
    tiers: tuple[Tier, ...] = ()
    member_price_earns: bool = True
    promo_price_earns: bool = True
    floor_price: int | None = None  # lowest deal price per unit that earns
    cap_per_unit: int | None = None
    upline_rates: tuple[Decimal, ...] = ()  # nearest upline first

    @classmethod
    def from_data(cls, data: object) -> RuleTerms:
        """Read the terms from a document (parsed JSON), exactly; `null` is the same as absent.

        Checks the form only (names, types, ranges of single values), so that a stored version
        stays readable; `accept` also checks what `validate` does. Raises RuleRefused.
        """
        reader = Reader()
        terms = read_terms(data, reader)
        if reader.problems:
            raise RuleRefused(reader.problems)
        return terms

    def to_data(self) -> dict[str, object]:
        """The terms as a document: rates as text in their shortest form, every field present."""
        return {
            "mode": self.mode.value,
            "amount_per_unit": self.amount_per_unit,
            "measure": None if self.measure is None else self.measure.value,
            "method": None if self.method is None else self.method.value,
            "tiers": [{"from": tier.start, "rate": rate_text(tier.rate)} for tier in self.tiers],
            "member_price_earns": self.member_price_earns,
            "promo_price_earns": self.promo_price_earns,
            "floor_price": self.floor_price,
            "cap_per_unit": self.cap_per_unit,
            "upline_rates": [rate_text(rate) for rate in self.upline_rates],
        }


FIELDS: Final = tuple(field.name for field in fields(RuleTerms))


def rate_text(rate: Decimal) -> str:
    """A rate as text without an exponent or idle zeros: Decimal("0.1250") is "0.125"."""
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_terms(data: object, reader: Reader) -> RuleTerms:
    """Read what can be read; the reader keeps the problems, a refused value reads as empty."""
    if not isinstance(data, Mapping):
        reader.wrong_type("", data, "an object", "对象")
        return RuleTerms(mode=Mode.FIXED)
    reader.names("", data, FIELDS)
    mode = reader.choice("mode", data.get("mode"), Mode)
    if mode is None and not reader.failed("mode"):
        reader.refuse("mode", "missing")
    return RuleTerms(
        mode=mode or Mode.FIXED,
        amount_per_unit=reader.whole_number_or_none("amount_per_unit", data.get("amount_per_unit")),
        measure=reader.choice("measure", data.get("measure"), Measure),
        method=reader.choice("method", data.get("method"), Method),
        tiers=_read_tiers(data.get("tiers"), reader),
        member_price_earns=reader.flag("member_price_earns", data.get("member_price_earns", True)),
        promo_price_earns=reader.flag("promo_price_earns", data.get("promo_price_earns", True)),
        floor_price=reader.whole_number_or_none("floor_price", data.get("floor_price")),
        cap_per_unit=reader.whole_number_or_none("cap_per_unit", data.get("cap_per_unit")),
        upline_rates=_read_upline_rates(data.get("upline_rates"), reader),
    )


def _read_tiers(value: object, reader: Reader) -> tuple[Tier, ...]:
    items = reader.items("tiers", value)
    if len(items) > MOST_TIERS:
        reader.refuse("tiers", "too_many_tiers", limit=MOST_TIERS)
        return ()
    return tuple(_read_tier(f"tiers[{index}]", item, reader) for index, item in enumerate(items))


def _read_tier(field: str, value: object, reader: Reader) -> Tier:
    if isinstance(value, Tier):
        value = {"from": value.start, "rate": value.rate}
    if not isinstance(value, Mapping):
        expected = 'an object such as {"from": 0, "rate": "0.05"}'
        reader.wrong_type(field, value, expected, '对象，如 {"from": 0, "rate": "0.05"}')
        value = {}
    else:
        reader.names(f"{field}.", value, ("from", "rate"))
        for name in ("from", "rate"):
            if name not in value:
                reader.refuse(f"{field}.{name}", "missing")
    return Tier(
        start=reader.whole_number(f"{field}.from", value["from"]) if "from" in value else 0,
        rate=reader.rate(f"{field}.rate", value["rate"]) if "rate" in value else Decimal(0),
    )


def _read_upline_rates(value: object, reader: Reader) -> tuple[Decimal, ...]:
    items = reader.items("upline_rates", value)
    if len(items) > HIGHEST_UPLINE_LIMIT:
        reader.refuse("upline_rates", "too_many_upline_rates", limit=HIGHEST_UPLINE_LIMIT)
        return ()
    return tuple(reader.rate(f"upline_rates[{i}]", rate) for i, rate in enumerate(items))
